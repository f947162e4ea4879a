/* Life and death of a VM: allocator, kill, hook, signal. */
#include "fence.h"

#include <stdio.h>

__thread clf_vm *clf_running;
int fence_open(clf_vm *vm);

/* ---- memory ---- */

/* Below the limit the collector is told to be lazier or keener, so that garbage alone does not reach the limit. */
static void tune_collector(clf_vm *vm) {
    size_t limit = vm->options.memory, used = vm->heap.used, room = limit > used ? limit - used : 0;
    size_t pause = used > 0 ? 100 + room / 2 * 100 / used : 200;
    if (vm->L != NULL) lua_gc(vm->L, LUA_GCSETPAUSE, (int)(pause > 200 ? 200 : pause < 105 ? 105 : pause));
    vm->gc_mark = room < limit / 32 ? limit : used + limit / 32;
}

static void *out_of_memory(clf_vm *vm) {
    if (vm->in_host == 0 && vm->jump != NULL) fence_die(vm, CLF_KILL_MEMORY);
    vm->over = true;
    return NULL;
}

/* liblua asks for a call record, and there are many. If they are those of one coroutine, its calls are too deep: an
 * error is raised here, where liblua itself would raise one if there were no memory. */
static void look_at_depth(clf_vm *vm) {
    lua_State *L = vm->cur;
    lua_Debug ar;
    clf_position at;
    if (L == NULL || vm->in_host > 0) return;
    if (!lua_getstack(L, (int)vm->depth_limit, &ar)) {
        vm->records_mark = vm->records + vm->depth_limit / 8; /* others have them */
        return;
    }
    vm->records_mark = vm->records + CALL_DEPTH_SPARE;
    if (fence_script_position(vm, L, 0, &at)) lua_pushfstring(L, "%s:%d: stack overflow", at.chunk, (int)at.line);
    else lua_pushstring(L, "stack overflow");
    lua_error(L);
}

/* Before the heap grows by `more`: over the limit the run ends here if it can, else when Swift has returned. */
static inline void before_growth(clf_vm *vm, size_t more) {
    if (likely(vm->heap.used + more <= vm->gc_mark)) return;
    if (vm->heap.used + more > vm->options.memory) out_of_memory(vm);
    else tune_collector(vm);
}

static void *allocate(void *ud, void *pointer, size_t osize, size_t nsize) {
    clf_vm *vm = ud;
    void *made;
    if (pointer == NULL) {
        if (nsize == 0) return NULL;
        bool record = nsize == vm->record_size && osize == 0;
        if (unlikely(record && vm->records >= vm->records_mark)) look_at_depth(vm);
        size_t growth = heap_growth(&vm->heap, NULL, 0, nsize);
        if (growth > 0) before_growth(vm, growth);
        made = heap_allocate(&vm->heap, nsize);
        if (unlikely(made == NULL)) { vm->no_memory = true; return out_of_memory(vm); }
        block *head = fence_block(made);
        head->tag = 0;
        if (osize - LUA_TTABLE <= LUA_TTHREAD - LUA_TTABLE) {
            head->tag = (uint8_t)osize;
            head->serial = ++vm->serial;
            if (osize == LUA_TTHREAD) {
                vm->threads++;
                vm->thread_size = nsize - LUA_EXTRASPACE;
                vm->expects_stack = true;
            }
        } else if (unlikely(vm->expects_stack)) {
            vm->expects_stack = false;
            head->tag = STACK_TAG;
        } else if (record) {
            head->tag = RECORD_TAG;
            vm->records++;
        } else if (unlikely(vm->measuring)) {
            vm->measuring = false;
            vm->record_size = nsize;
        }
    } else if (nsize == 0) {
        uint8_t tag = fence_block(pointer)->tag;
        if (unlikely(tag == LUA_TTHREAD)) vm->threads--;
        else if (tag == RECORD_TAG && --vm->records < vm->depth_limit) vm->records_mark = vm->depth_limit;
        if (unlikely(vm->kept != NULL)) fence_keep(vm, pointer, osize, 0);
        else heap_free(&vm->heap, pointer, osize);
        return NULL;
    } else {
        vm->moving_stack = fence_block(pointer)->tag == STACK_TAG;
        if (nsize > osize) before_growth(vm, heap_growth(&vm->heap, pointer, osize, nsize));
        made = unlikely(vm->kept != NULL) ? fence_keep(vm, pointer, osize, nsize) : heap_resize(&vm->heap, pointer, osize, nsize);
        if (unlikely(made == NULL)) { vm->no_memory = true; return out_of_memory(vm); }
        vm->moving_stack = false;
        block *head = fence_block(made);
        if (unlikely(head->tag == RECORD_TAG)) { head->tag = 0; vm->records--; } /* it was none: records do not grow */
    }
    if (vm->heap.used > vm->peak) vm->peak = vm->heap.used;
    return made;
}

static void drop_heap(clf_vm *vm) {
    if (fence_leaves_heap) fence_drop_ballast();
    else heap_drop(&vm->heap);
    vm->L = NULL;
}

void fence_drop_task_reports(clf_vm *vm) {
    vm->report_bytes = 0;
    while (vm->reports != NULL) {
        task_report *next = vm->reports->next;
        free(vm->reports->data.data);
        free(vm->reports);
        vm->reports = next;
    }
}

/* ---- life ---- */

static int on_panic(lua_State *L) {
    (void)L;
    fputs("CLuaFence: a Lua error outside of every protected call\n", stderr);
    abort();
}

clf_vm *clf_create(const clf_options *options) {
    clf_vm *vm = NULL;
    fence_refusal = NULL;
    if (posix_memalign((void **)&vm, 16, sizeof *vm) != 0) return NULL;
    memset(vm, 0, sizeof *vm);
    vm->options = *options;
    vm->gc_mark = options->memory / 4;
    size_t depth = options->memory / CALL_DEPTH_BYTES;
    vm->depth_limit = vm->records_mark = depth < CALL_DEPTH ? (uint32_t)depth : CALL_DEPTH;
    vm->control = clf_control_create();
    if (clf_buffer_room(&vm->call_data, 64) == NULL || vm->control == NULL || options->memory < 128 * 1024) {
        clf_destroy(vm);
        return NULL;
    }
    vm->next_task = 1;
    vm->next_call = 1;
    vm->L = lua_newstate(allocate, vm);
    if (vm->L == NULL) { clf_destroy(vm); return NULL; }
    lua_atpanic(vm->L, on_panic);
    EXTRA(vm->L) = (uintptr_t)vm;
    if (fence_open(vm) != 0) { clf_destroy(vm); return NULL; }
    heap_note_fresh(&vm->heap);
    if (CLF_COUNT_HOOK) lua_sethook(vm->L, fence_hook, LUA_MASKCOUNT | LUA_MASKCALL, 1000);
    return vm;
}

void clf_destroy(clf_vm *vm) {
    if (vm == NULL) return;
    fence_drop_task_reports(vm);
    drop_heap(vm);
    clf_control_release(vm->control);
    free(vm->waiting);
    free(vm->calls);
    free(vm->ending);
    clf_buffer *buffers[] = {&vm->call_data, &vm->replies, &vm->results, &vm->final,
                             &vm->report,    &vm->carry,   &vm->verdict, &vm->code};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) free(buffers[i]->data);
    free(vm);
}

size_t clf_memory_used(const clf_vm *vm) { return vm->heap.used; }
size_t clf_memory_peak(const clf_vm *vm) { return vm->peak; }
uint64_t clf_call_count(const clf_vm *vm) { return vm->next_call - 1 - vm->calls_before; }
size_t clf_output_used(const clf_vm *vm) { return vm->output; }
int clf_kill_reason(const clf_vm *vm) { return vm->killed; }
clf_position clf_kill_position(const clf_vm *vm) { return vm->killed_at; }

/* ---- death ---- */

/* Jumps to the frame that entered the VM. Only when no Swift frame lies between. */
_Noreturn void fence_die(clf_vm *vm, int reason) {
    if (!vm->dead) {
        vm->dead = true;
        vm->killed = reason;
        if (vm->cur != NULL && !vm->moving_stack) fence_script_position(vm, vm->cur, 0, &vm->killed_at);
    }
    if (vm->jump == NULL) abort(); /* the callers have made sure of it */
    _longjmp(*vm->jump, 1);
}

/* Armed by the signal handler; under ThreadSanitizer it is always set. */
void fence_hook(lua_State *L, lua_Debug *ar) {
    clf_vm *vm = VM(L);
    int asked = atomic_load(&vm->control->kill);
    /* An interrupt comes between two instructions only: a C function that is about to be called may be the one that
     * frees a buffer of liblua, which nothing calls again. */
    if ((asked & KILL_MASK) == 0 && asked != 0 && ar->event != LUA_HOOKCOUNT) return;
    if (asked == 0) { /* it was withdrawn, or meant for what has ended */
        if (CLF_COUNT_HOOK) return;
        lua_sethook(L, NULL, 0, 0);
        vm->armed = NULL;
    } else if (vm->in_host == 0 && vm->jump != NULL) {
        /* liblua lets no hook run inside a hook, and does not see that this one is left: handlers may yet loop in L. */
        if (vm->allow_hook != 0) ((unsigned char *)L)[vm->allow_hook] = 1;
        fence_stop(vm);
        if (vm->allow_hook != 0) ((unsigned char *)L)[vm->allow_hook] = 0;
    }
}

static int nothing(lua_State *L) {
    (void)L;
    return 0;
}

/* A new coroutine needs a call record for its first call, and nothing else. */
void fence_measure_records(lua_State *L) {
    clf_vm *vm = VM(L);
    lua_State *co = lua_newthread(L);
    int results;
    EXTRA(co) = (uintptr_t)vm;
    lua_pushcfunction(co, nothing);
    vm->measuring = true;
    lua_resume(co, L, 0, &results);
    vm->measuring = false;
    if (vm->record_size < 32 || vm->record_size > 256) vm->record_size = 0;
    lua_pop(L, 1);
}

/* The killed state: its heap goes at once. */
static int buried(clf_vm *vm) {
    vm->cur = NULL;
    vm->running = vm->ready = vm->replied = vm->main = NULL;
    vm->waiting_count = 0;
    vm->calls_count = 0;
    vm->link = NULL;
    vm->in_host = 0;
    drop_heap(vm);
    return CLF_KILLED;
}

int fence_enter(clf_vm *vm, int (*body)(clf_vm *, void *), void *argument) {
    if (vm->dead || vm->jump != NULL || vm->L == NULL) return CLF_KILLED;
    jmp_buf jump;
    clf_vm *previous = clf_running;
    volatile int result = CLF_KILLED;
    vm->jump = &jump;
    clf_running = vm;
    int jumped = _setjmp(jump);
    if (jumped != 0 && !vm->dead) {
        fence_wind_up(vm);
        result = CLF_INTERRUPTED;
    } else if (jumped == 0) {
        int reason = atomic_load(&vm->control->kill) & KILL_MASK;
        if (reason != 0) fence_die(vm, reason);
        if (vm->over) fence_die(vm, CLF_KILL_MEMORY);
        result = body(vm, argument);
    } else {
        result = buried(vm);
    }
    vm->jump = NULL;
    vm->cur = NULL;
    clf_running = previous;
    return result;
}

typedef struct { lua_CFunction body; void *argument; } protected_call;

static int describe_error(lua_State *L) {
    clf_vm *vm = VM(L);
    vm->report.length = 0;
    lua_settop(L, 1);
    fence_describe(vm, L, NULL, &vm->report);
    return 0;
}

static int run_protected(clf_vm *vm, void *argument) {
    protected_call *call = argument;
    lua_State *L = vm->L;
    lua_settop(L, 0);
    lua_pushcfunction(L, call->body);
    lua_pushlightuserdata(L, call->argument);
    int status = lua_pcall(L, 1, 0, 0);
    if (status != LUA_OK) {
        lua_pushcfunction(L, describe_error);
        lua_insert(L, 1);
        lua_pcall(L, 1, 0, 0);
    }
    lua_settop(L, 0);
    return status == LUA_OK ? 0 : 1;
}

int fence_protect(clf_vm *vm, lua_CFunction body, void *argument) {
    protected_call call = {body, argument};
    int status = fence_enter(vm, run_protected, &call);
    return status == CLF_KILLED ? 2 : status;
}

/* ---- control ---- */

clf_control *clf_control_create(void) {
    clf_control *control = calloc(1, sizeof *control);
    if (control != NULL) atomic_init(&control->references, 1);
    return control;
}

void clf_control_retain(clf_control *control) { atomic_fetch_add(&control->references, 1); }

void clf_control_release(clf_control *control) {
    if (control != NULL && atomic_fetch_sub(&control->references, 1) == 1) free(control);
}

void clf_set_control(clf_vm *vm, clf_control *control) {
    clf_control_retain(control);
    clf_control_release(vm->control);
    vm->control = control;
}

void clf_control_kill(clf_control *control, int reason) {
    int now = atomic_load(&control->kill);
    while ((now & KILL_MASK) == 0 && !atomic_compare_exchange_weak(&control->kill, &now, now | reason)) {}
}

int clf_control_reason(const clf_control *control) {
    return atomic_load(&((clf_control *)control)->kill) & KILL_MASK;
}
void clf_control_yield(clf_control *control) { atomic_store(&control->yield, 1); }

bool clf_uses_count_hook(void) { return CLF_COUNT_HOOK; }
