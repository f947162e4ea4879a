/* Filling the environment before the script starts. */
#include "fence.h"

#include <stdio.h>

/* Steps of a collection between instructions of a script meet what it does to half-marked objects, and liblua has missed
 * some of that (`__newindex` of a metatable that is itself, up to 5.4.8: what is stored is freed). A step of this size is a
 * whole collection: no script ever sees one that has begun. */
#define WHOLE_COLLECTIONS 64

static int open_body(lua_State *L) {
    lua_gc(L, LUA_GCINC, 0, 0, WHOLE_COLLECTIONS);
    fence_blind(L, "__gc");
    fence_blind(L, "__mode");
    if (!fence_measure_faults(L)) return luaL_error(L, "%s", fence_refusal);
    if ((VM(L)->faults & FAULT_CONCAT) != 0) fence_blind(L, "__concat");
    fence_open_libraries(L);
    lua_gc(L, LUA_GCCOLLECT); /* the stock tables: what comes takes their place */
    fence_measure_records(L);
    fence_measure_hooks(L);
    return 0;
}

int fence_open(clf_vm *vm) { return fence_protect(vm, open_body, NULL); }

typedef struct {
    const char *name, *source, *chunk;
    size_t length, slength, clength, size;
    const uint8_t *value;
    int kind;
    const void *box;
    bool global;
} setup;

/* Pushes the table that holds the last part of a dotted name, and that part. */
static void push_place(lua_State *L, const setup *s) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_script_env);
    const char *at = s->name, *end = s->name + s->length;
    for (;;) {
        const char *dot = memchr(at, '.', (size_t)(end - at));
        if (dot == NULL) break;
        lua_pushlstring(L, at, (size_t)(dot - at));
        lua_pushvalue(L, -1);
        if (lua_rawget(L, -3) != LUA_TTABLE) {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushvalue(L, -2);
            lua_pushvalue(L, -2);
            lua_rawset(L, -5);
        }
        lua_replace(L, -3);
        lua_pop(L, 1);
        at = dot + 1;
    }
    lua_pushlstring(L, at, (size_t)(end - at));
}

static int register_body(lua_State *L) {
    const setup *s = lua_touserdata(L, 1);
    push_place(L, s);
    fence_push_function(L, s->kind, s->box);
    lua_rawset(L, -3);
    return 0;
}

int clf_register(clf_vm *vm, const char *name, size_t length, int kind, const void *box) {
    setup s = {.name = name, .length = length, .kind = kind, .box = box};
    return fence_protect(vm, register_body, &s);
}

static int global_body(lua_State *L) {
    const setup *s = lua_touserdata(L, 1);
    push_place(L, s);
    const uint8_t *cursor = s->value;
    fence_decode(L, &cursor, s->value + s->size);
    lua_rawset(L, -3);
    return 0;
}

int clf_set_global(clf_vm *vm, const char *name, size_t length, const uint8_t *value, size_t size) {
    setup s = {.name = name, .length = length, .value = value, .size = size};
    return fence_protect(vm, global_body, &s);
}

static int script_module_body(lua_State *L) {
    const setup *s = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_modules);
    lua_pushlstring(L, s->name, s->length);
    lua_newtable(L);
    lua_pushlstring(L, s->source, s->slength);
    lua_setfield(L, -2, "source");
    lua_pushstring(L, "=");
    lua_pushlstring(L, s->chunk, s->clength);
    lua_concat(L, 2);
    lua_setfield(L, -2, "chunk");
    lua_rawset(L, -3);
    return 0;
}

int clf_add_script_module(clf_vm *vm, const char *name, size_t nlength, const char *source, size_t slength,
                          const char *chunk, size_t clength) {
    setup s = {.name = name, .length = nlength, .source = source, .slength = slength,
               .chunk = chunk, .clength = clength};
    return fence_protect(vm, script_module_body, &s);
}

static int host_module_body(lua_State *L) {
    const setup *s = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_modules);
    lua_pushlstring(L, s->name, s->length);
    lua_newtable(L);
    lua_pushlstring(L, s->source, s->slength);
    lua_setfield(L, -2, "source");
    lua_pushfstring(L, "=[%s]", lua_tostring(L, -2));
    lua_setfield(L, -2, "chunk");
    lua_newtable(L);
    lua_setfield(L, -2, "functions");
    const uint8_t *cursor = s->value;
    fence_decode(L, &cursor, s->value + s->size);
    lua_setfield(L, -2, "data");
    lua_pushvalue(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_pending_module);
    lua_rawset(L, -3);
    return 0;
}

int clf_begin_host_module(clf_vm *vm, const char *name, size_t nlength, const char *source, size_t slength,
                          const uint8_t *data, size_t dlength) {
    setup s = {.name = name, .length = nlength, .source = source, .slength = slength, .value = data, .size = dlength};
    return fence_protect(vm, host_module_body, &s);
}

/* The table of private functions of the host module that is being built. */
static void push_pending_functions(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_modules);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_pending_module);
    lua_rawget(L, -2);
    lua_getfield(L, -1, "functions");
}

static int module_function_body(lua_State *L) {
    const setup *s = lua_touserdata(L, 1);
    push_pending_functions(L);
    lua_pushlstring(L, s->name, s->length);
    fence_push_function(L, s->kind, s->box);
    lua_rawset(L, -3);
    return 0;
}

int clf_host_module_function(clf_vm *vm, const char *name, size_t length, int kind, const void *box) {
    setup s = {.name = name, .length = length, .kind = kind, .box = box};
    return fence_protect(vm, module_function_body, &s);
}

static int end_module_body(lua_State *L) {
    const setup *s = lua_touserdata(L, 1);
    if (!s->global) return 0;
    lua_pushcfunction(L, fence_require);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_pending_module);
    lua_call(L, 1, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_pending_module);
    setup place = {.name = lua_tolstring(L, -1, &place.length)};
    push_place(L, &place);
    lua_pushvalue(L, -4);
    lua_rawset(L, -3);
    return 0;
}

int clf_end_host_module(clf_vm *vm, bool global) {
    setup s = {.global = global};
    return fence_protect(vm, end_module_body, &s);
}
