/* CLuaFence: the only code that touches the raw Lua API.
 *
 * THE RULE ABOUT JUMPS. A Lua error, a Lua yield and a kill are jumps (longjmp). A jump may pass over
 * frames of liblua and of this fence only, never over a Swift frame:
 *   - Every call of the Lua API that can raise is made by C code below a protected call or below
 *     lua_resume. Swift asks for whole actions (`clf_...`) and gets a status back.
 *   - Lua reaches Swift through one C trampoline. Swift returns a status code; by then its frame is gone,
 *     and the C frame raises (lua_error), suspends (lua_yieldk) or dies.
 *   - The functions that Swift may call while it serves a host call take a `clf_frame *`; they never
 *     raise. What Swift pushes is written to a buffer and becomes Lua values after Swift has returned.
 *   - A kill jumps to the C frame that entered the VM (clf_run). While Swift serves a host call nothing
 *     jumps: the allocator grants, and the trampoline settles when Swift has returned.
 * After a kill the state is dead: nothing in it is called or closed, its blocks are freed as a whole.
 *
 * AN INTERRUPT is the same jump, from places where the state is whole: the hook, which runs between two instructions,
 * and the polls of the fence's functions. So no script can catch it, whatever guards lie in between. The coroutines that
 * ran are abandoned where they stood; clf_run then closes them as coroutine.close does (`__close` handlers run, a loop in
 * one can be interrupted again), ends all tasks, and the state lives.
 */
#ifndef CLUAFENCE_H
#define CLUAFENCE_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <string.h>

typedef struct clf_vm clf_vm;           /* one Lua state and everything that belongs to it */
typedef struct clf_control clf_control; /* the part that other threads may touch; reference counted */
typedef struct clf_frame clf_frame;     /* one host call that Swift is serving */

/* Why a VM was killed. */
enum {
    CLF_KILL_NONE = 0, CLF_KILL_CPU, CLF_KILL_MEMORY, CLF_KILL_CALLS, CLF_KILL_OUTPUT, CLF_KILL_CANCELLED,
    CLF_KILL_DEADLINE, CLF_KILL_STOPPED
};

/* What clf_run returns. */
enum { CLF_WAITING = 0, CLF_YIELDED, CLF_FINISHED, CLF_FAILED, CLF_KILLED, CLF_INTERRUPTED };

/* Error codes carried by error values. */
enum { CLF_ERR_RUNTIME = 0, CLF_ERR_SYNTAX, CLF_ERR_CONVERSION, CLF_ERR_LIMIT, CLF_ERR_CANCELLED, CLF_ERR_HOST };

/* The flat encoding of values: a tag byte, then the payload in host byte order. Counts and lengths are u32.
 * FALSE TRUE NIL: nothing. INTEGER: i64. NUMBER: f64. STRING: length, bytes. ARRAY: count, values.
 * OBJECT: count, then (length, bytes, value) pairs. HANDLE: u64 id, length, bytes of the kind.
 * A list of values is the values one after another. */
enum {
    CLF_NIL = 0, CLF_FALSE, CLF_TRUE, CLF_INTEGER, CLF_NUMBER, CLF_STRING, CLF_ARRAY, CLF_OBJECT, CLF_HANDLE,
    CLF_OTHER = 15 /* clf_frame_type only: a function, a coroutine, or nothing that can be passed */
};

/* A growing piece of malloc'ed memory. */
typedef struct { uint8_t *data; size_t length, capacity; } clf_buffer;
/* Makes room for `more` bytes and returns where they go; NULL if there is no memory. Does not move `length`. */
uint8_t *clf_buffer_room(clf_buffer *buffer, size_t more);
void clf_buffer_free(clf_buffer *buffer);

/* Serves a host call: returns how many encoded values it left in clf_frame_results(), or CLF_RETURN_ERROR. */
typedef int32_t (*clf_host_function)(const void *box, clf_frame *frame);
enum { CLF_RETURN_ERROR = -1 /* clf_frame_error() was called */ };
typedef void (*clf_print_function)(const void *box, const char *text, size_t length);

typedef struct {
    size_t memory, output, source, value_bytes;
    uint64_t calls;
    uint32_t value_depth, value_nodes, tasks, coroutines;
    uint64_t seed;
    /* One evaluation after another: passing the limit of calls or output interrupts, and what an evaluation has left
     * behind is closed at its end. */
    bool session;
    clf_host_function serve; /* serves every host function that is answered in place */
    const void *print_box;
    clf_print_function print;
} clf_options;

typedef struct { char chunk[64]; int32_t line; /* 0: not known */ } clf_position;

/* A host call that suspended its task. */
typedef struct {
    uint64_t id, task;
    const void *box; /* of the function that was called */
    size_t arguments, length; /* in clf_calls_data(): `count` values */
    uint32_t count;
    clf_position position;
} clf_call;

/* ---- life ---- */
clf_vm *clf_create(const clf_options *options); /* NULL: clf_create_refusal says why */
/* On the thread of the last clf_create. NULL: there is no memory, or the limit is too small to begin. */
const char *clf_create_refusal(void);
/* The library reads freed memory after `__concat`, so metatables with it are refused. */
bool clf_refuses_concat(void);
void clf_destroy(clf_vm *vm);                   /* drops the whole heap; calls nothing in it */
size_t clf_memory_used(const clf_vm *vm);
size_t clf_memory_peak(const clf_vm *vm);
uint64_t clf_call_count(const clf_vm *vm);
size_t clf_output_used(const clf_vm *vm);

/* ---- setting up: each returns 0, or a non-zero status with a description in clf_report() ---- */
enum { CLF_ANSWER = 0, CLF_SUSPEND = 1 };
/* Makes a function of `box` and stores it under a dotted name of the globals. */
int clf_register(clf_vm *vm, const char *name, size_t length, int kind, const void *box);
/* Stores an encoded value under a dotted name of the globals. */
int clf_set_global(clf_vm *vm, const char *name, size_t length, const uint8_t *value, size_t size);
/* A text module for require. */
int clf_add_script_module(clf_vm *vm, const char *name, size_t nlength, const char *source, size_t slength,
                          const char *chunk, size_t clength);
/* A trusted prelude: begin, then its private functions, then end (which runs it if `global`). */
int clf_begin_host_module(clf_vm *vm, const char *name, size_t nlength, const char *source, size_t slength,
                          const uint8_t *data, size_t dlength);
int clf_host_module_function(clf_vm *vm, const char *name, size_t length, int kind, const void *box);
int clf_end_host_module(clf_vm *vm, bool global);
/* The global `task`. Its text is compiled when it is needed: it lives as long as the program. */
int clf_add_task_library(clf_vm *vm, const char *source, size_t length);
/* Compiles the script and makes the main task; `arguments` are `count` encoded values. Again when the one before has
 * ended, in the same globals: calls and output are counted anew. */
int clf_start(clf_vm *vm, const char *source, size_t length, const char *chunk, size_t clength,
              const uint8_t *arguments, size_t size, uint32_t count);

bool clf_has_main(const clf_vm *vm); /* an evaluation has begun and not ended */

/* ---- running ---- */
int clf_run(clf_vm *vm);
const clf_call *clf_calls(const clf_vm *vm, size_t *count); /* the new calls of the last clf_run */
static inline const char *clf_call_chunk(const clf_call *call) { return call->position.chunk; }
const uint8_t *clf_calls_data(const clf_vm *vm);
size_t clf_calls_size(const clf_vm *vm); /* bytes of it */
static inline bool clf_same_text(const char *a, const clf_position *b) { return strcmp(a, b->chunk) == 0; }
static inline void clf_copy_text(clf_position *to, const char *from) { strncpy(to->chunk, from, sizeof to->chunk - 1); }
static inline const char *clf_position_chunk(const clf_position *position) { return position->chunk; }
/* Where Swift writes replies before it calls clf_reply; offsets stay good until the next clf_run returns. */
clf_buffer *clf_reply_buffer(clf_vm *vm);
/* Answers call `id` with `count` values (or, if `failed`, an encoded error) at [offset, end of buffer).
 * False: no such call is waiting. */
bool clf_reply(clf_vm *vm, uint64_t id, size_t offset, uint32_t count, bool failed);
const uint8_t *clf_results(const clf_vm *vm, size_t *length, uint32_t *count); /* after CLF_FINISHED */
/* After CLF_FAILED or a failed set-up: code (u8), STRING message, position (STRING chunk, INTEGER line; or NIL),
 * traceback (STRING: chunk US line US name LF ...), u8 has-value, value. */
const uint8_t *clf_report(const clf_vm *vm, size_t *length);
int clf_kill_reason(const clf_vm *vm);
clf_position clf_kill_position(const clf_vm *vm);
/* After CLF_INTERRUPTED: why (CLF_KILL_...), and the line that was running or waiting. */
int clf_interrupt_reason(const clf_vm *vm);
clf_position clf_interrupt_position(const clf_vm *vm);
uint32_t clf_pending_calls(const clf_vm *vm);

/* ---- serving a host call (Swift, below the trampoline) ---- */
int32_t clf_frame_count(const clf_frame *frame);
int clf_frame_type(const clf_frame *frame, int32_t index); /* a tag of the flat encoding; index from 0 */
int64_t clf_frame_integer(const clf_frame *frame, int32_t index, bool *ok); /* integers, and floats that are integers */
double clf_frame_number(const clf_frame *frame, int32_t index, bool *ok);
const char *clf_frame_string(const clf_frame *frame, int32_t index, size_t *length); /* NULL: not a string */
const char *clf_frame_type_name(const clf_frame *frame, int32_t index);
/* Encodes arguments [first, first + count) ; NULL: cannot be passed, the reason is in clf_frame_failure(). */
const uint8_t *clf_frame_encode(clf_frame *frame, int32_t first, int32_t count, size_t *length);
const char *clf_frame_failure(const clf_frame *frame);
void clf_frame_push_nil(clf_frame *frame);
void clf_frame_push_boolean(clf_frame *frame, bool value);
void clf_frame_push_integer(clf_frame *frame, int64_t value);
void clf_frame_push_number(clf_frame *frame, double value);
void clf_frame_push_string(clf_frame *frame, const char *text, size_t length);
clf_buffer *clf_frame_results(clf_frame *frame); /* what the pushes write to; empty at the start of a call */
/* The error for CLF_RETURN_ERROR. `value`: one encoded value or NULL. */
void clf_frame_error(clf_frame *frame, int code, const char *message, size_t length, const uint8_t *value, size_t size);
clf_position clf_frame_position(const clf_frame *frame);

/* ---- ending a VM from elsewhere ---- */
clf_control *clf_control_create(void);
void clf_control_retain(clf_control *control);
void clf_control_release(clf_control *control);
void clf_set_control(clf_vm *vm, clf_control *control);
/* Any thread: the first reason wins. Seen when the VM runs next, when the running coroutine changes, or when the
 * signal handler arms the hook. */
void clf_control_kill(clf_control *control, int reason);
int clf_control_reason(const clf_control *control);
/* Any thread, and a signal handler: ends the evaluation, the state lives. The first reason wins, and an end of the state
 * wins over it. It stays until it has been seen (clf_run returns CLF_INTERRUPTED then) or is withdrawn. */
void clf_control_interrupt(clf_control *control, int reason);
void clf_control_withdraw(clf_control *control);
int clf_control_interruption(const clf_control *control); /* the reason that waits to be seen */
/* Any thread: end the slice between two tasks. */
void clf_control_yield(clf_control *control);
/* Installs the handler (SA_RESTART) that arms the hook of the VM running on the signalled thread, if its control
 * says that it must die. Number 0: the default real-time signal. Returns the number, or -1. */
int clf_install_signal(int number);
/* Lets the signal through on the calling thread: threads that are started from a dispatch worker block everything. */
void clf_admit_signal(int number);
/* True in builds that use a count hook in place of the signal (ThreadSanitizer). */
bool clf_uses_count_hook(void);

/* ---- a process that runs one VM in its only thread ---- */
/* Lets clf_signal_process() of another process kill through `control`. From now on the heap of a dead VM is left to the
 * end of the process. */
bool clf_serve_process_signal(clf_control *control);
/* A timer on the processor time of this process, which kills with CLF_KILL_CPU: made before the jail, started in it. */
bool clf_make_process_timer(void);
/* 0: stops it. `interrupts`: it ends the evaluation, not the state. */
bool clf_start_process_timer(uint64_t nanoseconds, bool interrupts);
bool clf_signal_process(int64_t pid, int reason);
/* Ends evaluation `number`, from 1, of another process. Reason 0: it looks again for what it was asked for before. */
bool clf_interrupt_process(int64_t pid, int reason, uint64_t number);
void clf_next_evaluation(void); /* in that process: the next number; withdraws what was meant for the one before */

/* ---- the libraries, for the reference: false behind the last entry ---- */
enum { CLF_LIBRARY_SAME = 0, CLF_LIBRARY_CHANGED, CLF_LIBRARY_ABSENT };
typedef struct {
    const char *library, *name; /* library "": a global */
    int status;
    const char *text; /* NULL if it is the same */
} clf_library;
bool clf_library_entry(size_t index, clf_library *out);

/* ---- which Lua ---- */
/* "$LuaVersion: Lua 5.4.4  Copyright …" of the Lua that this program is linked with. */
const char *clf_lua_ident(void);
/* The same of the system's shared library; NULL if there is none. */
const char *clf_system_lua_ident(void);

/* ---- peers for the benchmarks and figures of the process ---- */
/* Runs Lua text that finds the plain C functions `c_add(a, b)` and `c_echo(s)`, and stock coroutines; returns the
 * nanoseconds of thread CPU time that the function it returns took, or 0 on an error. */
uint64_t clf_bench_plain(const char *source);
/* Bytes that the process has from malloc, all threads together. */
size_t clf_process_allocated(void);
/* Children of children that lose their parent become this process's. */
bool clf_bench_adopt_orphans(void);
/* Waits for every child, so that its processor time is known. */
void clf_bench_collect_orphans(void);
uint64_t clf_thread_cpu(void);
uint64_t clf_monotonic(void);

#endif
