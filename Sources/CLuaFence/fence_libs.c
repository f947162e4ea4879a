/* What a script can see: one table, each difference with its reason. */
#include "fence.h"

#include <stdio.h>

extern const luaL_Reg fence_order[], fence_match[];

/* The one list of what a script has of Lua's libraries, and of what it does not have. `own` NULL: liblua's function.
 * `change` NULL: as the manual says. clf_library_entry gives it to the reference. */
typedef struct {
    const char *library, *name;
    const luaL_Reg *own;
    const char *change;
} entry;

#define SAME(library, name) {library, name, NULL, NULL}

static const entry allowed[] = {
    SAME("", "_G"), SAME("", "_VERSION"),
    SAME("", "assert"),
    {"", "collectgarbage", fence_base, "only \"count\", rounded up to whole MiB: a script must not drive the collector"},
    {"", "error", fence_base, NULL}, /* does not blame frames of host preludes */
    SAME("", "getmetatable"), SAME("", "ipairs"),
    {"", "load", fence_base,
     "text only (bytecode can corrupt the VM), bounded in length, at most 1000 fields in a row: the parser and the "
     "texts of errors cost more than their length"},
    {"", "next", fence_order,
     "numbers ascending, strings bytewise, then booleans and other keys by creation: the stock order follows addresses; "
     "a key that is not in the table is not an error, the traversal goes on behind its place; it takes about 5 "
     "times the time of liblua's, and next(t) alone looks at every key"},
    {"", "pairs", fence_order, "the order of next; visits the keys that the table has when the loop begins; takes about "
     "2 times the time of liblua's for a list, 3 times for a few fields, 4 to 5 times for a thousand names"},
    {"", "pcall", fence_coroutine, "does not see the end of a run"},
    {"", "print", fence_base, "to the host, bounded; objects are shown by a number, not an address"},
    SAME("", "rawequal"), SAME("", "rawget"), SAME("", "rawlen"), SAME("", "rawset"),
    {"", "require", fence_base, "finds what the host has given, nothing else"},
    SAME("", "select"),
    {"", "setmetatable", fence_base, "refuses __gc (no code runs outside of the budget), __mode (what the collector "
     "does must not be seen), and __concat where the system's Lua library has a memory fault in '..' behind it (that of "
     "Debian 12 has); they have no effect when they are set later"},
    {"", "tonumber", fence_string, "a text of at most 64 KiB"},
    {"", "tostring", fence_base, "objects are shown by a number, not an address"},
    SAME("", "type"),
    {"", "xpcall", fence_coroutine, "does not see the end of a run; an error in the handler is the result, the handler is "
     "not called again"},
    {"coroutine", "close", fence_coroutine, "at most 100 inside each other; refuses a coroutine that waits for the host"},
    {"coroutine", "create", fence_coroutine, "bounded number"},
    {"coroutine", "isyieldable", fence_coroutine, "a task counts as a main coroutine"},
    {"coroutine", "resume", fence_coroutine, "refuses a coroutine that waits for the host"},
    {"coroutine", "running", fence_coroutine, "a task counts as a main coroutine"},
    {"coroutine", "status", fence_coroutine, "what waits for the host is \"normal\""},
    {"coroutine", "wrap", fence_coroutine, "refuses a coroutine that waits for the host; bounded number"},
    {"coroutine", "yield", fence_coroutine, "not out of a task"},
    SAME("math", "abs"), SAME("math", "acos"), SAME("math", "asin"), SAME("math", "atan"), SAME("math", "ceil"),
    SAME("math", "cos"), SAME("math", "deg"), SAME("math", "exp"), SAME("math", "floor"), SAME("math", "fmod"),
    SAME("math", "huge"), SAME("math", "log"), SAME("math", "max"), SAME("math", "maxinteger"), SAME("math", "min"),
    SAME("math", "mininteger"), SAME("math", "modf"), SAME("math", "pi"), SAME("math", "rad"),
    {"math", "random", NULL, "seeded by the run"},
    {"math", "randomseed", NULL, "without arguments: the run's seed, never the time"},
    SAME("math", "sin"), SAME("math", "sqrt"), SAME("math", "tan"), SAME("math", "tointeger"), SAME("math", "type"),
    SAME("math", "ult"),
    SAME("string", "byte"), SAME("string", "char"),
    {"string", "find", fence_match, "can be stopped at each step; takes about 1.1 times the time of liblua's"},
    {"string", "format", fence_string, "no %p, no addresses in %s; a format of at most 64 KiB and 2,000 conversions, %q of at most 1 MiB"},
    {"string", "gmatch", fence_match, NULL}, /* liblua's crashes when it is called after an error (efddc230) */
    {"string", "gsub", fence_match, NULL},
    SAME("string", "len"), SAME("string", "lower"),
    {"string", "match", fence_match, NULL},
    {"string", "pack", fence_string, "a format of at most 64 KiB"},
    {"string", "packsize", fence_string, "a format of at most 64 KiB"},
    {"string", "rep", fence_string, NULL}, /* (""):rep(2^40) must end */
    SAME("string", "reverse"), SAME("string", "sub"),
    {"string", "unpack", fence_string, "a format of at most 64 KiB"},
    SAME("string", "upper"),
    {"table", "concat", fence_table, "a range of at most 4 Mi items"},
    {"table", "insert", fence_table, "moves at most 4 Mi items"},
    {"table", "move", fence_table, "a range of at most 4 Mi items"},
    {"table", "pack", fence_table, NULL},
    {"table", "remove", fence_table, "moves at most 4 Mi items"},
    {"table", "sort", fence_table, "stable; at most 4 Mi items; an order function that contradicts itself is no error; "
     "takes about 1.4 times the time of liblua's with such a function, 0.9 times for numbers or strings without one"},
    {"table", "unpack", fence_table, NULL},
    SAME("utf8", "char"), SAME("utf8", "charpattern"), SAME("utf8", "codepoint"), SAME("utf8", "codes"),
    {"utf8", "len", fence_string, NULL}, /* can be stopped */
    SAME("utf8", "offset"),
};

typedef struct { const char *library, *name, *reason; } missing;

static const missing absent[] = {
    {"", "dofile", "scripts have no files"}, {"", "loadfile", "scripts have no files"},
    {"", "warn", "nothing shows warnings"}, {"", "io", "scripts have no files"},
    {"", "os", "no processes, files or environment; the time comes from the host"},
    {"", "package", "modules come from the host; C libraries are never loaded"},
    {"", "debug", "it reaches into the sandbox"},
    {"string", "dump", "bytecode can corrupt the VM"},
    {"math", "pow", "not in Lua 5.4; Debian's build has it"}, {"math", "cosh", "not in Lua 5.4; Debian's build has it"},
    {"math", "sinh", "not in Lua 5.4; Debian's build has it"}, {"math", "tanh", "not in Lua 5.4; Debian's build has it"},
    {"math", "frexp", "not in Lua 5.4; Debian's build has it"}, {"math", "ldexp", "not in Lua 5.4; Debian's build has it"},
    {"math", "log10", "not in Lua 5.4; Debian's build has it"},
};

bool clf_library_entry(size_t index, clf_library *out) {
    size_t count = sizeof allowed / sizeof *allowed;
    if (index < count) {
        const entry *e = &allowed[index];
        *out = (clf_library){e->library, e->name, e->change == NULL ? CLF_LIBRARY_SAME : CLF_LIBRARY_CHANGED, e->change};
        return true;
    }
    index -= count;
    if (index >= sizeof absent / sizeof *absent) return false;
    *out = (clf_library){absent[index].library, absent[index].name, CLF_LIBRARY_ABSENT, absent[index].reason};
    return true;
}
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
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L); /* the two parts of the seed, since 5.4.4 */
}

/* Fills the table at `env` with the functions of the table at `from`: the stock libraries (a table library -> table,
 * at `stock`), or an environment that is filled already. */
static void fill(lua_State *L, int env, int stock, int from) {
    for (int i = 0; i < ALLOWED; i++) {
        const entry *e = &allowed[i];
        int target = env;
        if (e->name[0] == '_') continue; /* _G and _VERSION: below */
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
        lua_getfield(L, from, e->library);
        lua_getfield(L, -1, e->name);
        if (from != stock) own = NULL; /* the same function again: liblua knows it by its name then */
        if (own != NULL && e->own == fence_string && own != fence_string[0].func) {
            lua_pushcclosure(L, own, 1); /* stands on the stock function */
        } else if (own != NULL) {
            lua_pop(L, 1);
            lua_pushcfunction(L, own);
        } else if (from == stock && strcmp(e->name, "randomseed") == 0) {
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

/* Where liblua looks for the name of a function in "bad argument #1 to 'string.rep'": the preludes' tables, which no
 * script can fill. No require and no script reads it. */
static void push_names(lua_State *L) {
    static const char *const libraries[] = {"coroutine", "math", "string", "table", "utf8"};
    lua_createtable(L, 0, 6);
    lua_pushvalue(L, 3);
    lua_setfield(L, -2, "_G");
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        lua_getfield(L, 3, libraries[i]);
        lua_setfield(L, -2, libraries[i]);
    }
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
    fill(L, 2, 1, 1);
    lua_newtable(L); /* 3: the preludes' */
    lua_pushvalue(L, 2);
    lua_setfield(L, 2, ""); /* for a moment, where the globals are looked for */
    fill(L, 3, 1, 2);
    lua_pushnil(L);
    lua_setfield(L, 2, "");
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
    push_names(L);
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
