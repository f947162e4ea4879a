/* Own versions of base functions. */
#include "fence.h"

#include <stdio.h>

/* ---- tostring: never an address ---- */

int fence_tostring_value(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (luaL_callmeta(L, index, "__tostring")) {
        if (!lua_isstring(L, -1)) return luaL_error(L, "'__tostring' must return a string");
        lua_tolstring(L, -1, NULL);
        return 1;
    }
    int type = lua_type(L, index);
    switch (type) {
    case LUA_TNUMBER:
        lua_pushvalue(L, index);
        lua_tolstring(L, -1, NULL);
        return 1;
    case LUA_TSTRING: lua_pushvalue(L, index); return 1;
    case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false"); return 1;
    case LUA_TNIL: lua_pushstring(L, "nil"); return 1;
    default: break;
    }
    const char *kind = lua_typename(L, type);
    int top = lua_gettop(L);
    if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING && lua_rawlen(L, -1) <= 60) kind = lua_tostring(L, -1);
    uint32_t serial = fence_serial(L, index);
    if (serial == 0) lua_pushfstring(L, "%s: builtin", kind);
    else lua_pushfstring(L, "%s: %I", kind, (LUAI_UACINT)serial);
    if (lua_gettop(L) > top + 1) lua_remove(L, top + 1);
    return 1;
}

static int base_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    return fence_tostring_value(L, 1);
}

/* ---- print ---- */

static int base_print(lua_State *L) {
    clf_vm *vm = VM(L);
    int count = lua_gettop(L);
    luaL_checkstack(L, count + 4, "too many arguments");
    luaL_Buffer text;
    for (int i = 1; i <= count; i++) {
        fence_tostring_value(L, i);
        lua_replace(L, i);
    }
    luaL_buffinit(L, &text);
    for (int i = 1; i <= count; i++) {
        if (i > 1) luaL_addchar(&text, '\t');
        lua_pushvalue(L, i);
        luaL_addvalue(&text);
    }
    luaL_pushresult(&text);
    size_t length;
    const char *bytes = lua_tolstring(L, -1, &length);
    if (length + 1 > vm->options.output - vm->output) fence_exceed(vm, CLF_KILL_OUTPUT);
    vm->output += length + 1;
    if (vm->options.print != NULL) {
        vm->in_host++;
        vm->options.print(vm->options.print_box, bytes, length);
        vm->in_host--;
        if (vm->over) fence_die(vm, CLF_KILL_MEMORY);
        fence_poll(vm);
    }
    return 0;
}

/* ---- error: host frames are not blamed, the script frame outside of them is ---- */

static int base_error(lua_State *L) {
    int level = (int)luaL_optinteger(L, 2, 1);
    lua_settop(L, 1);
    lua_Debug ar;
    if (lua_type(L, 1) == LUA_TSTRING && level > 0 && lua_getstack(L, level, &ar)) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.what[0] != 'C' && fence_is_host_source(ar.source)) {
            clf_position at;
            if (fence_script_position(VM(L), L, level, &at)) {
                lua_pushfstring(L, "%s:%d: ", at.chunk, (int)at.line);
                lua_insert(L, 1);
                lua_concat(L, 2);
            }
        } else if (ar.currentline > 0) {
            lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
            lua_insert(L, 1);
            lua_concat(L, 2);
        }
    }
    return lua_error(L);
}

/* ---- setmetatable ---- */

static int base_setmetatable(lua_State *L) {
    int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
    if (type == LUA_TTABLE) {
        static const char *const refused[] = {"__gc", "__mode"};
        for (int i = 0; i < 2; i++) {
            lua_pushstring(L, refused[i]);
            if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "a metatable with '%s' is not allowed", refused[i]);
            lua_pop(L, 1);
        }
        lua_pushstring(L, "__concat");
        if (unlikely((VM(L)->faults & FAULT_CONCAT) != 0) && lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "a metatable with '__concat' is not allowed: the system's Lua library has a memory "
                                 "fault in '..' behind it; use a method, or tostring and '..'");
        lua_pop(L, 1);
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

/* Rounded up to whole MiB: a script must not depend on exact counts. */
static int base_collectgarbage(lua_State *L) {
    const char *what = luaL_optstring(L, 1, "collect");
    if (strcmp(what, "count") != 0) return luaL_error(L, "collectgarbage: only \"count\" is allowed");
    lua_pushnumber(L, (lua_Number)((VM(L)->heap.used + (1 << 20) - 1) >> 20) * 1024);
    return 1;
}

/* ---- load: text only, capped ---- */

static int load_failed(lua_State *L) { /* the message is on the top */
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

/* The text that the reader function at 1 gives piece by piece. Called protected: its errors are results of load. */
static int read_pieces(lua_State *L) {
    size_t sum = 0, cap = VM(L)->options.source;
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (;;) {
        lua_pushvalue(L, 1);
        lua_call(L, 0, 1);
        if (lua_isnil(L, -1)) break;
        if (lua_type(L, -1) != LUA_TSTRING) return luaL_error(L, "reader function must return a string");
        if (lua_rawlen(L, -1) == 0) break;
        sum += lua_rawlen(L, -1);
        if (sum > cap) return luaL_error(L, "the text to load is larger than %d bytes", (int)cap);
        luaL_addvalue(&text);
    }
    lua_pop(L, 1);
    luaL_pushresult(&text);
    return 1;
}

static int base_load(lua_State *L) {
    clf_vm *vm = VM(L);
    size_t length, cap = vm->options.source;
    const char *mode = luaL_optstring(L, 3, "t");
    bool has_env = !lua_isnone(L, 4);
    lua_settop(L, 4);
    const char *chunk = luaL_optstring(L, 2, lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : "=(load)");
    if (strchr(mode, 't') == NULL) {
        lua_pushfstring(L, "attempt to load a text chunk (mode is '%s')", mode);
        return load_failed(L);
    }
    if (lua_type(L, 1) != LUA_TSTRING) {
        luaL_checktype(L, 1, LUA_TFUNCTION);
        lua_pushcfunction(L, read_pieces);
        lua_pushvalue(L, 1);
        if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
            fence_poll(vm);
            return load_failed(L);
        }
        lua_replace(L, 1);
    }
    const char *text = lua_tolstring(L, 1, &length);
    if (length > cap) {
        lua_pushfstring(L, "the text to load is larger than %d bytes", (int)cap);
        return load_failed(L);
    }
    if ((chunk[0] == '=' || chunk[0] == '@') && chunk[1] == '[') { /* that is how host preludes are named */
        lua_pushfstring(L, "=%s", chunk + 1 + strspn(chunk + 1, "["));
        lua_replace(L, 2);
        chunk = lua_tostring(L, 2);
    }
    if (fence_load_text(L, text, length, chunk) != LUA_OK) return load_failed(L);
    if (has_env) {
        lua_pushvalue(L, 4);
        if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
    }
    return 1;
}

/* ---- require: modules that the host has given ---- */

/* In the place of a module while it is being loaded stands a table {name, coroutine, record} with a metatable of its
 * own. It is closed when the loading fails, so that the next require tries again, as the manual has it. */

static int loading_failed(lua_State *L) { /* its __close */
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_loaded);
    lua_rawgeti(L, 1, 1);
    lua_pushvalue(L, -1);
    lua_rawget(L, 2);
    if (!lua_rawequal(L, -1, 1)) return 0; /* it has not failed */
    lua_pop(L, 1);
    lua_pushnil(L);
    lua_rawset(L, 2);
    return 0;
}

static void push_loading(lua_State *L, int name, int record) {
    lua_createtable(L, 3, 0);
    lua_pushvalue(L, name);
    lua_rawseti(L, -2, 1);
    lua_pushthread(L);
    lua_rawseti(L, -2, 2);
    lua_pushvalue(L, record);
    lua_rawseti(L, -2, 3);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_loading_meta) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_createtable(L, 0, 1);
        lua_pushcfunction(L, loading_failed);
        lua_setfield(L, -2, "__close");
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &key_loading_meta);
    }
    lua_setmetatable(L, -2);
}

/* Whether the value on the top says that a coroutine is loading the module. One that has died of an error and was
 * never closed does so no more. */
static bool is_loading(lua_State *L, bool *still) {
    if (!lua_istable(L, -1) || !lua_getmetatable(L, -1)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_loading_meta);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (!same) return false;
    lua_rawgeti(L, -1, 2);
    int status = lua_status(lua_tothread(L, -1));
    *still = status == LUA_OK || status == LUA_YIELD;
    lua_pop(L, 1);
    return true;
}

static int require_done(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    /* 1 name, 2 loaded, 3 what stands for it, 4 the module's value */
    if (lua_isnil(L, 4)) {
        lua_pushboolean(L, 1);
        lua_replace(L, 4);
    }
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 4);
    lua_rawset(L, 2);
    lua_rawgeti(L, 3, 3);
    if (lua_getfield(L, -1, "functions") == LUA_TTABLE) { /* it is not compiled again */
        lua_pushnil(L);
        lua_setfield(L, -3, "source");
    }
    lua_settop(L, 4);
    return 1;
}

int fence_require(lua_State *L) {
    clf_vm *vm = VM(L);
    luaL_checktype(L, 1, LUA_TSTRING);
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_loaded);
    lua_pushvalue(L, 1);
    bool still = false;
    if (lua_rawget(L, 2) != LUA_TNIL && !is_loading(L, &still)) return 1;
    if (still) return luaL_error(L, "module '%s' is being loaded: a loop of require", lua_tostring(L, 1));
    lua_settop(L, 2);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_modules);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, 3) == LUA_TNIL) return luaL_error(L, "module '%s' not found", lua_tostring(L, 1));
    lua_replace(L, 3);
    push_loading(L, 1, 3);
    lua_insert(L, 3);
    int record = 4;
    size_t length;
    lua_getfield(L, record, "chunk");
    lua_getfield(L, record, "source");
    const char *source = lua_tolstring(L, -1, &length);
    bool host = lua_getfield(L, record, "functions") == LUA_TTABLE;
    int top = lua_gettop(L);
    int status = !host && length > vm->options.source
                     ? (lua_pushfstring(L, "module '%s' is larger than %d bytes", lua_tostring(L, 1),
                                        (int)vm->options.source), LUA_ERRSYNTAX)
                     : fence_load_text(L, source, length, lua_tostring(L, record + 1));
    if (status != LUA_OK) return lua_error(L);
    int count;
    if (host) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &key_host_env);
        lua_setupvalue(L, -2, 1);
        lua_getfield(L, record, "data");
        lua_pushvalue(L, top);
        count = 2;
    } else {
        lua_pushvalue(L, 1);
        count = 1;
    }
    lua_rotate(L, 4, count + 1);
    lua_settop(L, 4 + count);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 3);
    lua_rawset(L, 2);
    lua_toclose(L, 3);
    lua_callk(L, count, 1, 0, require_done);
    return require_done(L, LUA_OK, 0);
}

const luaL_Reg fence_base[] = {
    {"tostring", base_tostring}, {"print", base_print}, {"error", base_error}, {"setmetatable", base_setmetatable},
    {"collectgarbage", base_collectgarbage}, {"load", base_load}, {"require", fence_require}, {NULL, NULL},
};
