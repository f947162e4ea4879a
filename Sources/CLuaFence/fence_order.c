/* next and pairs in an order that does not depend on addresses or hash seeds: numbers ascending, strings bytewise,
 * then booleans, handles and other keys by creation. Hidden fields of the fence (light userdata keys) are skipped. */
#include "fence.h"

/* So many keys are sorted on the stack and kept as upvalues: no table is made for them. */
#define FEW_KEYS 40

/* Keys of a table, as pairs and next need them. */
typedef struct {
    lua_Integer count;
    bool sequence; /* they are 1 to count */
} key_count;

/* Goes on from the key on the top, which is the first that is not counted yet, and takes it off. */
static void count_rest(lua_State *L, int table, key_count *keys) {
    clf_vm *vm = VM(L);
    do {
        fence_poll(vm);
        if (lua_type(L, -1) != LUA_TLIGHTUSERDATA) {
            keys->count++;
            if (keys->sequence) keys->sequence = lua_isinteger(L, -1) && lua_tointeger(L, -1) == keys->count;
        }
        if (!lua_next(L, table)) return;
        lua_pop(L, 1);
    } while (true);
}

/* Pushes the keys if they are few, sorted, in the order of lua_next, with what they are in `few`. If they are more, only
 * counts them. True: all have been pushed, and `sorted` says whether they are in order. */
static bool push_few(lua_State *L, int table, ordered *few, key_count *keys, bool *sorted) {
    int base = lua_gettop(L);
    *keys = (key_count){0, true};
    *sorted = true;
    luaL_checkstack(L, 2 * FEW_KEYS + 8, "pairs");
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_settop(L, -2);
        int type = lua_type(L, -1);
        if (unlikely(type == LUA_TLIGHTUSERDATA)) continue;
        if (keys->count == FEW_KEYS) {
            lua_replace(L, base + 1);
            lua_settop(L, base + 1);
            count_rest(L, table, keys);
            return false;
        }
        ordered *key = &few[keys->count++];
        ordered_take(L, -1, type, key);
        key->place = (uint32_t)keys->count;
        if (keys->sequence) keys->sequence = type == LUA_TNUMBER && key->length == 0 && key->integer == keys->count;
        if (*sorted && keys->count > 1) *sorted = ordered_compare(key - 1, key) < 0;
        lua_pushvalue(L, -1);
    }
    return true;
}

/* Pushes a table of the `count` keys of the table, sorted. */
static void push_many(lua_State *L, int table, lua_Integer count) {
    clf_vm *vm = VM(L);
    if (count > ORDERED_MOST) luaL_error(L, "a table of too many keys");
    lua_createtable(L, (int)count, 0);
    int list = lua_gettop(L);
    ordered *keys = lua_newuserdatauv(L, (size_t)count * sizeof *keys, 0);
    lua_Integer n = 0;
    bool sorted = true;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_settop(L, -2);
        int type = lua_type(L, -1);
        fence_poll(vm);
        if (type == LUA_TLIGHTUSERDATA) continue;
        ordered_take(L, -1, type, &keys[n]);
        if (sorted && n > 0) sorted = ordered_compare(&keys[n - 1], &keys[n]) < 0;
        n++;
        keys[n - 1].place = (uint32_t)n;
        lua_pushvalue(L, -1);
        lua_rawseti(L, list, n);
    }
    if (!sorted) {
        ordered_sort(vm, keys, (size_t)n);
        ordered_permute(L, list, keys, (size_t)n);
    }
    lua_settop(L, list);
}

/* ---- pairs: a snapshot of the keys; those that are gone by then are left out ---- */

/* Upvalue: how many. The key before is the argument. */
static int sequence_step(lua_State *L) {
    lua_Integer count = lua_tointeger(L, lua_upvalueindex(1)), i = lua_tointeger(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    while (i < count) {
        lua_pushinteger(L, ++i);
        if (lua_rawgeti(L, 1, i) != LUA_TNIL) return 2;
        lua_settop(L, 1);
    }
    lua_pushnil(L);
    return 1;
}

/* Upvalues: the place, then the keys. */
static int few_step(lua_State *L) {
    int i = (int)lua_tointeger(L, lua_upvalueindex(1));
    luaL_checktype(L, 1, LUA_TTABLE);
    for (;;) {
        lua_pushinteger(L, ++i);
        lua_copy(L, -1, lua_upvalueindex(1));
        if (lua_type(L, lua_upvalueindex(i + 1)) == LUA_TNONE) break;
        lua_pushvalue(L, lua_upvalueindex(i + 1));
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 1) != LUA_TNIL) return 2;
        lua_settop(L, 1);
    }
    lua_pushinteger(L, i - 1); /* it stays at its end */
    lua_replace(L, lua_upvalueindex(1));
    lua_pushnil(L);
    return 1;
}

/* Upvalues: the place, the table of keys. */
static int many_step(lua_State *L) {
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(1));
    luaL_checktype(L, 1, LUA_TTABLE);
    for (;;) {
        fence_poll(VM(L));
        lua_pushinteger(L, ++i);
        if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TNIL) return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 1) != LUA_TNIL) break;
        lua_settop(L, 1);
    }
    lua_pushinteger(L, i);
    lua_replace(L, lua_upvalueindex(1));
    return 2;
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
    ordered few[FEW_KEYS];
    key_count keys;
    bool sorted;
    lua_pushinteger(L, 0);
    bool pushed = push_few(L, 1, few, &keys, &sorted);
    if (keys.sequence) {
        lua_settop(L, 1);
        lua_pushinteger(L, keys.count);
        lua_pushcclosure(L, sequence_step, 1);
    } else if (pushed) {
        if (!sorted) {
            ordered_sort(VM(L), few, (size_t)keys.count);
            lua_pushinteger(L, 0);
            for (lua_Integer i = 0; i < keys.count; i++) lua_pushvalue(L, 2 + (int)few[i].place);
        }
        lua_pushcclosure(L, few_step, (int)keys.count + 1);
    } else {
        push_many(L, 1, keys.count);
        lua_pushcclosure(L, many_step, 2);
    }
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* ---- next ---- */

/* The smallest key is pushed, or nil. */
static void push_first(lua_State *L, int table) {
    clf_vm *vm = VM(L);
    ordered best, key;
    bool any = false;
    lua_pushnil(L);
    int place = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_settop(L, -2);
        fence_poll(vm);
        int type = lua_type(L, -1);
        if (type == LUA_TLIGHTUSERDATA) continue;
        ordered_take(L, -1, type, &key);
        if (any && ordered_compare(&key, &best) >= 0) continue;
        any = true;
        best = key;
        lua_copy(L, -1, place);
    }
}

/* The snapshot of the last traversal with next: {table, keys}, and the place in it. */
static void forget_snapshot(lua_State *L) {
    VM(L)->next_table = NULL;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_snapshot);
    for (int i = 1; i <= 2; i++) {
        lua_pushnil(L);
        lua_rawseti(L, -2, i);
    }
    lua_pop(L, 1);
}

/* Makes one of the table in argument 1, placed at the last key that is not above argument 2. Pushes the keys. */
static void take_snapshot(lua_State *L) {
    clf_vm *vm = VM(L);
    ordered few[FEW_KEYS], given, key;
    key_count keys;
    bool sorted;
    ordered_take(L, 2, lua_type(L, 2), &given);
    if (push_few(L, 1, few, &keys, &sorted)) lua_settop(L, 2);
    push_many(L, 1, keys.count); /* 3 */
    lua_Integer low = 0, high = keys.count;
    while (low < high) {
        lua_Integer middle = low + (high - low) / 2;
        lua_rawgeti(L, 3, middle + 1);
        ordered_take(L, 4, lua_type(L, 4), &key);
        lua_pop(L, 1);
        if (ordered_compare(&key, &given) <= 0) low = middle + 1;
        else high = middle;
    }
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_snapshot);
    lua_pushvalue(L, 1);
    lua_rawseti(L, 4, 1);
    lua_pushvalue(L, 3);
    lua_rawseti(L, 4, 2);
    lua_pop(L, 1);
    vm->next_table = lua_topointer(L, 1);
    vm->next_at = low;
    vm->next_count = keys.count;
}

/* Pushes the keys of the snapshot, if it is of this table and its last key was the given one. */
static bool push_known(lua_State *L) {
    clf_vm *vm = VM(L);
    if (vm->next_table != lua_topointer(L, 1)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_snapshot);
    lua_rawgeti(L, 3, 2);
    lua_replace(L, 3);
    lua_rawgeti(L, 3, vm->next_at);
    bool same = lua_rawequal(L, 4, 2);
    lua_settop(L, same ? 3 : 2);
    return same;
}

static int base_next(lua_State *L) {
    clf_vm *vm = VM(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (lua_type(L, 2) == LUA_TNIL) {
        if (vm->next_table != NULL) forget_snapshot(L);
        push_first(L, 1);
        if (lua_type(L, -1) == LUA_TNIL) return 1;
        lua_pushvalue(L, -1);
        lua_rawget(L, 1);
        return 2;
    }
    if (!push_known(L)) take_snapshot(L);
    while (++vm->next_at <= vm->next_count) {
        fence_poll(vm);
        lua_rawgeti(L, 3, vm->next_at);
        lua_pushvalue(L, 4);
        if (lua_rawget(L, 1) != LUA_TNIL) return 2;
        lua_settop(L, 3);
    }
    forget_snapshot(L);
    lua_pushnil(L);
    return 1;
}

const luaL_Reg fence_order[] = {{"pairs", base_pairs}, {"next", base_next}, {NULL, NULL}};
