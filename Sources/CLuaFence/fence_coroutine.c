/* Coroutines that pass a host suspension upward, and the guards pcall and xpcall. They keep vm->cur true: the flag of
 * a kill is looked at each time the running coroutine changes. */
#include "fence.h"

static lua_State *get_coroutine(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    if (co == NULL) luaL_typeerror(L, 1, "coroutine");
    return co;
}

/* Ends the coroutine: its __close handlers run here, where nothing may wait. */
static int close_coroutine(lua_State *L, lua_State *co) {
    clf_vm *vm = VM(L);
    if (vm->close_depth >= CLOSE_DEPTH) return luaL_error(L, "too many coroutine.close inside each other");
    lua_State *closing = vm->closing;
    co_link link = {L, vm->link, true};
    vm->closing = co;
    vm->close_depth++;
    vm->link = &link;
    vm->cur = co;
    fence_poll(vm);
    int status = fence_reset(vm, co);
    vm->cur = L;
    vm->link = link.previous;
    vm->close_depth--;
    vm->closing = closing;
    fence_poll(vm);
    return status;
}

/* Resumes `co` with the `count` values on its stack. Returns the number of results on it, or -1 with an error value;
 * does not return if the host suspended it. */
static int resume(lua_State *L, lua_State *co, int count, lua_KFunction after) {
    clf_vm *vm = VM(L);
    int results = 0;
    co_link link = {L, vm->link, !lua_isyieldable(L) || (vm->link != NULL && vm->link->blocked)};
    vm->link = &link;
    vm->cur = co;
    fence_poll(vm);
    int status = lua_resume(co, L, count, &results);
    vm->cur = L;
    vm->link = link.previous;
    fence_poll(vm);
    if (likely(status == LUA_OK)) return results;
    if (status == LUA_YIELD) {
        if (likely(!vm->suspending)) return results;
        EXTRA(co) |= FLAG_WAITING;
        return lua_yieldk(L, 0, (lua_KContext)co, after);
    }
    return -1;
}

static const char *cannot_resume(lua_State *L, lua_State *co) {
    if (EXTRA(co) & FLAG_WAITING) return "cannot resume a coroutine that waits for a host call";
    if (EXTRA(co) & FLAG_TASK) return "cannot resume the coroutine of a task";
    if (L == co) return "cannot resume non-suspended coroutine";
    if (lua_status(co) == LUA_OK && lua_gettop(co) == 0) {
        lua_Debug ar;
        return lua_getstack(co, 0, &ar) ? "cannot resume non-suspended coroutine" : "cannot resume dead coroutine";
    }
    if (lua_status(co) == LUA_OK) {
        lua_Debug ar;
        if (lua_getstack(co, 0, &ar)) return "cannot resume non-suspended coroutine";
    } else if (lua_status(co) != LUA_YIELD) {
        return "cannot resume dead coroutine";
    }
    return NULL;
}

/* ---- coroutine.resume ---- */

static int resume_results(lua_State *L, lua_State *co, int results) {
    if (results >= 0) {
        if (!lua_checkstack(L, results + 1)) {
            lua_settop(co, -results - 1);
            lua_pushboolean(L, 0);
            lua_pushstring(L, "too many results to resume");
            return 2;
        }
        lua_pushboolean(L, 1);
        lua_xmove(co, L, results);
        return results + 1;
    }
    VM(L)->carry.length = 0;
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

static int after_resume(lua_State *L, int status, lua_KContext context) {
    (void)status;
    lua_State *co = (lua_State *)context;
    EXTRA(co) &= ~(uintptr_t)FLAG_WAITING;
    return resume_results(L, co, resume(L, co, 0, after_resume));
}

static int co_resume(lua_State *L) {
    lua_State *co = get_coroutine(L);
    int count = lua_gettop(L) - 1;
    const char *why = cannot_resume(L, co);
    if (why == NULL && !lua_checkstack(co, count + 2)) why = "too many arguments to resume";
    if (why != NULL) {
        lua_pushboolean(L, 0);
        lua_pushstring(L, why);
        return 2;
    }
    lua_xmove(L, co, count);
    return resume_results(L, co, resume(L, co, count, after_resume));
}

/* ---- coroutine.wrap ---- */

static int wrap_results(lua_State *L, lua_State *co, int results) {
    if (results >= 0) {
        luaL_checkstack(L, results + 1, "too many results to resume");
        lua_xmove(co, L, results);
        return results;
    }
    clf_vm *vm = VM(L);
    if (vm->carry.length < 8192) {
        co_link *link = vm->link;
        vm->link = NULL;
        fence_traceback(vm, co, &vm->carry);
        vm->link = link;
    }
    if (lua_status(co) != LUA_OK && lua_status(co) != LUA_YIELD) close_coroutine(L, co);
    lua_xmove(co, L, 1);
    return lua_error(L);
}

static int after_wrap(lua_State *L, int status, lua_KContext context) {
    (void)status;
    lua_State *co = (lua_State *)context;
    EXTRA(co) &= ~(uintptr_t)FLAG_WAITING;
    return wrap_results(L, co, resume(L, co, 0, after_wrap));
}

static int wrap_call(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int count = lua_gettop(L);
    const char *why = cannot_resume(L, co);
    if (why == NULL && !lua_checkstack(co, count + 2)) why = "too many arguments to resume";
    if (why != NULL) return luaL_error(L, "%s", why);
    lua_xmove(L, co, count);
    return wrap_results(L, co, resume(L, co, count, after_wrap));
}

/* ---- the rest of the library ---- */

static int co_create(lua_State *L) {
    clf_vm *vm = VM(L);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (vm->threads >= vm->options.coroutines) {
        lua_gc(L, LUA_GCCOLLECT);
        if (vm->threads >= vm->options.coroutines)
            fence_raise(L, CLF_ERR_LIMIT, "too many coroutines at once (limit %u)", (unsigned)vm->options.coroutines);
    }
    lua_State *co = lua_newthread(L);
    EXTRA(co) = (uintptr_t)vm;
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int co_wrap(lua_State *L) {
    co_create(L);
    lua_pushcclosure(L, wrap_call, 1);
    return 1;
}

static int co_yield(lua_State *L) {
    if (EXTRA(L) & FLAG_TASK) return luaL_error(L, "attempt to yield from outside a coroutine");
    if (VM(L)->closing == L) return luaL_error(L, "attempt to yield inside coroutine.close");
    return lua_yield(L, lua_gettop(L));
}

static const char *status_of(lua_State *L, lua_State *co) {
    if (L == co) return "running";
    if (EXTRA(co) & FLAG_WAITING) return "normal";
    switch (lua_status(co)) {
    case LUA_YIELD: return EXTRA(co) & FLAG_TASK ? "normal" : "suspended";
    case LUA_OK: {
        lua_Debug ar;
        if (lua_getstack(co, 0, &ar)) return "normal";
        return lua_gettop(co) == 0 ? "dead" : EXTRA(co) & FLAG_TASK ? "normal" : "suspended";
    }
    default: return "dead";
    }
}

static int co_status(lua_State *L) {
    lua_pushstring(L, status_of(L, get_coroutine(L)));
    return 1;
}

static int co_running(lua_State *L) {
    lua_pushthread(L);
    lua_pushboolean(L, (EXTRA(L) & FLAG_TASK) != 0);
    return 2;
}

static int co_isyieldable(lua_State *L) {
    lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    lua_pushboolean(L, !(EXTRA(co) & FLAG_TASK) && lua_isyieldable(co));
    return 1;
}

static int co_close(lua_State *L) {
    lua_State *co = get_coroutine(L);
    const char *status = status_of(L, co);
    if (EXTRA(co) & FLAG_WAITING) return luaL_error(L, "cannot close a coroutine that waits for a host call");
    if (strcmp(status, "suspended") != 0 && strcmp(status, "dead") != 0)
        return luaL_error(L, "cannot close a %s coroutine", status);
    if (close_coroutine(L, co) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

/* ---- pcall, xpcall ---- */

static int finish_pcall(lua_State *L, int status, lua_KContext extra) {
    if (unlikely(status != LUA_OK && status != LUA_YIELD)) {
        VM(L)->carry.length = 0;
        fence_poll(VM(L));
        lua_pushboolean(L, 0);
        lua_pushvalue(L, -2);
        return 2;
    }
    return lua_gettop(L) - (int)extra;
}

static int guard_pcall(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_pcall);
    return finish_pcall(L, status, 0);
}

/* Upvalue: the script's handler. An error in a handler is the result; liblua would call the handler with it again and
 * again until the C stack is used up, and the reason would be lost. */
int fence_error_handler(lua_State *L) {
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_pcall(L, 1, 1, 0);
    fence_poll(VM(L));
    return 1;
}

static int guard_xpcall(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, fence_error_handler, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    int status = lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, finish_pcall);
    return finish_pcall(L, status, 2);
}

const luaL_Reg fence_coroutine[] = {
    {"create", co_create}, {"resume", co_resume}, {"wrap", co_wrap}, {"yield", co_yield}, {"status", co_status},
    {"running", co_running}, {"isyieldable", co_isyieldable}, {"close", co_close},
    {"pcall", guard_pcall}, {"xpcall", guard_xpcall}, {NULL, NULL},
};
