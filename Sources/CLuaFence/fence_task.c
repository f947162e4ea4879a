/* Tasks: what scripts make and wait for. */
#include "fence.h"

void fence_append(task *t, task **queue, task **tail) {
    t->state = TASK_READY;
    t->next = NULL;
    if (*tail != NULL) (*tail)->next = t;
    else *queue = t;
    *tail = t;
}

void fence_enqueue(clf_vm *vm, task *t) { fence_append(t, &vm->ready, &vm->ready_tail); }

/* Pushes the userdata of an anchored task. */
void fence_push_task(lua_State *L, task *t) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_tasks);
    lua_rawgeti(L, -1, (lua_Integer)t->id);
    lua_remove(L, -2);
}

/* ---- the body of a task: its first C function ---- */

/* The message handler below a task: its error is described while the frames stand. Then they are unwound as liblua
 * does, `__close` included, which may wait for the host. Errors of `__close` come here too, and those that the compiler
 * raises and load catches: the last one counts, if the task fails. */
static int note_error(lua_State *L) {
    clf_vm *vm = VM(L);
    task *t = vm->running;
    if (t == NULL) return 1;
    task_report *report = fence_report_of(vm, t);
    vm->report_bytes -= report->data.length;
    report->data.length = 0;
    lua_settop(L, 1);
    fence_describe(vm, L, L, &report->data);
    vm->report_bytes += report->data.length;
    return 1;
}

static int body_done(lua_State *L, int status, lua_KContext context) {
    (void)context;
    clf_vm *vm = VM(L);
    task *t = vm->running;
    if (status != LUA_OK && status != LUA_YIELD) {
        t->raised = status != LUA_ERRERR; /* liblua calls no handler for that one */
        return lua_error(L);
    }
    lua_remove(L, 1); /* the handler */
    int count = lua_gettop(L);
    luaL_checkstack(L, 6, "task");
    if (t == vm->main) {
        encode_budget budget = {0, 0};
        vm->final.length = 0;
        for (int i = 1; i <= count; i++)
            if (!fence_encode_more(L, i, &vm->final, "result", i, &budget)) fence_raise(L, CLF_ERR_CONVERSION, "%s", fence_failure);
        vm->final_count = (uint32_t)count;
    } else {
        lua_createtable(L, count, 1);
        for (int i = 1; i <= count; i++) {
            lua_pushvalue(L, i);
            lua_rawseti(L, -2, i);
        }
        lua_pushinteger(L, count);
        lua_setfield(L, -2, "n");
        fence_push_task(L, t);
        lua_insert(L, -2);
        lua_setiuservalue(L, -2, 2);
    }
    return 0;
}

static int body(lua_State *L) {
    lua_pushcfunction(L, note_error);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, body_done);
    return body_done(L, status, 0);
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
    t->evaluation = vm->evaluation;
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
    fence_enqueue(vm, t);
    return t;
}

/* ---- task.spawn, task:wait ---- */

int fence_task_spawn(lua_State *L) {
    clf_vm *vm = VM(L);
    if (lua_type(L, 1) != LUA_TFUNCTION)
        fence_raise(L, CLF_ERR_RUNTIME, "task.spawn takes a function, got %s", luaL_typename(L, 1));
    if (vm->alive >= vm->options.tasks)
        fence_raise(L, CLF_ERR_LIMIT, "too many tasks at once (limit %u)", (unsigned)vm->options.tasks);
    fence_script_position(vm, L, 0, &make_task(L, 1)->origin);
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

void fence_unanchor(lua_State *L, task *t) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_tasks);
    lua_pushnil(L);
    lua_rawseti(L, -2, (lua_Integer)t->id);
    lua_pop(L, 1);
}

/* Somebody waits for the task: its error is theirs. */
static void forget_report(clf_vm *vm, task *t) {
    for (task_report **at = &vm->reports; *at != NULL; at = &(*at)->next) {
        if (*at != t->report || t->evaluation != vm->evaluation) continue;
        *at = t->report->next;
        vm->report_bytes -= t->report->data.length;
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
        if (t->failed) fence_unanchor(L, t);
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
    lua_gc(L, LUA_GCCOLLECT); /* what setting up has left: a run that waits should be small */
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

/* An evaluation has ended: its tasks have, too. Scripts may hold them still. Raises nothing: the keys are there. */
void fence_forget_tasks(lua_State *L) {
    clf_vm *vm = VM(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_tasks);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        task *t = lua_touserdata(L, -1);
        if (t->state != TASK_ENDED) {
            vm->heap.used -= t->charge;
            t->charge = 0;
            t->state = TASK_ENDED;
            t->failed = true;
            t->co = NULL;
            t->next = t->waiters = t->waiters_tail = t->waiting_for = NULL;
            lua_pushnil(L);
            lua_setiuservalue(L, -2, 1);
            lua_pushstring(L, "the task was ended with its evaluation");
            lua_setiuservalue(L, -2, 2);
        }
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_pushnil(L);
        lua_rawset(L, -4);
    }
    lua_pop(L, 1);
    vm->running = vm->ready = vm->ready_tail = vm->replied = vm->replied_tail = vm->main = NULL;
    vm->alive = 0;
    vm->waiting_count = 0;
    vm->failing = false;
    fence_drop_task_reports(vm);
}

int clf_start(clf_vm *vm, const char *source, size_t length, const char *chunk, size_t clength,
              const uint8_t *arguments, size_t size, uint32_t count) {
    vm->evaluation++;
    vm->interrupted = 0;
    vm->calls_before = vm->next_call - 1;
    vm->output = 0;
    start s = {source, chunk, length, clength, arguments, arguments + size, count, false};
    int status = fence_protect(vm, start_body, &s);
    if (status == 1 && s.syntax && vm->report.length > 0) vm->report.data[0] = CLF_ERR_SYNTAX;
    return status;
}
