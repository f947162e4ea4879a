/* The `task` table. What is written in Lua of it is compiled when a script calls it first: a third of an idle run's memory
 * would be for functions that few runs call. */
#include "fence.h"

static const char *const names[] = {"all", "map"};

/* Pushes the table of the functions that are written in Lua. */
static void push_library(lua_State *L) {
    clf_vm *vm = VM(L);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_task_library) == LUA_TTABLE) return;
    lua_pop(L, 1);
    if (fence_load_text(L, vm->task_library, vm->task_library_length, "=[task]") != LUA_OK) lua_error(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_host_env);
    lua_setupvalue(L, -2, 1);
    lua_pushcfunction(L, fence_task_spawn);
    lua_call(L, 1, 1);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_task_library);
}

static int called(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return lua_gettop(L);
}

/* Upvalue: the name. */
static int call_library(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checkstack(L, 8, "task");
    push_library(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_rawget(L, -2);
    lua_insert(L, 1);
    lua_settop(L, count + 1);
    lua_callk(L, count, LUA_MULTRET, 0, called);
    return lua_gettop(L);
}

static int add_body(lua_State *L) {
    lua_settop(L, 0);
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, fence_task_spawn);
    lua_setfield(L, 1, "spawn");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        lua_pushstring(L, names[i]);
        lua_pushvalue(L, -1);
        lua_pushcclosure(L, call_library, 1);
        lua_rawset(L, 1);
    }
    static const void *const places[] = {&key_script_env, &key_loaded};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, places[i]);
        lua_pushvalue(L, 1);
        lua_setfield(L, -2, "task");
    }
    return 0;
}

int clf_add_task_library(clf_vm *vm, const char *source, size_t length) {
    vm->task_library = source;
    vm->task_library_length = length;
    return fence_protect(vm, add_body, NULL);
}
