/* table.sort: equal items keep their order. */
#include "fence.h"

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
    fence_poll(VM(L));
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

/* Numbers only, or strings only, in the usual order: read once and sorted without Lua. False: they are something else. */
static bool sort_plain(lua_State *L, lua_Integer n) {
    int type = lua_rawgeti(L, 1, 1);
    lua_pop(L, 1);
    if (type != LUA_TNUMBER && type != LUA_TSTRING) return false;
    ordered *items = lua_newuserdatauv(L, (size_t)n * sizeof *items, 0);
    bool sorted = true, plain = true;
    for (lua_Integer i = 0; i < n && plain; i++) {
        fence_poll(VM(L));
        plain = lua_rawgeti(L, 1, i + 1) == type;
        lua_Number number = 0;
        bool is_float = plain && type == LUA_TNUMBER && !lua_isinteger(L, -1);
        if (is_float) {
            number = lua_tonumber(L, -1);
            plain = number > -0x1p53 && number < 0x1p53; /* no NaN; and where it equals an integer, it can be made one */
        }
        if (plain) {
            ordered_take(L, -1, type, &items[i]);
            if (is_float) {
                items[i].integer = (lua_Integer)number;
                items[i].length = 0;
            }
            items[i].place = (uint32_t)i + 1;
            if (sorted && i > 0) sorted = ordered_compare(&items[i - 1], &items[i]) <= 0;
        }
        lua_pop(L, 1);
    }
    if (plain && !sorted) {
        ordered_sort(VM(L), items, (size_t)n);
        ordered_permute(L, 1, items, (size_t)n);
    }
    lua_settop(L, 2);
    return plain;
}

int fence_table_sort(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    bool raw = fence_is_raw(L, 1);
    lua_Integer n = fence_length_of(L, 1, raw);
    if (n < 2) return 0;
    if (n > RANGE_CAP) return luaL_error(L, "array too big to sort: more than %d items", RANGE_CAP);
    bool compared = !lua_isnoneornil(L, 2);
    if (compared) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    luaL_checkstack(L, 40, "");
    if (raw && !compared && sort_plain(L, n)) return 0;
    lua_createtable(L, (int)n, 0); /* 3 */
    for (lua_Integer i = 1; i <= n; i++) {
        fence_poll(VM(L));
        fence_get_item(L, 1, i, raw);
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
        fence_poll(VM(L));
        lua_rawgeti(L, from, i);
        fence_set_item(L, 1, i, raw);
    }
    return 0;
}
