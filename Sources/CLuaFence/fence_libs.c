/* What a script can see: one table, each entry with its reason. */
#include "fence.h"

#include <stdio.h>

extern const luaL_Reg fence_order[], fence_match[];
int fence_string_format(lua_State *L);

typedef struct {
    const char *library, *name;
    const luaL_Reg *own; /* NULL: liblua's function */
    const char *reason;
} entry;

static const entry allowed[] = {
    {"", "assert", NULL, "raises, touches nothing"},
    {"", "collectgarbage", fence_base, "only \"count\", rounded: a script must not drive the collector"},
    {"", "error", fence_base, "does not blame frames of host preludes"},
    {"", "getmetatable", NULL, "honours __metatable"},
    {"", "ipairs", NULL, "pure"},
    {"", "load", fence_base, "text only, capped: the parser is quadratic and bytecode is unsafe"},
    {"", "next", fence_order, "an order that does not depend on addresses"},
    {"", "pairs", fence_order, "an order that does not depend on addresses"},
    {"", "pcall", fence_coroutine, "looks at the kill flag, forgets carried frames"},
    {"", "print", fence_base, "to the host's sink, bounded"},
    {"", "rawequal", NULL, "pure"},
    {"", "rawget", NULL, "pure"},
    {"", "rawlen", NULL, "pure"},
    {"", "rawset", NULL, "only tables that the script holds"},
    {"", "require", fence_base, "only modules that the host has given"},
    {"", "select", NULL, "pure"},
    {"", "setmetatable", fence_base, "refuses __gc and __mode"},
    {"", "tonumber", NULL, "pure"},
    {"", "tostring", fence_base, "no addresses"},
    {"", "type", NULL, "pure"},
    {"", "xpcall", fence_coroutine, "looks at the kill flag, forgets carried frames"},
    {"coroutine", "close", fence_coroutine, "bounded depth; refuses what waits for the host"},
    {"coroutine", "create", fence_coroutine, "bounded number"},
    {"coroutine", "isyieldable", fence_coroutine, "a task is not a coroutine of the script"},
    {"coroutine", "resume", fence_coroutine, "passes a host suspension upward"},
    {"coroutine", "running", fence_coroutine, "a task is the main coroutine of its code"},
    {"coroutine", "status", fence_coroutine, "knows what waits for the host"},
    {"coroutine", "wrap", fence_coroutine, "passes a host suspension upward"},
    {"coroutine", "yield", fence_coroutine, "not out of a task"},
    {"math", "abs", NULL, "pure"}, {"math", "acos", NULL, "pure"}, {"math", "asin", NULL, "pure"},
    {"math", "atan", NULL, "pure"}, {"math", "ceil", NULL, "pure"}, {"math", "cos", NULL, "pure"},
    {"math", "deg", NULL, "pure"}, {"math", "exp", NULL, "pure"}, {"math", "floor", NULL, "pure"},
    {"math", "fmod", NULL, "pure"}, {"math", "huge", NULL, "a number"}, {"math", "log", NULL, "pure"},
    {"math", "max", NULL, "pure"}, {"math", "maxinteger", NULL, "a number"}, {"math", "min", NULL, "pure"},
    {"math", "mininteger", NULL, "a number"}, {"math", "modf", NULL, "pure"}, {"math", "pi", NULL, "a number"},
    {"math", "rad", NULL, "pure"},
    {"math", "random", NULL, "seeded by the run"},
    {"math", "randomseed", NULL, "replaced below: without arguments it means the run's seed, never the time"},
    {"math", "sin", NULL, "pure"}, {"math", "sqrt", NULL, "pure"}, {"math", "tan", NULL, "pure"},
    {"math", "tointeger", NULL, "pure"}, {"math", "type", NULL, "pure"}, {"math", "ult", NULL, "pure"},
    {"string", "byte", NULL, "bounded by the stack"},
    {"string", "char", NULL, "bounded by its arguments"},
    {"string", "find", fence_match, "liblua's matcher cannot be stopped"},
    {"string", "format", fence_string, "replaced below: no %p, no addresses in %s"},
    {"string", "gmatch", fence_match, "liblua's crashes when called after an error (efddc230)"},
    {"string", "gsub", fence_match, "liblua's matcher cannot be stopped"},
    {"string", "len", NULL, "pure"},
    {"string", "lower", NULL, "bounded by the string"},
    {"string", "match", fence_match, "liblua's matcher cannot be stopped"},
    {"string", "pack", NULL, "bounded by memory"},
    {"string", "packsize", NULL, "pure"},
    {"string", "rep", fence_string, "(\"\"):rep(2^40) must end"},
    {"string", "reverse", NULL, "bounded by the string"},
    {"string", "sub", NULL, "bounded by the string"},
    {"string", "unpack", NULL, "bounded by the string"},
    {"string", "upper", NULL, "bounded by the string"},
    {"table", "concat", fence_table, "range capped"},
    {"table", "insert", fence_table, "range capped"},
    {"table", "move", fence_table, "range capped"},
    {"table", "pack", fence_table, "bounded by the stack"},
    {"table", "remove", fence_table, "range capped"},
    {"table", "sort", fence_table, "stable; can be stopped"},
    {"table", "unpack", fence_table, "bounded by the stack"},
    {"utf8", "char", NULL, "pure"}, {"utf8", "charpattern", NULL, "a string"}, {"utf8", "codepoint", NULL, "pure"},
    {"utf8", "codes", NULL, "pure"}, {"utf8", "len", NULL, "pure"}, {"utf8", "offset", NULL, "pure"},
};
enum { ALLOWED = sizeof allowed / sizeof *allowed };

static lua_CFunction own_function(const entry *e) {
    for (const luaL_Reg *r = e->own; r != NULL && r->name != NULL; r++)
        if (strcmp(r->name, e->name) == 0) return r->func;
    return NULL;
}

/* The name a person knows one of our functions by, for "cannot wait here (inside ...)". */
const char *fence_function_name(lua_CFunction function) {
    static _Thread_local char name[40];
    if (function == NULL) return NULL;
    for (int i = 0; i < ALLOWED; i++) {
        if (allowed[i].own == NULL || own_function(&allowed[i]) != function) continue;
        snprintf(name, sizeof name, "%s%s%s", allowed[i].library, *allowed[i].library ? "." : "", allowed[i].name);
        return name;
    }
    return NULL;
}

static int math_randomseed(lua_State *L) {
    if (lua_isnone(L, 1)) {
        lua_pushinteger(L, (lua_Integer)VM(L)->options.seed);
        lua_pushinteger(L, 0);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 0);
    return 0;
}

/* Fills the table at `env` from the stock libraries at `stock` (a table library -> table). */
static void fill(lua_State *L, int env, int stock) {
    for (int i = 0; i < ALLOWED; i++) {
        const entry *e = &allowed[i];
        int target = env;
        luaL_checkstack(L, 8, "");
        if (*e->library) {
            if (lua_getfield(L, env, e->library) == LUA_TNIL) {
                lua_pop(L, 1);
                lua_newtable(L);
                lua_pushvalue(L, -1);
                lua_setfield(L, env, e->library);
            }
            target = lua_gettop(L);
        }
        lua_CFunction own = own_function(e);
        lua_getfield(L, stock, e->library);
        lua_getfield(L, -1, e->name);
        if (own == fence_string_format) {
            lua_pushcclosure(L, own, 1);
        } else if (own != NULL) {
            lua_pop(L, 1);
            lua_pushcfunction(L, own);
        } else if (strcmp(e->name, "randomseed") == 0) {
            lua_pushcclosure(L, math_randomseed, 1);
        }
        lua_setfield(L, target, e->name);
        lua_settop(L, target == env ? target : target - 1);
    }
    lua_pushvalue(L, env);
    lua_setfield(L, env, "_G");
    lua_pushstring(L, "Lua 5.4");
    lua_setfield(L, env, "_VERSION");
}

static int error_tostring(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_rawgetp(L, 1, &key_chunk);
    lua_rawgetp(L, 1, &key_line);
    lua_pushstring(L, "message");
    lua_rawget(L, 1);
    const char *message = lua_type(L, 4) == LUA_TSTRING ? lua_tostring(L, 4) : "error";
    if (lua_type(L, 2) == LUA_TSTRING && lua_isinteger(L, 3))
        lua_pushfstring(L, "%s:%I: %s", lua_tostring(L, 2), (LUAI_UACINT)lua_tointeger(L, 3), message);
    else lua_pushstring(L, message);
    return 1;
}

static int handle_tostring(lua_State *L) {
    if (lua_type(L, 1) != LUA_TUSERDATA || lua_rawlen(L, 1) < 8) return luaL_error(L, "not a handle");
    const char *data = lua_touserdata(L, 1);
    lua_pushlstring(L, data + 8, lua_rawlen(L, 1) - 8);
    return 1;
}

static int handle_equal(lua_State *L) {
    bool same = lua_type(L, 1) == LUA_TUSERDATA && lua_type(L, 2) == LUA_TUSERDATA
                && lua_rawlen(L, 1) == lua_rawlen(L, 2)
                && memcmp(lua_touserdata(L, 1), lua_touserdata(L, 2), lua_rawlen(L, 1)) == 0;
    lua_pushboolean(L, same);
    return 1;
}

static void make_meta(lua_State *L, const char *name, lua_CFunction tostring, lua_CFunction equal, const void *key) {
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, tostring);
    lua_setfield(L, -2, "__tostring");
    if (equal != NULL) {
        lua_pushcfunction(L, equal);
        lua_setfield(L, -2, "__eq");
    }
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

/* Two environments with library tables of their own: what a script does to its tables, no prelude sees. Methods of
 * strings come from the prelude's table, and by default from the script's `string`. */
void fence_open_libraries(lua_State *L) {
    clf_vm *vm = VM(L);
    static const luaL_Reg stock[] = {
        {"", luaopen_base}, {"string", luaopen_string}, {"table", luaopen_table}, {"math", luaopen_math},
        {"utf8", luaopen_utf8}, {NULL, NULL},
    };
    lua_settop(L, 0);
    lua_newtable(L); /* 1: stock */
    for (const luaL_Reg *r = stock; r->name != NULL; r++) {
        lua_pushcfunction(L, r->func);
        lua_pushstring(L, r->name);
        lua_call(L, 1, 1);
        lua_setfield(L, 1, r->name);
    }
    lua_newtable(L);
    lua_setfield(L, 1, "coroutine");
    lua_newtable(L); /* 2: the script's */
    fill(L, 2, 1);
    lua_newtable(L); /* 3: the preludes' */
    fill(L, 3, 1);
    lua_pushcfunction(L, fence_host_raise);
    lua_setfield(L, 3, "raise");

    lua_getfield(L, 3, "string"); /* 4 */
    lua_createtable(L, 0, 1);
    lua_getfield(L, 2, "string");
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, 4);
    lua_pushstring(L, "");
    lua_getmetatable(L, -1); /* liblua's: it has the arithmetic of strings */
    lua_pushvalue(L, 4);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_settop(L, 3);

    lua_pushvalue(L, 2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_script_env);
    lua_pushvalue(L, 3);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_host_env);
    lua_pushvalue(L, 2);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_loaded);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_modules);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_snapshot);
    make_meta(L, "error", error_tostring, NULL, &key_error_meta);
    make_meta(L, "handle", handle_tostring, handle_equal, &key_handle_meta);
    fence_open_tasks(L);

    lua_getfield(L, 2, "math");
    lua_getfield(L, -1, "randomseed");
    lua_pushinteger(L, (lua_Integer)vm->options.seed);
    lua_pushinteger(L, 0);
    lua_call(L, 2, 0);
    lua_settop(L, 0);
}
