/* next and pairs in an order that does not depend on addresses or hash seeds: numbers ascending, strings bytewise,
 * then booleans, handles and other keys by creation. Hidden fields of the fence (light userdata keys) are skipped. */
#include "fence.h"

static int rank(int type) {
    switch (type) {
    case LUA_TNUMBER: return 0;
    case LUA_TSTRING: return 1;
    case LUA_TBOOLEAN: return 2;
    case LUA_TUSERDATA: return 3;
    default: return 4;
    }
}

/* The creation number of a table, function or coroutine; 0: a C function without a block of its own. */
static uint32_t serial_of(lua_State *L, int index) {
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

uint32_t fence_serial(lua_State *L, int index) { return serial_of(L, index); }

static int compare_strings(const char *a, size_t la, const char *b, size_t lb) {
    int c = memcmp(a, b, la < lb ? la : lb);
    return c != 0 ? c : la < lb ? -1 : la > lb;
}

/* Both indices are absolute. */
static int compare_keys(lua_State *L, int a, int b) {
    int ta = lua_type(L, a), tb = lua_type(L, b), ra = rank(ta), rb = rank(tb);
    if (ra != rb) return ra - rb;
    switch (ta) {
    case LUA_TNUMBER: return lua_compare(L, a, b, LUA_OPLT) ? -1 : lua_rawequal(L, a, b) ? 0 : 1;
    case LUA_TSTRING: {
        size_t la, lb;
        const char *sa = lua_tolstring(L, a, &la), *sb = lua_tolstring(L, b, &lb);
        return compare_strings(sa, la, sb, lb);
    }
    case LUA_TBOOLEAN: return lua_toboolean(L, a) - lua_toboolean(L, b);
    case LUA_TUSERDATA: {
        int c = compare_strings(lua_touserdata(L, a), lua_rawlen(L, a), lua_touserdata(L, b), lua_rawlen(L, b));
        return c;
    }
    default: {
        uint32_t sa = serial_of(L, a), sb = serial_of(L, b);
        if (sa != sb) return sa < sb ? -1 : 1;
        const char *pa = lua_topointer(L, a), *pb = lua_topointer(L, b);
        return pa < pb ? -1 : pa > pb;
    }
    }
}

/* Sorts items 1..n of the table of keys at `list` (absolute) with a bottom-up merge through a second table. Leaves the
 * sorted table in place of `list`. */
static void sort_keys(lua_State *L, int list, lua_Integer n) {
    clf_vm *vm = VM(L);
    luaL_checkstack(L, 6, "pairs");
    lua_createtable(L, (int)n, 0);
    int from = list, to = lua_gettop(L);
    for (lua_Integer width = 1; width < n; width *= 2) {
        for (lua_Integer low = 1; low <= n; low += 2 * width) {
            lua_Integer middle = low + width, high = middle + width, i = low, j, at = low;
            if (middle > n + 1) middle = n + 1;
            if (high > n + 1) high = n + 1;
            j = middle;
            while (i < middle && j < high) {
                fence_poll(vm);
                lua_rawgeti(L, from, i);
                lua_rawgeti(L, from, j);
                int top = lua_gettop(L);
                if (compare_keys(L, top, top - 1) < 0) {
                    lua_rawseti(L, to, at++);
                    lua_pop(L, 1);
                    j++;
                } else {
                    lua_pop(L, 1);
                    lua_rawseti(L, to, at++);
                    i++;
                }
            }
            for (; i < middle; i++) { lua_rawgeti(L, from, i); lua_rawseti(L, to, at++); }
            for (; j < high; j++) { lua_rawgeti(L, from, j); lua_rawseti(L, to, at++); }
        }
        int swap = from;
        from = to;
        to = swap;
    }
    if (from != list) lua_replace(L, list);
    else lua_pop(L, 1);
}

/* Pushes the sorted keys of the table at `table` (absolute) as a list, or nothing if they are 1..n; returns n. */
static lua_Integer collect_keys(lua_State *L, int table, bool *listed) {
    clf_vm *vm = VM(L);
    luaL_checkstack(L, 8, "pairs");
    lua_Integer n = 0;
    bool sorted = true;
    *listed = false;
    int keys = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        fence_poll(vm);
        if (lua_type(L, -1) == LUA_TLIGHTUSERDATA) continue;
        n++;
        if (keys == 0) {
            if (lua_isinteger(L, -1) && lua_tointeger(L, -1) == n) continue;
            lua_createtable(L, (int)(n + 8), 0);
            lua_insert(L, -2);
            keys = lua_gettop(L) - 1;
            for (lua_Integer i = 1; i < n; i++) {
                lua_pushinteger(L, i);
                lua_rawseti(L, keys, i);
            }
        }
        if (sorted && n > 1) {
            lua_rawgeti(L, keys, n - 1);
            int top = lua_gettop(L);
            sorted = compare_keys(L, top, top - 1) < 0;
            lua_pop(L, 1);
        } else {
            sorted = sorted && n == 1;
        }
        lua_pushvalue(L, -1);
        lua_rawseti(L, keys, n);
    }
    if (keys == 0) return n;
    *listed = true;
    if (!sorted) sort_keys(L, keys, n);
    return n;
}

/* ---- pairs: a snapshot of the keys; those that are gone by then are left out ---- */

static int list_step(lua_State *L) {
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(1)), n = lua_tointeger(L, lua_upvalueindex(2));
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    while (++i <= n) {
        if (lua_rawgeti(L, 1, i) != LUA_TNIL) {
            lua_pushinteger(L, i);
            lua_copy(L, -1, lua_upvalueindex(1));
            lua_insert(L, -2);
            return 2;
        }
        lua_pop(L, 1);
    }
    lua_pushnil(L);
    return 1;
}

static int keys_step(lua_State *L) {
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(1)), n = lua_tointeger(L, lua_upvalueindex(2));
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    while (++i <= n) {
        lua_rawgeti(L, lua_upvalueindex(3), i);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 1) != LUA_TNIL) {
            lua_pushinteger(L, i);
            lua_replace(L, lua_upvalueindex(1));
            return 2;
        }
        lua_settop(L, 1);
    }
    lua_pushnil(L);
    return 1;
}

static int pairs_done(lua_State *L, int status, lua_KContext context) {
    (void)L;
    (void)status;
    (void)context;
    return 3;
}

static int base_pairs(lua_State *L) {
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_callk(L, 1, 3, 0, pairs_done);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    bool listed;
    lua_Integer n = collect_keys(L, 1, &listed);
    lua_pushinteger(L, 0);
    lua_pushinteger(L, n);
    if (listed) {
        lua_rotate(L, -3, 2); /* keys 0 n -> 0 n keys */
        lua_pushcclosure(L, keys_step, 3);
    } else {
        lua_pushcclosure(L, list_step, 2);
    }
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* ---- next ---- */

/* The smallest key above the one at `above` (0: above nothing) is pushed, or nil. */
static void scan_next(lua_State *L, int table, int above) {
    clf_vm *vm = VM(L);
    lua_pushnil(L); /* best */
    int best = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        fence_poll(vm);
        if (lua_type(L, -1) == LUA_TLIGHTUSERDATA) continue;
        int key = lua_gettop(L);
        if (above != 0 && compare_keys(L, key, above) <= 0) continue;
        if (lua_isnil(L, best) || compare_keys(L, key, best) < 0) lua_copy(L, key, best);
    }
}

/* The snapshot of the last traversal with next: {table, keys, n, position}. */
static int base_next(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_snapshot); /* 3 */
    if (lua_isnil(L, 2)) {
        lua_pushnil(L);
        lua_rawseti(L, 3, 1);
        lua_pushnil(L);
        lua_rawseti(L, 3, 2);
        scan_next(L, 1, 0);
    } else {
        lua_rawgeti(L, 3, 1);
        bool known = lua_rawequal(L, -1, 1);
        lua_pop(L, 1);
        lua_Integer n = 0, at = 0;
        if (known) {
            lua_rawgeti(L, 3, 2); /* 4: keys */
            lua_rawgeti(L, 3, 3);
            lua_rawgeti(L, 3, 4);
            n = lua_tointeger(L, -2);
            at = lua_tointeger(L, -1);
            lua_pop(L, 2);
            lua_rawgeti(L, 4, at);
            known = at >= 1 && at <= n && lua_rawequal(L, -1, 2);
            lua_pop(L, 1);
        }
        if (!known) {
            lua_settop(L, 3);
            bool listed;
            n = collect_keys(L, 1, &listed);
            if (!listed) {
                lua_createtable(L, (int)n, 0);
                for (lua_Integer i = 1; i <= n; i++) { lua_pushinteger(L, i); lua_rawseti(L, 4, i); }
            }
            for (at = 0; at < n;) { /* the first key that is not below the given one */
                lua_rawgeti(L, 4, at + 1);
                int c = compare_keys(L, 5, 2);
                lua_pop(L, 1);
                if (c > 0) break;
                at++;
            }
            lua_pushvalue(L, 1);
            lua_rawseti(L, 3, 1);
            lua_pushvalue(L, 4);
            lua_rawseti(L, 3, 2);
            lua_pushinteger(L, n);
            lua_rawseti(L, 3, 3);
        }
        for (at++; at <= n; at++) {
            lua_rawgeti(L, 4, at);
            lua_pushvalue(L, -1);
            bool there = lua_rawget(L, 1) != LUA_TNIL;
            lua_pop(L, 1);
            if (there) break;
            lua_pop(L, 1);
        }
        lua_pushinteger(L, at);
        lua_rawseti(L, 3, 4);
        if (at > n) {
            lua_pushnil(L);
            lua_rawseti(L, 3, 1);
            lua_pushnil(L);
            lua_rawseti(L, 3, 2);
            lua_pushnil(L);
        }
    }
    if (lua_isnil(L, -1)) return 1;
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
}

const luaL_Reg fence_order[] = {{"pairs", base_pairs}, {"next", base_next}, {NULL, NULL}};
