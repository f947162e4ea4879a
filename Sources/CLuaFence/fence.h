/* What the files of the fence share. Nothing here is seen by Swift. */
#ifndef FENCE_H
#define FENCE_H

#include "CLuaFence.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CLF_COUNT_HOOK 1
#endif
#endif
#if !defined(CLF_COUNT_HOOK) && defined(__SANITIZE_THREAD__)
#define CLF_COUNT_HOOK 1
#endif
#ifndef CLF_COUNT_HOOK
#define CLF_COUNT_HOOK 0
#endif

/* block.tag of a call record, and of a coroutine's stack */
#define RECORD_TAG 0xffu
#define STACK_TAG 0xfeu

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Ranges that one C call may walk; beyond it the call is refused. */
#define RANGE_CAP (1 << 22)
/* coroutine.close inside coroutine.close, in C, without a count of liblua's own (1e64c139). */
#define CLOSE_DEPTH 100
#define TRACE_FRAMES 40
/* Bytes of described errors that a run may leave lying about before it fails. */
#define REPORT_CAP (8u << 20)
#define DEPTH_CAP 120
/* Calls inside each other in one coroutine: liblua's own limit (1,000,000 stack slots) comes after 128 MB of call
 * records when each call takes but one slot. A quarter of the memory limit is for the records. */
#define CALL_DEPTH 200000
#define CALL_DEPTH_BYTES 400
/* Calls that an error handler may make above a stack overflow. */
#define CALL_DEPTH_SPARE 200

#define KILL_MASK 0xff
#define INTERRUPT_SHIFT 8

struct clf_control {
    atomic_int references;
    atomic_int kill;  /* reason, or 0; above KILL_MASK the reason of an interrupt */
    atomic_int yield; /* end the slice between tasks */
};

/* Head of every block of the Lua heap (fence_heap.c). */
typedef struct block {
    uint32_t serial; /* creation number of a table, function, coroutine or userdata */
    uint8_t tag;     /* LUA_T... given to the allocator, 0 for other memory */
    uint8_t kind;    /* the heap's: size in grains, 0 for a large one */
    uint16_t offset; /* the heap's: way back to the span, in units of 8 bytes */
} block;

#define SMALL_KINDS 16

typedef struct {
    size_t used; /* bytes taken from malloc */
    struct span *open[SMALL_KINDS + 1], *full[SMALL_KINDS + 1];
    uint32_t blocks[SMALL_KINDS + 1];
    struct large *large;
} heap;

typedef enum { TASK_READY, TASK_CALL, TASK_WAIT, TASK_ENDED } task_state;

/* A task is a full userdata with two user values: its coroutine, and its results (a table) or error value. */
struct task_report;
typedef struct task {
    uint64_t id;
    task_state state;
    lua_State *co;
    struct task *next;          /* in the ready queue or in a list of waiters */
    struct task *waiters, *waiters_tail;
    struct task *waiting_for;
    uint64_t call;
    size_t charge;              /* of the call's arguments: what the host holds meanwhile */
    size_t reply;               /* offset in vm->replies */
    uint32_t reply_count;
    bool started, reply_failed, failed, observed;
    bool raised;                /* its function failed; the error is described in `report` */
    uint32_t evaluation;        /* `report` is good in this one only */
    int arguments;              /* on its stack before the first resume */
    struct task_report *report; /* of its error, when it failed */
    clf_position origin;        /* the script's line that spawned it */
} task;

/* What is to be told of a failed task that nobody waits for. */
typedef struct task_report {
    struct task_report *next;
    bool observed, of_main, final; /* not final: of an error that may yet be caught (by load) */
    clf_buffer data;
} task_report;

typedef struct { uint64_t id; task *task; } waiting_call;

/* What liblua has given up while fence_faults.c looks where it reads. */
typedef struct kept_blocks { uint32_t count; void *blocks[16]; size_t sizes[16]; } kept_blocks;

/* Coroutines that are being resumed, from the task's own inward. */
typedef struct co_link { lua_State *L; struct co_link *previous; bool blocked; } co_link;

struct clf_vm {
    lua_State *L;              /* main thread: services only, never script code */
    lua_State *volatile cur;   /* coroutine that runs now; NULL outside the VM */
    lua_State *volatile armed; /* where the signal handler has set the hook */
    clf_control *control;
    jmp_buf *jump;             /* where a kill goes; NULL: nowhere */
    volatile int in_host;      /* > 0: a Swift frame is above */
    uint64_t first_signal;     /* when the handler first found that this VM must die */
    bool over;                 /* the memory limit was passed where no jump was possible */
    bool no_memory;            /* malloc has failed */
    bool dead;
    int killed;
    clf_position killed_at;
    /* evaluations and their interrupts (fence_session.c) */
    bool parsing;              /* liblua's parser is below: no jump that the state is to survive */
    int interrupted;           /* why the evaluation is being ended */
    clf_position interrupted_at;
    lua_State **ending;        /* coroutines to be closed, the next one last */
    size_t ending_count, ending_capacity;
    uint32_t evaluation;
    uint64_t calls_before;     /* made by earlier evaluations */
    clf_buffer verdict;        /* the report of a failed evaluation while its coroutines are closed */
    uint8_t allow_hook;        /* where in a lua_State liblua notes that hooks may run; 0: not known */
    /* faults of liblua (fence_faults.c) */
    unsigned faults;           /* FAULT_... */
    size_t handler_place;      /* where in a lua_State liblua notes its message handler */
    size_t thread_size;        /* of a lua_State, without the extra space */
    kept_blocks *kept;
    clf_buffer code;           /* of a text that is looked at (fence_code.c) */
    /* memory */
    heap heap;
    size_t peak, gc_mark;
    uint32_t serial, threads;
    /* call records of liblua: their size (0: not known), those that exist, when to look how deep the calls are */
    size_t record_size;
    bool measuring;
    /* A coroutine was made, and its stack is next; a stack is being moved, and liblua has offsets in the place of pointers
     * into it (since 5.4.5), so no function of the API may look at it. */
    bool expects_stack, moving_stack;
    uint32_t records, records_mark, depth_limit;
    clf_options options;
    /* tasks */
    task *running, *ready, *ready_tail, *main;
    task *replied, *replied_tail; /* their replies have come; each waits until the task before it has gone on */
    uint64_t next_task, next_call;
    uint32_t alive;
    bool suspending;           /* the yield on its way up belongs to the host */
    bool failing;              /* the main task failed: what is in flight ends, nothing is resumed */
    co_link *link;
    int close_depth;
    lua_State *closing;        /* coroutine whose __close handlers run in coroutine.close */
    waiting_call *waiting;
    uint32_t waiting_count, waiting_capacity;
    clf_call *calls;
    size_t calls_count, calls_capacity;
    task_report *reports;
    size_t report_bytes;       /* of errors that nobody has waited for */
    const void *next_table;    /* that the snapshot of next is of; NULL: there is none */
    lua_Integer next_at, next_count; /* the place in it of the key that next gave last, and how many there are */
    clf_buffer call_data, replies, results, final, report, carry;
    uint32_t final_count;
    size_t output;
    const char *task_library;  /* its text: lives as long as the program */
    size_t task_library_length;
};

struct clf_frame { lua_State *L; clf_vm *vm; int count; };

/* The vm pointer is in the extra space of each coroutine; its low bits say what the coroutine is doing. */
#define FLAG_WAITING 1u /* suspended by the host: no script may resume or close it */
#define FLAG_TASK 2u    /* the coroutine of a task */
#define EXTRA(L) (*(uintptr_t *)lua_getextraspace(L))
#define VM(L) ((clf_vm *)(EXTRA(L) & ~(uintptr_t)7))

/* vm */
extern __thread clf_vm *clf_running;
_Noreturn void fence_die(clf_vm *vm, int reason);
void fence_hook(lua_State *L, lua_Debug *ar);
extern bool fence_leaves_heap; /* the process ends with its VM: blocks are not freed one by one */
void fence_drop_ballast(void);
/* In a signal handler with SA_NODEFER, with its context: arms the hook of the VM of this thread if its control says so,
 * and jumps where no hook comes. Needs fence_find_liblua once, before the first signal. */
void fence_arm(const void *context);
void fence_find_liblua(void);
/* Ends the VM or the evaluation, if either is asked for and this is a place for it. */
void fence_stop(clf_vm *vm);
static inline void fence_poll(clf_vm *vm) {
    if (unlikely(atomic_load_explicit(&vm->control->kill, memory_order_relaxed) != 0)) fence_stop(vm);
}
/* A limit of the evaluation is passed. */
_Noreturn void fence_exceed(clf_vm *vm, int reason);
/* Closes every coroutine of the evaluation and forgets its tasks. May be left by a jump; call it again then. */
void fence_wind_up(clf_vm *vm);
void fence_note_interrupt(clf_vm *vm, lua_State *at);
void fence_forget_tasks(lua_State *L);
void fence_drop_task_reports(clf_vm *vm);
void fence_measure_hooks(lua_State *L);
static inline int fence_interruption(clf_vm *vm) {
    return atomic_load_explicit(&vm->control->kill, memory_order_relaxed) >> INTERRUPT_SHIFT;
}
/* Runs `body` with the argument on the main thread, under a protected call and a jump of its own. The error value is
 * described in vm->report. 0, 1 (error) or 2 (killed). */
int fence_enter(clf_vm *vm, int (*body)(clf_vm *, void *), void *argument);
int fence_protect(clf_vm *vm, lua_CFunction body, void *argument);
static inline block *fence_block(const void *object) { return (block *)((char *)object - sizeof(block)); }

/* faults of liblua */
enum { FAULT_MEASURED = 1, FAULT_CONCAT = 2, FAULT_BREAK = 4, FAULT_GOTO = 8, FAULT_BITS = 8 };
extern __thread const char *fence_refusal; /* why no VM was made */
bool fence_measure_faults(lua_State *L);
int fence_reset(clf_vm *vm, lua_State *co); /* lua_resetthread, the only way to call it */
/* Moves or frees a block, and keeps what was there. */
void *fence_keep(clf_vm *vm, void *pointer, size_t before, size_t size);
typedef struct { int loops, variables, mended; } fence_code;
/* Dumps the function on the top into `bytes`, and closes in them the scopes that are left open. False: it is not
 * understood. */
bool fence_read_code(lua_State *L, clf_buffer *bytes, fence_code *found);
/* Puts the mended function in the place of the one on the top. As lua_load: a status, and a message if it is not LUA_OK. */
int fence_mend_code(lua_State *L, const char *chunk);

/* heap */
void *heap_allocate(heap *h, size_t size);
void heap_free(heap *h, void *pointer, size_t size);
void *heap_resize(heap *h, void *pointer, size_t before, size_t size); /* NULL only when it grows and malloc fails */
size_t heap_growth(const heap *h, const void *pointer, size_t before, size_t size);
void heap_drop(heap *h);
void heap_note_fresh(const heap *h);

/* buffers */
bool fence_put(clf_buffer *buffer, const void *bytes, size_t length);
bool fence_put_u8(clf_buffer *buffer, uint8_t byte);
bool fence_put_string(clf_buffer *buffer, const char *text, size_t length);
bool fence_put_integer(clf_buffer *buffer, int64_t value);

/* values: fence_encode appends the value at `index`; false: fence_failure says why (raises nothing, calls nothing) */
extern __thread char fence_failure[400]; /* why a value could not be converted */
typedef struct { size_t start; uint32_t nodes; } encode_budget;
bool fence_encode(lua_State *L, int index, clf_buffer *out, const char *what, int number);
bool fence_encode_more(lua_State *L, int index, clf_buffer *out, const char *what, int number, encode_budget *budget);
void fence_decode(lua_State *L, const uint8_t **cursor, const uint8_t *end); /* pushes one; may raise */

/* the order of next: numbers ascending, strings bytewise, then booleans, handles and other keys by creation */
enum { ORDERED_NUMBER = 0, ORDERED_TEXT, ORDERED_BOOLEAN, ORDERED_HANDLE, ORDERED_OTHER };
#define ORDERED_MOST ((1u << 29) - 1)
typedef struct {
    uint64_t prefix;      /* compares as the value does, if two differ in it */
    union {
        const char *text; /* good as long as the value lives */
        lua_Integer integer;
    };
    uint32_t length;      /* of the text; of a number: 1, it is a float */
    uint32_t place : 29;  /* the caller's: where the value is, from 1 */
    uint32_t rank : 3;
} ordered;
/* `type` is lua_type of the value: a number that is no NaN, or what may be a key. Does not set the place. */
void ordered_take(lua_State *L, int index, int type, ordered *out);
int ordered_compare(const ordered *a, const ordered *b);
void ordered_sort(clf_vm *vm, ordered *list, size_t count);
void ordered_permute(lua_State *L, int table, ordered *list, size_t count);
uint32_t fence_serial(lua_State *L, int index);

/* items of lists */
/* True: no metamethod can be met, raw access will do. */
static inline bool fence_is_raw(lua_State *L, int index) {
    if (!lua_getmetatable(L, index)) return true;
    lua_pop(L, 1);
    return false;
}

static inline void fence_get_item(lua_State *L, int index, lua_Integer i, bool raw) {
    if (raw) lua_rawgeti(L, index, i);
    else lua_geti(L, index, i);
}

static inline void fence_set_item(lua_State *L, int index, lua_Integer i, bool raw) {
    if (raw) lua_rawseti(L, index, i);
    else lua_seti(L, index, i);
}

static inline lua_Integer fence_length_of(lua_State *L, int index, bool raw) {
    luaL_checktype(L, index, LUA_TTABLE);
    return raw ? (lua_Integer)lua_rawlen(L, index) : luaL_len(L, index);
}

int fence_table_sort(lua_State *L);

/* errors */
extern char key_chunk, key_line, key_code, key_trace; /* addresses: hidden keys of error tables */
extern char key_error_meta, key_handle_meta, key_task_meta, key_tasks, key_modules, key_loaded, key_host_env,
    key_script_env, key_snapshot, key_pending_module, key_task_library, key_loading_meta;
bool fence_is_host_source(const char *source);
bool fence_script_position(clf_vm *vm, lua_State *L, int level, clf_position *out);
void fence_traceback(clf_vm *vm, lua_State *L, clf_buffer *out);
/* Pushes an error table; fields come from the table on the top of the stack (replaced) if `fields`. */
void fence_push_error(lua_State *L, int code, const char *message, size_t length, bool fields);
_Noreturn void fence_raise(lua_State *L, int code, const char *format, ...);
int fence_error_from_data(lua_State *L, const uint8_t *data, const uint8_t *end); /* raises */
/* Describes the error value on the top of L (frames of `co`, if any) in `out`. Raises only for memory. */
void fence_describe(clf_vm *vm, lua_State *L, lua_State *co, clf_buffer *out);
_Noreturn void fence_cannot_wait(lua_State *L);
bool fence_may_wait(lua_State *L);

/* calls and tasks */
int fence_yield_call(lua_State *L, const void *box);
void fence_append(task *t, task **queue, task **tail);
void fence_enqueue(clf_vm *vm, task *t);
task_report *fence_report_of(clf_vm *vm, task *t);
void fence_push_task(lua_State *L, task *t);
void fence_unanchor(lua_State *L, task *t);
int fence_task_spawn(lua_State *L);
int fence_task_wait(lua_State *L);
void fence_open_tasks(lua_State *L);
void fence_push_function(lua_State *L, int kind, const void *box);

/* libraries */
int fence_tostring_value(lua_State *L, int index); /* pushes a string; may call __tostring */
void fence_blind(lua_State *L, const char *name);
int fence_load_text(lua_State *L, const char *text, size_t length, const char *chunk);
void fence_open_libraries(lua_State *L);
void fence_measure_records(lua_State *L);
const char *fence_function_name(lua_CFunction function);
extern const luaL_Reg fence_base[], fence_coroutine[], fence_table[], fence_string[];
int fence_require(lua_State *L);
int fence_host_raise(lua_State *L);
int fence_error_handler(lua_State *L);
int fence_math_randomseed(lua_State *L);
int fence_call_function(lua_State *L);
int fence_answer_function(lua_State *L);

#endif
