/* One evaluation after another in one state, and the interrupt that ends one and leaves the state alive. */
#include "fence.h"

/* ---- asking for it ---- */

void clf_control_interrupt(clf_control *control, int reason) {
    int now = atomic_load(&control->kill);
    while (now >> INTERRUPT_SHIFT == 0
           && !atomic_compare_exchange_weak(&control->kill, &now, now | reason << INTERRUPT_SHIFT)) {}
}

void clf_control_withdraw(clf_control *control) { atomic_fetch_and(&control->kill, KILL_MASK); }

int clf_control_interruption(const clf_control *control) {
    return atomic_load(&((clf_control *)control)->kill) >> INTERRUPT_SHIFT;
}

int clf_interrupt_reason(const clf_vm *vm) { return vm->interrupted; }
clf_position clf_interrupt_position(const clf_vm *vm) { return vm->interrupted_at; }

/* ---- leaving the coroutines where they stand ---- */

/* It is on its way: what is asked for from now on is another one. The first reason and place are told. */
void fence_note_interrupt(clf_vm *vm, lua_State *at) {
    int reason = fence_interruption(vm);
    clf_control_withdraw(vm->control);
    if (vm->interrupted != 0) return;
    vm->interrupted = reason;
    vm->interrupted_at = (clf_position){{0}, 0};
    if (at != NULL) fence_script_position(vm, at, 0, &vm->interrupted_at);
}

static void will_end(clf_vm *vm, lua_State *co) {
    if (vm->ending_count == vm->ending_capacity) {
        size_t capacity = vm->ending_capacity ? vm->ending_capacity * 2 : 16;
        lua_State **ending = realloc(vm->ending, capacity * sizeof *ending);
        if (ending == NULL) fence_die(vm, CLF_KILL_MEMORY);
        vm->ending = ending;
        vm->ending_capacity = capacity;
    }
    vm->ending[vm->ending_count++] = co;
}

/* The frames that hold the links are gone after the jump: those that ran are noted before, the innermost last. Each is
 * held by the stack of the one that resumed it, until that one is closed in its turn. */
static _Noreturn void abandon(clf_vm *vm) {
    size_t from = vm->ending_count;
    fence_note_interrupt(vm, vm->cur);
    will_end(vm, vm->cur);
    for (co_link *link = vm->link; link != NULL; link = link->previous)
        if (link->L != vm->L) will_end(vm, link->L);
    lua_State **low = vm->ending + from, **high = vm->ending + vm->ending_count - 1;
    for (; low < high; low++, high--) {
        lua_State *other = *low;
        *low = *high;
        *high = other;
    }
    _longjmp(*vm->jump, 2);
}

void fence_stop(clf_vm *vm) {
    int reason = atomic_load(&vm->control->kill) & KILL_MASK;
    if (reason != 0) fence_die(vm, reason);
    if (vm->cur != NULL && !vm->parsing && vm->jump != NULL) abandon(vm);
}

_Noreturn void fence_exceed(clf_vm *vm, int reason) {
    if (!vm->options.session || vm->cur == NULL) fence_die(vm, reason);
    clf_control_interrupt(vm->control, reason);
    abandon(vm);
}

/* ---- closing them ---- */

static void unhook(lua_State *co) {
    if (!CLF_COUNT_HOOK) lua_sethook(co, NULL, 0, 0);
}

/* As coroutine.close does: upvalues get their own copies, `__close` handlers run. */
static void end_coroutine(clf_vm *vm, lua_State *co) {
    co_link link = {vm->L, NULL, true};
    EXTRA(co) &= ~(uintptr_t)FLAG_WAITING;
    unhook(co);
    vm->armed = NULL;
    vm->link = &link;
    vm->closing = co;
    vm->cur = co;
    fence_reset(vm, co);
    vm->cur = NULL;
    vm->closing = NULL;
    vm->link = NULL;
    unhook(co);
    lua_settop(co, 0); /* the error of a handler */
}

static void end_noted(clf_vm *vm) {
    while (vm->ending_count > 0) {
        end_coroutine(vm, vm->ending[vm->ending_count - 1]);
        vm->ending_count--;
    }
}

/* The coroutine that `co` resumed and that a host call suspended with it; NULL: `co` made the call itself. */
static lua_State *resumed_by(lua_State *co) {
    lua_Debug ar;
    lua_State *inner = NULL;
    if (lua_status(co) != LUA_YIELD || !lua_checkstack(co, 2) || !lua_getstack(co, 0, &ar)) return NULL;
    if (lua_getinfo(co, "f", &ar) == 0) return NULL;
    bool wraps = lua_getupvalue(co, -1, 1) != NULL; /* coroutine.wrap's function has its coroutine there */
    if (wraps) inner = lua_tothread(co, -1);
    lua_pop(co, wraps ? 2 : 1);
    if (inner == NULL && lua_getlocal(co, &ar, 1) != NULL) { /* coroutine.resume's argument */
        inner = lua_tothread(co, -1);
        lua_pop(co, 1);
    }
    return inner != NULL && (EXTRA(inner) & FLAG_WAITING) != 0 ? inner : NULL;
}

/* Tasks that wait, or have not begun. Raises nothing. */
static void note_tasks(clf_vm *vm) {
    lua_State *L = vm->L;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_tasks);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        const task *t = lua_touserdata(L, -1);
        lua_pop(L, 1);
        if (t->state == TASK_ENDED || t->co == NULL) continue;
        if (lua_status(t->co) == LUA_OK && lua_gettop(t->co) == 0) continue; /* closed already */
        for (lua_State *co = t->co; co != NULL; co = resumed_by(co)) will_end(vm, co);
    }
    lua_pop(L, 1);
}

void fence_wind_up(clf_vm *vm) {
    vm->cur = vm->armed = NULL;
    vm->running = NULL;
    vm->link = NULL;
    vm->closing = NULL;
    vm->close_depth = 0;
    vm->in_host = 0;
    vm->suspending = false;
    vm->parsing = false;
    vm->first_signal = 0;
    lua_settop(vm->L, 0);
    end_noted(vm);
    if (vm->alive > 0) {
        note_tasks(vm);
        end_noted(vm);
    }
    fence_forget_tasks(vm->L);
}

/* ---- what a hook finds ---- */

/* liblua notes in each lua_State whether hooks may run, and clears that while one does. A hook that is left by a jump has
 * to put it back, for handlers that are closed in that coroutine; no function of the API does. Where it is, is measured:
 * the only byte at the head that is 1 outside of a hook and 0 inside. */
#define HEAD 24

static __thread unsigned char *glance;

static void look(lua_State *L, lua_Debug *ar) {
    (void)ar;
    if (glance != NULL) memcpy(glance, L, HEAD);
}

static int nothing(lua_State *L) {
    (void)L;
    return 0;
}

void fence_measure_hooks(lua_State *L) {
    clf_vm *vm = VM(L);
    unsigned char outside[HEAD], inside[HEAD];
    lua_State *co = lua_newthread(L);
    int results, found = 0;
    EXTRA(co) = (uintptr_t)vm;
    lua_pushcfunction(co, nothing);
    lua_sethook(co, look, LUA_MASKCALL, 0);
    memcpy(outside, co, HEAD);
    memcpy(inside, co, HEAD);
    glance = inside;
    lua_resume(co, L, 0, &results);
    glance = NULL;
    for (int i = (int)sizeof(void *) + 2; i < HEAD; i++) {
        if (outside[i] != 1 || inside[i] != 0) continue;
        vm->allow_hook = (uint8_t)i;
        found++;
    }
    if (found != 1) vm->allow_hook = 0;
    lua_pop(L, 1);
}
