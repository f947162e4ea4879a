/* Values in the order of next, read out of Lua once: what compares them afterwards calls nothing. */
#include "fence.h"

/* The first eight bytes, as a number that compares like them. */
static uint64_t prefix_of(const char *text, size_t length) {
    uint64_t prefix = 0;
    if (length < 8) { /* not with memcpy, which is called for a length that is not known */
        for (size_t i = 0; i < length; i++) prefix |= (uint64_t)(unsigned char)text[i] << (56 - 8 * i);
        return prefix;
    }
    memcpy(&prefix, text, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    prefix = __builtin_bswap64(prefix);
#endif
    return prefix;
}

/* The bits of a number that is no NaN, as a number that compares like it; zeros are equal. */
static uint64_t prefix_of_number(lua_Number number) {
    uint64_t bits;
    number += 0.0;
    memcpy(&bits, &number, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static void take_text(ordered *out, int rank, const char *text, size_t length) {
    out->rank = (uint32_t)rank;
    out->prefix = prefix_of(text, length);
    out->text = text;
    out->length = length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
}

/* The creation number of a table, function or coroutine; 0: a C function without a block of its own. */
uint32_t fence_serial(lua_State *L, int index) {
    const char *object = lua_topointer(L, index);
    switch (lua_type(L, index)) {
    case LUA_TTABLE: return fence_block(object)->serial;
    case LUA_TTHREAD: return fence_block(object - LUA_EXTRASPACE)->serial;
    case LUA_TFUNCTION:
        if (lua_iscfunction(L, index)) {
            if (lua_getupvalue(L, index, 1) == NULL) return 0;
            lua_pop(L, 1);
        }
        return fence_block(object)->serial;
    default: return 0;
    }
}

void ordered_take(lua_State *L, int index, int type, ordered *out) {
    size_t length;
    switch (type) {
    case LUA_TSTRING: {
        const char *text = lua_tolstring(L, index, &length);
        take_text(out, ORDERED_TEXT, text, length);
        break;
    }
    case LUA_TNUMBER: {
        bool is_integer = lua_isinteger(L, index);
        out->rank = ORDERED_NUMBER;
        out->integer = is_integer ? lua_tointeger(L, index) : 0;
        out->length = is_integer ? 0 : 1;
        out->prefix = prefix_of_number(is_integer ? (lua_Number)out->integer : lua_tonumber(L, index));
        break;
    }
    case LUA_TBOOLEAN:
        *out = (ordered){.prefix = (uint64_t)lua_toboolean(L, index), .rank = ORDERED_BOOLEAN};
        break;
    case LUA_TUSERDATA:
        take_text(out, ORDERED_HANDLE, lua_touserdata(L, index), lua_rawlen(L, index));
        break;
    default:
        *out = (ordered){.prefix = fence_serial(L, index), .rank = ORDERED_OTHER, .text = lua_topointer(L, index)};
    }
}

/* Of two with one rank and one prefix. */
static int compare_rest(const ordered *a, const ordered *b) {
    switch (a->rank) {
    case ORDERED_NUMBER:
        /* One double, at least one integer: beyond 2^53. A float key that is an integer became one; 2^63 is none. */
        if (a->length != b->length) return a->length < b->length ? -1 : 1;
        return a->integer < b->integer ? -1 : a->integer > b->integer;
    case ORDERED_TEXT:
    case ORDERED_HANDLE: {
        size_t least = a->length < b->length ? a->length : b->length;
        int c = least > 8 ? memcmp(a->text + 8, b->text + 8, least - 8) : 0;
        return c != 0 ? c : a->length < b->length ? -1 : a->length > b->length;
    }
    case ORDERED_OTHER: return (uintptr_t)a->text < (uintptr_t)b->text ? -1 : a->text != b->text;
    default: return 0;
    }
}

int ordered_compare(const ordered *a, const ordered *b) {
    if (unlikely(a->rank != b->rank)) return a->rank < b->rank ? -1 : 1;
    if (likely(a->prefix != b->prefix)) return a->prefix < b->prefix ? -1 : 1;
    return compare_rest(a, b);
}

/* Equal ones stay in the order of their places: no two are the same, and any way of sorting is stable. */
static inline bool is_below(const ordered *a, const ordered *b) {
    int c = ordered_compare(a, b);
    return c != 0 ? c < 0 : a->place < b->place;
}

static inline void swap(ordered *a, ordered *b) {
    ordered c = *a;
    *a = *b;
    *b = c;
}

static void sort_few(ordered *list, size_t count) {
    for (size_t i = 1; i < count; i++) {
        ordered one = list[i];
        size_t at = i;
        for (; at > 0 && is_below(&one, &list[at - 1]); at--) list[at] = list[at - 1];
        list[at] = one;
    }
}

static void sift_down(ordered *list, size_t at, size_t count) {
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_below(&list[child], &list[child + 1])) child++;
        if (!is_below(&list[at], &list[child])) return;
        swap(&list[at], &list[child]);
    }
}

static void sort_as_heap(clf_vm *vm, ordered *list, size_t count) {
    for (size_t i = count / 2; i-- > 0;) sift_down(list, i, count);
    for (size_t i = count; i-- > 1;) {
        fence_poll(vm);
        swap(&list[0], &list[i]);
        sift_down(list, 0, i);
    }
}

#define FEW 12

/* Quicksort in place; a heap where the keys were chosen against it. */
static void sort_range(clf_vm *vm, ordered *list, size_t count, int depth) {
    while (count > FEW) {
        fence_poll(vm);
        if (depth-- == 0) { sort_as_heap(vm, list, count); return; }
        ordered *middle = &list[count / 2], *last = &list[count - 1];
        if (is_below(middle, list)) swap(middle, list);
        if (is_below(last, middle)) {
            swap(last, middle);
            if (is_below(middle, list)) swap(middle, list);
        }
        ordered pivot = *middle;
        size_t i = 0, j = count - 1;
        for (;;) { /* the pivot is there: both loops end */
            while (is_below(&list[++i], &pivot)) {}
            while (is_below(&pivot, &list[--j])) {}
            if (i >= j) break;
            swap(&list[i], &list[j]);
        }
        /* [0, i) is not above the pivot, [i, count) not below it */
        if (i < count - i) {
            sort_range(vm, list, i, depth);
            list += i;
            count -= i;
        } else {
            sort_range(vm, list + i, count - i, depth);
            count = i;
        }
    }
    sort_few(list, count);
}

void ordered_sort(clf_vm *vm, ordered *list, size_t count) {
    int depth = 2;
    for (size_t left = count; left > 1; left /= 2) depth += 2;
    sort_range(vm, list, count, depth);
}

/* Puts item `list[i].place` of the table in place i + 1, for all i; the places are used up. */
void ordered_permute(lua_State *L, int table, ordered *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if ((i & 1023) == 0) fence_poll(VM(L));
        if (list[i].place == i + 1) continue;
        lua_rawgeti(L, table, (lua_Integer)i + 1);
        size_t at = i;
        while (list[at].place != i + 1) {
            size_t from = list[at].place - 1;
            lua_rawgeti(L, table, (lua_Integer)from + 1);
            lua_rawseti(L, table, (lua_Integer)at + 1);
            list[at].place = (uint32_t)at + 1;
            at = from;
        }
        lua_rawseti(L, table, (lua_Integer)at + 1);
        list[at].place = (uint32_t)at + 1;
    }
}
