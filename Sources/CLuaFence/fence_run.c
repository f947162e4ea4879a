/* The loop that runs the tasks. */
#include "fence.h"

static task *first(task **queue, task **tail) {
    task *t = *queue;
    if (t == NULL) return NULL;
    *queue = t->next;
    if (*queue == NULL) *tail = NULL;
    t->next = NULL;
    return t;
}

/* Replies that come together are taken as if each had come when everything before it was done: what a script does must
 * depend on their order, and not on how many a slice happens to find. */
static task *dequeue(clf_vm *vm) {
    task *t = first(&vm->ready, &vm->ready_tail);
    return t != NULL ? t : first(&vm->replied, &vm->replied_tail);
}

static bool has_work(const clf_vm *vm) { return vm->ready != NULL || vm->replied != NULL; }

static void end_task(clf_vm *vm, task *t) {
    lua_State *L = vm->L;
    t->state = TASK_ENDED;
    vm->alive--;
    while (t->waiters != NULL) {
        task *waiter = t->waiters;
        t->waiters = waiter->next;
        t->observed = true;
        waiter->waiting_for = NULL;
        fence_enqueue(vm, waiter);
    }
    t->waiters_tail = NULL;
    t->co = NULL;
    fence_push_task(L, t);
    lua_pushnil(L);
    lua_setiuservalue(L, -2, 1);
    lua_pop(L, 1);
    if (t->observed && t->report != NULL) t->report->observed = true;
    if (!t->failed || t->observed) fence_unanchor(L, t);
}

/* Where the error of a task is described: made when it is needed first. */
task_report *fence_report_of(clf_vm *vm, task *t) {
    if (t->report != NULL) return t->report;
    task_report *report = calloc(1, sizeof *report), **last = &vm->reports;
    if (report == NULL) fence_die(vm, CLF_KILL_MEMORY);
    while (*last != NULL) last = &(*last)->next;
    *last = report;
    t->report = report;
    report->of_main = t == vm->main;
    return report;
}

/* The error value is on the top of the task's coroutine. */
static void fail_task(clf_vm *vm, task *t) {
    lua_State *co = t->co;
    t->failed = true;
    task_report *report = fence_report_of(vm, t);
    report->final = true;
    if (!t->raised) { /* not below the task's function: a result that cannot be passed */
        report->data.length = 0;
        fence_describe(vm, co, co, &report->data);
        vm->report_bytes += report->data.length;
    }
    fence_push_task(vm->L, t);
    lua_xmove(co, vm->L, 1);
    lua_setiuservalue(vm->L, -2, 2);
    lua_pop(vm->L, 1);
    if (t == vm->main || vm->report_bytes > REPORT_CAP) vm->failing = true;
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
    if (status == LUA_YIELD && vm->suspending) {
        vm->suspending = false;
        vm->running = NULL;
        return;
    }
    if (status != LUA_OK) {
        if (status == LUA_YIELD) lua_pushstring(t->co, "coroutine.yield outside of a coroutine");
        fail_task(vm, t);
    }
    vm->running = NULL;
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
        if (at->final && (at->of_main || (told == NULL && !at->observed))) told = at;
    if (told == NULL) return CLF_FINISHED;
    vm->report.length = 0;
    fence_put(&vm->report, told->data.data, told->data.length);
    return CLF_FAILED;
}

static int run_tasks(clf_vm *vm, void *argument) {
    (void)argument;
    bool progressed = false;
    for (;;) {
        if (unlikely(fence_interruption(vm) != 0)) {
            fence_note_interrupt(vm, vm->main != NULL ? vm->main->co : NULL);
            return CLF_INTERRUPTED;
        }
        /* What the calls carry is outside of the Lua heap: hand them over before there is too much of it. */
        if (has_work(vm) && vm->call_data.length > 4 * vm->options.value_bytes) return CLF_YIELDED;
        if (progressed && has_work(vm) && atomic_exchange(&vm->control->yield, 0)) return CLF_YIELDED;
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

/* With the end of an evaluation: nothing of it is left to run, and the next one may begin. */
static int run_evaluation(clf_vm *vm, void *argument) {
    int status = run_tasks(vm, argument);
    if (status == CLF_WAITING || status == CLF_YIELDED) return status;
    if (!vm->options.session && status != CLF_INTERRUPTED) return status; /* the state goes, too */
    clf_buffer verdict = vm->report; /* the handlers may write another */
    vm->report = vm->verdict;
    vm->verdict = verdict;
    fence_wind_up(vm);
    verdict = vm->verdict;
    vm->verdict = vm->report;
    vm->report = verdict;
    return status;
}

int clf_run(clf_vm *vm) {
    vm->calls_count = 0;
    vm->call_data.length = 0;
    if (vm->call_data.capacity > 1 << 20) {
        clf_buffer_free(&vm->call_data);
        if (clf_buffer_room(&vm->call_data, 64) == NULL) return CLF_KILLED;
    }
    int status = fence_enter(vm, run_evaluation, NULL);
    if (!has_work(vm)) {
        vm->replies.length = 0;
        if (vm->replies.capacity > 1 << 20) clf_buffer_free(&vm->replies);
    }
    return status;
}

const clf_call *clf_calls(const clf_vm *vm, size_t *count) {
    *count = vm->calls_count;
    return vm->calls;
}

const uint8_t *clf_calls_data(const clf_vm *vm) { return vm->call_data.data; }
size_t clf_calls_size(const clf_vm *vm) { return vm->call_data.length; }
clf_buffer *clf_reply_buffer(clf_vm *vm) { return &vm->replies; }
uint32_t clf_pending_calls(const clf_vm *vm) { return vm->waiting_count; }

bool clf_reply(clf_vm *vm, uint64_t id, size_t offset, uint32_t count, bool failed) {
    for (uint32_t i = 0; i < vm->waiting_count; i++) {
        if (vm->waiting[i].id != id) continue;
        task *t = vm->waiting[i].task;
        vm->waiting[i] = vm->waiting[--vm->waiting_count];
        vm->heap.used -= t->charge;
        t->charge = 0;
        t->reply = offset;
        t->reply_count = count;
        t->reply_failed = failed;
        fence_append(t, &vm->replied, &vm->replied_tail);
        return true;
    }
    return false;
}

const uint8_t *clf_results(const clf_vm *vm, size_t *length, uint32_t *count) {
    *length = vm->final.length;
    *count = vm->final_count;
    return vm->final.data;
}
