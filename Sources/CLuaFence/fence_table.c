/* table.*: stable sort, and ranges that are capped and looked at. */
#include "fence.h"

/* True: no metamethod can be met, raw access will do. */
static bool is_raw(lua_State *L, int index) {
    if (!lua_getmetatable(L, index)) return true;
    lua_pop(L, 1);
    return false;
}

static void get_item(lua_State *L, int index, lua_Integer i, bool raw) {
    if (raw) lua_rawgeti(L, index, i);
    else lua_geti(L, index, i);
}

static void set_item(lua_State *L, int index, lua_Integer i, bool raw) {
    if (raw) lua_rawseti(L, index, i);
    else lua_seti(L, index, i);
}

static lua_Integer length_of(lua_State *L, int index, bool raw) {
    luaL_checktype(L, index, LUA_TTABLE);
    return raw ? (lua_Integer)lua_rawlen(L, index) : luaL_len(L, index);
}

static void check_range(lua_State *L, lua_Integer count, const char *name) {
    if (count > RANGE_CAP) luaL_error(L, "%s: a range of more than %d items", name, RANGE_CAP);
}

static int table_insert(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    bool raw = is_raw(L, 1);
    lua_Integer end = length_of(L, 1, raw) + 1, at = end;
    switch (lua_gettop(L)) {
    case 2: break;
    case 3:
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)at - 1u < (lua_Unsigned)end, 2, "position out of bounds");
        check_range(L, end - at, "table.insert");
        for (lua_Integer i = end; i > at; i--) {
            fence_poll(VM(L));
            get_item(L, 1, i - 1, raw);
            set_item(L, 1, i, raw);
        }
        break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    set_item(L, 1, at, raw);
    return 0;
}

static int table_remove(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    bool raw = is_raw(L, 1);
    lua_Integer size = length_of(L, 1, raw), at = luaL_optinteger(L, 2, size);
    if (at != size) /* the last place is fine even if it is 0: the list is empty then */
        luaL_argcheck(L, (lua_Unsigned)at - 1u <= (lua_Unsigned)size, 2, "position out of bounds");
    check_range(L, size - at, "table.remove");
    get_item(L, 1, at, raw);
    for (; at < size; at++) {
        fence_poll(VM(L));
        get_item(L, 1, at + 1, raw);
        set_item(L, 1, at, raw);
    }
    lua_pushnil(L);
    set_item(L, 1, at, raw);
    return 1;
}

static int table_move(lua_State *L) {
    lua_Integer from = luaL_checkinteger(L, 2), end = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = !lua_isnoneornil(L, 5) ? 5 : 1;
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, target, LUA_TTABLE);
    bool raw_from = is_raw(L, 1), raw_to = is_raw(L, target);
    if (end >= from) {
        luaL_argcheck(L, from > 0 || end < LUA_MAXINTEGER + from, 3, "too many elements to move");
        lua_Integer n = end - from + 1;
        luaL_argcheck(L, to <= LUA_MAXINTEGER - n + 1, 4, "destination wrap around");
        check_range(L, n, "table.move");
        if (to > end || to <= from || (target != 1 && !lua_rawequal(L, 1, target))) {
            for (lua_Integer i = 0; i < n; i++) {
                fence_poll(VM(L));
                get_item(L, 1, from + i, raw_from);
                set_item(L, target, to + i, raw_to);
            }
        } else {
            for (lua_Integer i = n - 1; i >= 0; i--) {
                fence_poll(VM(L));
                get_item(L, 1, from + i, raw_from);
                set_item(L, target, to + i, raw_to);
            }
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static void add_item(lua_State *L, luaL_Buffer *text, lua_Integer i, bool raw) {
    get_item(L, 1, i, raw);
    if (unlikely(!lua_isstring(L, -1)))
        luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1), (LUAI_UACINT)i);
    luaL_addvalue(text);
}

static int table_concat(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    bool raw = is_raw(L, 1);
    lua_Integer last = length_of(L, 1, raw);
    size_t length;
    const char *separator = luaL_optlstring(L, 2, "", &length);
    lua_Integer i = luaL_optinteger(L, 3, 1);
    last = luaL_optinteger(L, 4, last);
    if (i <= last && (lua_Unsigned)last - (lua_Unsigned)i >= RANGE_CAP)
        return luaL_error(L, "table.concat: a range of more than %d items", RANGE_CAP);
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (; i < last; i++) {
        fence_poll(VM(L));
        add_item(L, &text, i, raw);
        luaL_addlstring(&text, separator, length);
    }
    if (i == last) add_item(L, &text, i, raw);
    luaL_pushresult(&text);
    return 1;
}

static int table_pack(lua_State *L) {
    int n = lua_gettop(L);
    lua_createtable(L, n, 1);
    lua_insert(L, 1);
    for (int i = n; i >= 1; i--) lua_rawseti(L, 1, i);
    lua_pushinteger(L, n);
    lua_setfield(L, 1, "n");
    return 1;
}

static int table_unpack(lua_State *L) {
    lua_Integer i = luaL_optinteger(L, 2, 1);
    lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
    if (i > last) return 0;
    lua_Unsigned n = (lua_Unsigned)last - (lua_Unsigned)i;
    if (n >= 1000000 || !lua_checkstack(L, (int)(++n))) return luaL_error(L, "too many results to unpack");
    bool raw = lua_istable(L, 1) && is_raw(L, 1);
    for (; i < last; i++) get_item(L, 1, i, raw);
    get_item(L, 1, last, raw);
    return (int)n;
}

/* ---- sort: a merge sort, so equal items keep their order ---- */

/* Is the item at the top below the one under it? Both stay. */
static bool top_is_less(lua_State *L, bool compared) {
    if (!compared) return lua_compare(L, -1, -2, LUA_OPLT);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -4);
    lua_call(L, 2, 1);
    bool less = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return less;
}

static void merge(lua_State *L, int from, int to, lua_Integer low, lua_Integer middle, lua_Integer high,
                  bool compared) {
    lua_Integer i = low, j = middle, at = low;
    if (i < middle && j < high) {
        lua_rawgeti(L, from, i);
        lua_rawgeti(L, from, j);
        for (;;) { /* stack: left, right */
            fence_poll(VM(L));
            if (top_is_less(L, compared)) {
                lua_rawseti(L, to, at++);
                if (++j == high) { lua_pop(L, 1); break; }
                lua_rawgeti(L, from, j);
            } else {
                lua_insert(L, -2);
                lua_rawseti(L, to, at++);
                if (++i == middle) { lua_pop(L, 1); break; }
                lua_rawgeti(L, from, i);
                lua_insert(L, -2);
            }
        }
    }
    for (; i < middle; i++) { lua_rawgeti(L, from, i); lua_rawseti(L, to, at++); }
    for (; j < high; j++) { lua_rawgeti(L, from, j); lua_rawseti(L, to, at++); }
}

/* Runs of a few items are put in order in place before the merging starts. */
#define RUN 8

static void sort_run(lua_State *L, int list, lua_Integer low, lua_Integer high, bool compared) {
    for (lua_Integer i = low + 1; i < high; i++) {
        lua_Integer at = i;
        lua_rawgeti(L, list, i); /* the item to place */
        while (at > low) {
            lua_rawgeti(L, list, at - 1);
            lua_insert(L, -2); /* under: the one before; top: the item */
            bool less = top_is_less(L, compared);
            lua_insert(L, -2); /* top: the one before */
            if (!less) { lua_pop(L, 1); break; }
            lua_rawseti(L, list, at--);
        }
        lua_rawseti(L, list, at);
    }
}

static int table_sort(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    bool raw = is_raw(L, 1);
    lua_Integer n = length_of(L, 1, raw);
    if (n < 2) return 0;
    if (n > RANGE_CAP) return luaL_error(L, "array too big to sort: more than %d items", RANGE_CAP);
    bool compared = !lua_isnoneornil(L, 2);
    if (compared) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    luaL_checkstack(L, 40, "");
    lua_createtable(L, (int)n, 0); /* 3 */
    for (lua_Integer i = 1; i <= n; i++) {
        fence_poll(VM(L));
        get_item(L, 1, i, raw);
        lua_rawseti(L, 3, i);
    }
    for (lua_Integer low = 1; low <= n; low += RUN) {
        fence_poll(VM(L));
        sort_run(L, 3, low, low + RUN > n + 1 ? n + 1 : low + RUN, compared);
    }
    int from = 3, to = 4;
    if (n > RUN) lua_createtable(L, (int)n, 0); /* 4 */
    for (lua_Integer width = RUN; width < n; width *= 2) {
        for (lua_Integer low = 1; low <= n; low += 2 * width) {
            lua_Integer middle = low + width > n + 1 ? n + 1 : low + width;
            lua_Integer high = middle + width > n + 1 ? n + 1 : middle + width;
            merge(L, from, to, low, middle, high, compared);
        }
        int swap = from;
        from = to;
        to = swap;
    }
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, from, i);
        set_item(L, 1, i, raw);
    }
    return 0;
}

const luaL_Reg fence_table[] = {
    {"insert", table_insert}, {"remove", table_remove}, {"move", table_move}, {"concat", table_concat},
    {"pack", table_pack}, {"unpack", table_unpack}, {"sort", table_sort}, {NULL, NULL},
};
