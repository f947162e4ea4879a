/* Tasks and the loop that runs them. */
#include "fence.h"

#include <stdio.h>

static void enqueue(clf_vm *vm, task *t) {
    t->state = TASK_READY;
    t->next = NULL;
    if (vm->ready_tail != NULL) vm->ready_tail->next = t;
    else vm->ready = t;
    vm->ready_tail = t;
}

static task *dequeue(clf_vm *vm) {
    task *t = vm->ready;
    if (t == NULL) return NULL;
    vm->ready = t->next;
    if (vm->ready == NULL) vm->ready_tail = NULL;
    t->next = NULL;
    return t;
}

/* Pushes the userdata of an anchored task. */
static void push_task(lua_State *L, task *t) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_tasks);
    lua_rawgeti(L, -1, (lua_Integer)t->id);
    lua_remove(L, -2);
}

/* ---- the body of a task: its first C function ---- */

static int body_done(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    clf_vm *vm = VM(L);
    task *t = vm->running;
    int count = lua_gettop(L);
    luaL_checkstack(L, 6, "task");
    if (t == vm->main) {
        vm->final.length = 0;
        for (int i = 1; i <= count; i++)
            if (!fence_encode(L, i, &vm->final, "result", i)) fence_raise(L, CLF_ERR_CONVERSION, "%s", vm->failure);
        vm->final_count = (uint32_t)count;
    } else {
        lua_createtable(L, count, 1);
        for (int i = 1; i <= count; i++) {
            lua_pushvalue(L, i);
            lua_rawseti(L, -2, i);
        }
        lua_pushinteger(L, count);
        lua_setfield(L, -2, "n");
        push_task(L, t);
        lua_insert(L, -2);
        lua_setiuservalue(L, -2, 2);
    }
    return 0;
}

static int body(lua_State *L) {
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, body_done);
    return body_done(L, LUA_OK, 0);
}

/* Makes a task of the function at `first` and the arguments above it; they are taken off L, the userdata is pushed. */
static task *make_task(lua_State *L, int first) {
    clf_vm *vm = VM(L);
    int count = lua_gettop(L) - first;
    luaL_checkstack(L, 8, "task");
    task *t = lua_newuserdatauv(L, sizeof *t, 2);
    memset(t, 0, sizeof *t);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_task_meta);
    lua_setmetatable(L, -2);
    lua_State *co = lua_newthread(L);
    lua_setiuservalue(L, -2, 1);
    EXTRA(co) = (uintptr_t)vm | FLAG_TASK;
    t->co = co;
    t->id = vm->next_task++;
    t->arguments = count + 1;
    luaL_checkstack(co, count + 8, "too many arguments");
    lua_pushcfunction(co, body);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_tasks);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, (lua_Integer)t->id);
    lua_pop(L, 1);
    lua_insert(L, first);
    lua_xmove(L, co, count + 1);
    vm->alive++;
    enqueue(vm, t);
    return t;
}

/* ---- task.spawn, task:wait ---- */

int fence_task_spawn(lua_State *L) {
    clf_vm *vm = VM(L);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (vm->alive >= vm->options.tasks)
        fence_raise(L, CLF_ERR_LIMIT, "too many tasks at once (limit %u)", (unsigned)vm->options.tasks);
    make_task(L, 1);
    return 1;
}

static task *check_task(lua_State *L, int index) {
    if (lua_type(L, index) == LUA_TUSERDATA && lua_getmetatable(L, index)) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &key_task_meta);
        bool same = lua_rawequal(L, -1, -2);
        lua_pop(L, 2);
        if (same) return lua_touserdata(L, index);
    }
    luaL_typeerror(L, index, "task");
    return NULL;
}

static void unanchor(clf_vm *vm, lua_State *L, task *t) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_tasks);
    lua_pushnil(L);
    lua_rawseti(L, -2, (lua_Integer)t->id);
    lua_pop(L, 1);
    (void)vm;
}

/* Somebody waits for the task: its error is theirs. */
static void forget_report(clf_vm *vm, task *t) {
    for (task_report **at = &vm->reports; *at != NULL; at = &(*at)->next) {
        if (*at != t->report) continue;
        *at = t->report->next;
        free(t->report->data.data);
        free(t->report);
        break;
    }
    t->report = NULL;
}

static int wait_done(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    task *t = lua_touserdata(L, 1);
    lua_settop(L, 1);
    lua_getiuservalue(L, 1, 2);
    if (t->failed) {
        forget_report(VM(L), t);
        return lua_error(L);
    }
    if (!lua_istable(L, 2)) return 0;
    lua_getfield(L, 2, "n");
    int count = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    luaL_checkstack(L, count + 4, "too many results");
    for (int i = 1; i <= count; i++) lua_rawgeti(L, 2, i);
    return count;
}

int fence_task_wait(lua_State *L) {
    clf_vm *vm = VM(L);
    task *t = check_task(L, 1), *me = vm->running;
    lua_settop(L, 1);
    t->observed = true;
    if (t->state == TASK_ENDED) {
        if (t->failed) unanchor(vm, L, t);
        return wait_done(L, LUA_OK, 0);
    }
    if (me == NULL || !fence_may_wait(L)) fence_cannot_wait(L);
    for (task *at = t; at != NULL; at = at->state == TASK_WAIT ? at->waiting_for : NULL)
        if (at == me) fence_raise(L, CLF_ERR_RUNTIME, "a task cannot wait for itself");
    me->state = TASK_WAIT;
    me->waiting_for = t;
    me->next = NULL;
    if (t->waiters_tail != NULL) t->waiters_tail->next = me;
    else t->waiters = me;
    t->waiters_tail = me;
    vm->suspending = true;
    return lua_yieldk(L, 0, 0, wait_done);
}

static int task_tostring(lua_State *L) {
    task *t = check_task(L, 1);
    lua_pushfstring(L, "task: %I", (LUAI_UACINT)t->id);
    return 1;
}

static int task_done(lua_State *L) {
    lua_pushboolean(L, check_task(L, 1)->state == TASK_ENDED);
    return 1;
}

void fence_open_tasks(lua_State *L) {
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_tasks);
    lua_newtable(L);
    lua_newtable(L);
    lua_pushcfunction(L, fence_task_wait);
    lua_setfield(L, -2, "wait");
    lua_pushcfunction(L, task_done);
    lua_setfield(L, -2, "done");
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, task_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushstring(L, "task");
    lua_setfield(L, -2, "__name");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_task_meta);
}

/* ---- the loop ---- */

static void end_task(clf_vm *vm, task *t) {
    lua_State *L = vm->L;
    t->state = TASK_ENDED;
    vm->alive--;
    while (t->waiters != NULL) {
        task *waiter = t->waiters;
        t->waiters = waiter->next;
        t->observed = true;
        waiter->waiting_for = NULL;
        enqueue(vm, waiter);
    }
    t->waiters_tail = NULL;
    t->co = NULL;
    push_task(L, t);
    lua_pushnil(L);
    lua_setiuservalue(L, -2, 1);
    lua_pop(L, 1);
    if (t->observed && t->report != NULL) t->report->observed = true;
    if (!t->failed || t->observed) unanchor(vm, L, t);
}

/* The error value is on the top of the task's coroutine, whose frames still stand. */
static void fail_task(clf_vm *vm, task *t) {
    lua_State *co = t->co;
    t->failed = true;
    task_report *report = calloc(1, sizeof *report);
    if (report == NULL) fence_die(vm, CLF_KILL_MEMORY);
    fence_describe(vm, co, co, &report->data);
    task_report **last = &vm->reports;
    while (*last != NULL) last = &(*last)->next;
    *last = report;
    t->report = report;
    report->of_main = t == vm->main;
    push_task(vm->L, t);
    lua_xmove(co, vm->L, 1);
    lua_setiuservalue(vm->L, -2, 2);
    lua_pop(vm->L, 1);
    if (t == vm->main) vm->failing = true;
}

static void resume_task(clf_vm *vm, task *t) {
    int count = 0, arguments = t->started ? 0 : t->arguments;
    t->started = true;
    vm->running = t;
    vm->armed = NULL;
    vm->carry.length = 0;
    vm->cur = t->co;
    fence_poll(vm);
    int status = lua_resume(t->co, NULL, arguments, &count);
    vm->cur = NULL;
    vm->running = NULL;
    if (status == LUA_YIELD && vm->suspending) {
        vm->suspending = false;
        return;
    }
    if (status != LUA_OK) {
        if (status == LUA_YIELD) lua_pushstring(t->co, "coroutine.yield outside of a coroutine");
        fail_task(vm, t);
    }
    end_task(vm, t);
}

static void report_deadlock(clf_vm *vm) {
    static const char message[] = "every task waits for another one";
    clf_buffer *out = &vm->report;
    clf_position at = {{0}, 0};
    if (vm->main != NULL && vm->main->co != NULL) fence_script_position(vm, vm->main->co, 0, &at);
    out->length = 0;
    fence_put_u8(out, CLF_ERR_RUNTIME);
    fence_put_string(out, message, sizeof message - 1);
    if (at.line > 0) {
        fence_put_string(out, at.chunk, strlen(at.chunk));
        fence_put_integer(out, at.line);
    } else {
        fence_put_u8(out, CLF_NIL);
    }
    fence_put_string(out, "", 0);
    fence_put_u8(out, 0);
}

static int finish(clf_vm *vm) {
    task_report *told = NULL;
    for (task_report *at = vm->reports; at != NULL; at = at->next)
        if (at->of_main || (told == NULL && !at->observed)) told = at;
    if (told == NULL) return CLF_FINISHED;
    vm->report.length = 0;
    fence_put(&vm->report, told->data.data, told->data.length);
    return CLF_FAILED;
}

static int run_tasks(clf_vm *vm, void *argument) {
    (void)argument;
    bool progressed = false;
    for (;;) {
        if (progressed && vm->ready != NULL && atomic_exchange(&vm->control->yield, 0)) return CLF_YIELDED;
        task *t = dequeue(vm);
        if (t == NULL) break;
        progressed = true;
        if (vm->failing) end_task(vm, t);
        else resume_task(vm, t);
    }
    if (vm->alive == 0) return finish(vm);
    if (vm->waiting_count > 0) return CLF_WAITING;
    if (vm->failing) return finish(vm);
    report_deadlock(vm);
    return CLF_FAILED;
}

int clf_run(clf_vm *vm) {
    vm->calls_count = 0;
    vm->call_data.length = 0;
    int status = fence_enter(vm, run_tasks, NULL);
    if (vm->ready == NULL) vm->replies.length = 0;
    return status;
}

const clf_call *clf_calls(const clf_vm *vm, size_t *count) {
    *count = vm->calls_count;
    return vm->calls;
}

const uint8_t *clf_calls_data(const clf_vm *vm) { return vm->call_data.data; }
clf_buffer *clf_reply_buffer(clf_vm *vm) { return &vm->replies; }
uint32_t clf_pending_calls(const clf_vm *vm) { return vm->waiting_count; }

bool clf_reply(clf_vm *vm, uint64_t id, size_t offset, uint32_t count, bool failed) {
    for (uint32_t i = 0; i < vm->waiting_count; i++) {
        if (vm->waiting[i].id != id) continue;
        task *t = vm->waiting[i].task;
        vm->waiting[i] = vm->waiting[--vm->waiting_count];
        t->reply = offset;
        t->reply_count = count;
        t->reply_failed = failed;
        enqueue(vm, t);
        return true;
    }
    return false;
}

const uint8_t *clf_results(const clf_vm *vm, size_t *length, uint32_t *count) {
    *length = vm->final.length;
    *count = vm->final_count;
    return vm->final.data;
}

/* ---- starting ---- */

typedef struct {
    const char *source, *chunk;
    size_t length, clength;
    const uint8_t *arguments, *end;
    uint32_t count;
    bool syntax;
} start;

static int start_body(lua_State *L) {
    clf_vm *vm = VM(L);
    start *s = lua_touserdata(L, 1);
    lua_settop(L, 0);
    if (s->length > vm->options.source)
        fence_raise(L, CLF_ERR_LIMIT, "the script is larger than %u bytes", (unsigned)vm->options.source);
    lua_pushstring(L, "=");
    lua_pushlstring(L, s->chunk, s->clength);
    lua_concat(L, 2);
    if (fence_load_text(L, s->source, s->length, lua_tostring(L, 1)) != LUA_OK) {
        s->syntax = true;
        return lua_error(L);
    }
    luaL_checkstack(L, (int)s->count + 8, "too many arguments");
    const uint8_t *cursor = s->arguments;
    for (uint32_t i = 0; i < s->count; i++) fence_decode(L, &cursor, s->end);
    vm->main = make_task(L, 2);
    return 0;
}

bool clf_has_main(const clf_vm *vm) { return vm->main != NULL; }

int clf_start(clf_vm *vm, const char *source, size_t length, const char *chunk, size_t clength,
              const uint8_t *arguments, size_t size, uint32_t count) {
    start s = {source, chunk, length, clength, arguments, arguments + size, count, false};
    int status = fence_protect(vm, start_body, &s);
    if (status == 1 && s.syntax && vm->report.length > 0) vm->report.data[0] = CLF_ERR_SYNTAX;
    return status;
}
