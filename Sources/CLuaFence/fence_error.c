/* Error values, positions and tracebacks. */
#include "fence.h"

#include <stdarg.h>
#include <stdio.h>

char key_chunk, key_line, key_code, key_trace, key_error_meta, key_handle_meta, key_task_meta, key_tasks, key_modules,
    key_loaded, key_host_env, key_script_env, key_snapshot, key_pending_module, key_task_library,
    key_loading_meta;

/* Chunks of host preludes are named "=[name]"; no script chunk may begin so. */
bool fence_is_host_source(const char *source) { return source[0] == '=' && source[1] == '['; }

static bool script_frame(lua_State *L, lua_Debug *ar) {
    lua_getinfo(L, "S", ar);
    return ar->what[0] != 'C' && !fence_is_host_source(ar->source);
}

static bool position_in(lua_State *L, int level, clf_position *out) {
    lua_Debug ar;
    for (; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.what[0] == 'C' || fence_is_host_source(ar.source)) continue;
        memcpy(out->chunk, ar.short_src, LUA_IDSIZE);
        out->line = ar.currentline > 0 ? ar.currentline : 0;
        return true;
    }
    return false;
}

/* The innermost script frame from `level` of L outward, through the coroutines that resumed it. */
bool fence_script_position(clf_vm *vm, lua_State *L, int level, clf_position *out) {
    out->line = 0;
    out->chunk[0] = 0;
    if (position_in(L, level, out)) return true;
    for (co_link *link = vm->link; link != NULL; link = link->previous)
        if (position_in(link->L, 0, out)) return true;
    if (vm->running == NULL || vm->running->origin.line == 0) return false;
    *out = vm->running->origin; /* a task of host frames only: task.map(list, host_function) */
    return true;
}

static int trace_one(lua_State *L, clf_buffer *out, int frames) {
    lua_Debug ar;
    char text[LUA_IDSIZE + 160];
    for (int level = 0; frames < TRACE_FRAMES && lua_getstack(L, level, &ar); level++) {
        if (!script_frame(L, &ar)) continue;
        lua_getinfo(L, "nl", &ar);
        char name[100];
        if (ar.what[0] == 'm') snprintf(name, sizeof name, "main chunk");
        else if (ar.name != NULL) snprintf(name, sizeof name, "%.80s", ar.name);
        else snprintf(name, sizeof name, "function at line %d", ar.linedefined);
        for (char *c = name; *c; c++) if (*c < 32) *c = '?';
        int n = snprintf(text, sizeof text, "%s\x1f%d\x1f%s\n", ar.short_src, ar.currentline, name);
        fence_put(out, text, (size_t)n);
        frames++;
    }
    return frames;
}

/* chunk US line US name LF for each script frame, innermost first; frames carried over from ended coroutines before. */
void fence_traceback(clf_vm *vm, lua_State *L, clf_buffer *out) {
    int frames = 0;
    if (L != NULL) frames = trace_one(L, out, frames);
    for (co_link *link = vm->link; link != NULL; link = link->previous) frames = trace_one(link->L, out, frames);
}

/* Pushes an error table with the hidden fields that say where it came from. */
void fence_push_error(lua_State *L, int code, const char *message, size_t length, bool fields) {
    clf_vm *vm = VM(L);
    luaL_checkstack(L, 6, "error");
    if (!fields) lua_createtable(L, 0, 5);
    lua_pushlstring(L, message, length);
    lua_setfield(L, -2, "message"); /* a fresh table without a metatable: raw */
    clf_position at;
    if (fence_script_position(vm, L, 0, &at)) {
        lua_pushstring(L, at.chunk);
        lua_rawsetp(L, -2, &key_chunk);
        lua_pushinteger(L, at.line);
        lua_rawsetp(L, -2, &key_line);
    }
    lua_pushinteger(L, code);
    lua_rawsetp(L, -2, &key_code);
    vm->report.length = 0;
    fence_traceback(vm, L, &vm->report);
    lua_pushlstring(L, (const char *)vm->report.data, vm->report.length);
    lua_rawsetp(L, -2, &key_trace);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_error_meta);
    lua_setmetatable(L, -2);
}

_Noreturn void fence_raise(lua_State *L, int code, const char *format, ...) {
    char text[600];
    va_list list;
    va_start(list, format);
    int n = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (n >= (int)sizeof text) n = sizeof text - 1;
    fence_push_error(L, code, text, (size_t)n, false);
    lua_error(L);
    abort();
}

/* Raises an error that Swift wrote: code (u8), STRING message, u8 has-value, value. */
int fence_error_from_data(lua_State *L, const uint8_t *data, const uint8_t *end) {
    luaL_checkstack(L, 6, "error");
    int code = *data++;
    data++; /* the tag of a string */
    uint32_t length;
    memcpy(&length, data, 4);
    const char *message = (const char *)data + 4;
    data += 4 + length;
    bool fields = false;
    if (*data++ != 0) {
        fence_decode(L, &data, end);
        fields = lua_istable(L, -1);
        if (!fields) {
            lua_createtable(L, 0, 5);
            lua_insert(L, -2);
            lua_setfield(L, -2, "value");
            fields = true;
        }
    }
    fence_push_error(L, code, message, length, fields);
    return lua_error(L);
}

/* For preludes: raise(message or table) with the position of the script. */
int fence_host_raise(lua_State *L) {
    lua_settop(L, 1);
    if (lua_istable(L, 1)) {
        lua_newtable(L);
        lua_pushnil(L);
        while (lua_next(L, 1)) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, 2);
        }
        lua_getfield(L, 2, "message");
        size_t length = 0;
        const char *text = lua_type(L, 3) == LUA_TSTRING ? lua_tolstring(L, 3, &length) : "";
        lua_pushvalue(L, 2);
        fence_push_error(L, CLF_ERR_HOST, text, length, true);
    } else {
        size_t length;
        const char *text = luaL_checklstring(L, 1, &length);
        fence_push_error(L, CLF_ERR_HOST, text, length, false);
    }
    return lua_error(L);
}

/* ---- describing an error that leaves the machine ---- */

/* "chunk:12: message" -> position and the rest. Chunk names hold no ": " before the line in practice; the first
 * ":digits: " decides. */
static const char *split_position(const char *text, size_t length, clf_position *at) {
    at->line = 0;
    at->chunk[0] = 0;
    size_t from = 0;
    if (length > 9 && memcmp(text, "[string \"", 9) == 0) {
        const char *close = NULL;
        for (size_t i = 9; i + 1 < length && i < LUA_IDSIZE + 2; i++)
            if (text[i] == '"' && text[i + 1] == ']') { close = text + i + 2; break; }
        if (close == NULL) return text;
        from = (size_t)(close - text);
    }
    for (size_t i = from; i < length && i < LUA_IDSIZE; i++) {
        if (text[i] != ':') continue;
        size_t j = i + 1;
        long line = 0;
        while (j < length && text[j] >= '0' && text[j] <= '9' && j - i < 10) line = line * 10 + (text[j++] - '0');
        if (j == i + 1 || j + 1 >= length || text[j] != ':' || text[j + 1] != ' ' || i == 0) continue;
        memcpy(at->chunk, text, i);
        at->chunk[i] = 0;
        at->line = (int32_t)line;
        return text + j + 2;
    }
    return text;
}

static void put_position(clf_buffer *out, const clf_position *at) {
    if (at->line <= 0) { fence_put_u8(out, CLF_NIL); return; }
    fence_put_string(out, at->chunk, strlen(at->chunk));
    fence_put_integer(out, at->line);
}

/* The error value is on the top of L. Stays on it. */
void fence_describe(clf_vm *vm, lua_State *L, lua_State *co, clf_buffer *out) {
    lua_checkstack(L, 8);
    int index = lua_gettop(L), code = CLF_ERR_RUNTIME;
    clf_position at = {{0}, 0};
    clf_buffer trace = {0};
    const char *message = NULL;
    size_t length = 0;
    bool has_value = false, traced = false;
    char scratch[80];
    if (lua_type(L, index) == LUA_TSTRING) {
        const char *text = lua_tolstring(L, index, &length);
        message = split_position(text, length, &at);
        length -= (size_t)(message - text);
        if (at.chunk[0] == '[' && strncmp(at.chunk, "[string", 7) != 0) at.line = 0; /* a prelude's own line */
    } else if (lua_type(L, index) == LUA_TTABLE) {
        has_value = true;
        lua_rawgetp(L, index, &key_chunk);
        lua_rawgetp(L, index, &key_line);
        if (lua_isstring(L, -2) && lua_isinteger(L, -1)) {
            snprintf(at.chunk, sizeof at.chunk, "%s", lua_tostring(L, -2));
            at.line = (int32_t)lua_tointeger(L, -1);
        }
        lua_rawgetp(L, index, &key_code);
        if (lua_isinteger(L, -1)) code = (int)lua_tointeger(L, -1);
        lua_rawgetp(L, index, &key_trace);
        if (lua_type(L, -1) == LUA_TSTRING) {
            size_t n;
            const char *text = lua_tolstring(L, -1, &n);
            fence_put(&trace, text, n);
            traced = true;
        }
        lua_settop(L, index);
        lua_pushstring(L, "message");
        lua_rawget(L, index);
        if (lua_type(L, -1) == LUA_TSTRING) message = lua_tolstring(L, -1, &length);
        else message = "the error value is a table", length = strlen(message);
    } else if (lua_isnil(L, index)) {
        message = "the error value is nil";
        length = strlen(message);
    } else {
        has_value = true;
        int type = lua_type(L, index);
        if (type == LUA_TNUMBER && lua_isinteger(L, index))
            snprintf(scratch, sizeof scratch, "%lld", (long long)lua_tointeger(L, index));
        else if (type == LUA_TNUMBER) snprintf(scratch, sizeof scratch, "%.14g", lua_tonumber(L, index));
        else if (type == LUA_TBOOLEAN)
            snprintf(scratch, sizeof scratch, "%s", lua_toboolean(L, index) ? "true" : "false");
        else snprintf(scratch, sizeof scratch, "the error value is a %s", lua_typename(L, type));
        message = scratch;
        length = strlen(scratch);
    }
    if (!traced) {
        if (vm->carry.length > 0) fence_put(&trace, vm->carry.data, vm->carry.length);
        fence_traceback(vm, co, &trace);
    }
    if (at.line <= 0 && co != NULL) fence_script_position(vm, co, 0, &at);
    if (length > 64 * 1024) length = 64 * 1024;
    fence_put_u8(out, (uint8_t)code);
    fence_put_string(out, message, length);
    put_position(out, &at);
    fence_put_string(out, (const char *)trace.data, trace.length);
    free(trace.data);
    size_t mark = out->length;
    fence_put_u8(out, has_value);
    if (has_value && !fence_encode(L, index, out, "error value", 0)) {
        out->length = mark;
        fence_put_u8(out, 0);
    }
    lua_settop(L, index);
}

const uint8_t *clf_report(const clf_vm *vm, size_t *length) {
    *length = vm->report.length;
    return vm->report.data;
}

/* ---- where a task cannot wait ---- */

bool fence_may_wait(lua_State *L) { return lua_isyieldable(L) && (VM(L)->link == NULL || !VM(L)->link->blocked); }

_Noreturn void fence_cannot_wait(lua_State *L) {
    clf_vm *vm = VM(L);
    const char *name = vm->closing != NULL ? "coroutine.close" : NULL;
    lua_State *at = L;
    for (co_link *link = vm->link; name == NULL; link = link->previous) {
        lua_Debug ar;
        for (int level = at == L ? 1 : 0; name == NULL && lua_getstack(at, level, &ar); level++) {
            lua_getinfo(at, "S", &ar);
            if (ar.what[0] != 'C') continue;
            lua_getinfo(at, "f", &ar);
            lua_CFunction function = lua_tocfunction(at, -1);
            lua_pop(at, 1);
            if (function == fence_error_handler) name = "an error handler";
            const char *known = fence_function_name(function);
            if (name == NULL && known != NULL && strncmp(known, "coroutine.", 10) != 0 && strcmp(known, "pcall") != 0
                && strcmp(known, "xpcall") != 0) name = known;
        }
        if (link == NULL) break;
        at = link->L;
    }
    if (name != NULL) fence_raise(L, CLF_ERR_RUNTIME, "a host call cannot wait here (inside %s)", name);
    fence_raise(L, CLF_ERR_RUNTIME, "a host call cannot wait here");
}
