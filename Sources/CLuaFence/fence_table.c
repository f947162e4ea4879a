/* table.*: ranges that are capped and looked at. */
#include "fence.h"

static void check_range(lua_State *L, lua_Integer count, const char *name) {
    if (count > RANGE_CAP) luaL_error(L, "%s: a range of more than %d items", name, RANGE_CAP);
}

static int table_insert(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    bool raw = fence_is_raw(L, 1);
    lua_Integer end = fence_length_of(L, 1, raw) + 1, at = end;
    switch (lua_gettop(L)) {
    case 2: break;
    case 3:
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)at - 1u < (lua_Unsigned)end, 2, "position out of bounds");
        check_range(L, end - at, "table.insert");
        for (lua_Integer i = end; i > at; i--) {
            fence_poll(VM(L));
            fence_get_item(L, 1, i - 1, raw);
            fence_set_item(L, 1, i, raw);
        }
        break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    fence_set_item(L, 1, at, raw);
    return 0;
}

static int table_remove(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    bool raw = fence_is_raw(L, 1);
    lua_Integer size = fence_length_of(L, 1, raw), at = luaL_optinteger(L, 2, size);
    if (at != size) /* the last place is fine even if it is 0: the list is empty then */
        luaL_argcheck(L, (lua_Unsigned)at - 1u <= (lua_Unsigned)size, 2, "position out of bounds");
    check_range(L, size - at, "table.remove");
    fence_get_item(L, 1, at, raw);
    for (; at < size; at++) {
        fence_poll(VM(L));
        fence_get_item(L, 1, at + 1, raw);
        fence_set_item(L, 1, at, raw);
    }
    lua_pushnil(L);
    fence_set_item(L, 1, at, raw);
    return 1;
}

static int table_move(lua_State *L) {
    lua_Integer from = luaL_checkinteger(L, 2), end = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = !lua_isnoneornil(L, 5) ? 5 : 1;
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, target, LUA_TTABLE);
    bool raw_from = fence_is_raw(L, 1), raw_to = fence_is_raw(L, target);
    if (end >= from) {
        luaL_argcheck(L, from > 0 || end < LUA_MAXINTEGER + from, 3, "too many elements to move");
        lua_Integer n = end - from + 1;
        luaL_argcheck(L, to <= LUA_MAXINTEGER - n + 1, 4, "destination wrap around");
        check_range(L, n, "table.move");
        if (to > end || to <= from || (target != 1 && !lua_rawequal(L, 1, target))) {
            for (lua_Integer i = 0; i < n; i++) {
                fence_poll(VM(L));
                fence_get_item(L, 1, from + i, raw_from);
                fence_set_item(L, target, to + i, raw_to);
            }
        } else {
            for (lua_Integer i = n - 1; i >= 0; i--) {
                fence_poll(VM(L));
                fence_get_item(L, 1, from + i, raw_from);
                fence_set_item(L, target, to + i, raw_to);
            }
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static void add_item(lua_State *L, luaL_Buffer *text, lua_Integer i, bool raw) {
    fence_get_item(L, 1, i, raw);
    if (unlikely(!lua_isstring(L, -1)))
        luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1), (LUAI_UACINT)i);
    luaL_addvalue(text);
}

static int table_concat(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    bool raw = fence_is_raw(L, 1);
    lua_Integer last = fence_length_of(L, 1, raw);
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
    bool raw = lua_istable(L, 1) && fence_is_raw(L, 1);
    for (; i < last; i++) fence_get_item(L, 1, i, raw);
    fence_get_item(L, 1, last, raw);
    return (int)n;
}

const luaL_Reg fence_table[] = {
    {"insert", table_insert}, {"remove", table_remove}, {"move", table_move}, {"concat", table_concat},
    {"pack", table_pack}, {"unpack", table_unpack}, {"sort", fence_table_sort}, {NULL, NULL},
};
