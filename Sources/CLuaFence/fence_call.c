/* The trampoline: Lua to Swift and back. */
#include "fence.h"

#include <stdio.h>

/* What the host wrote while the VM could not jump is settled here, after its frames are gone. */
static void settle(clf_vm *vm) {
    if (unlikely(vm->over)) fence_die(vm, CLF_KILL_MEMORY);
    fence_poll(vm);
}

static int push_values(lua_State *L, const uint8_t *data, const uint8_t *end, int count) {
    if (count > 8) luaL_checkstack(L, count + 4, "too many values from the host");
    for (int i = 0; i < count; i++) fence_decode(L, &data, end);
    return count;
}

static void trim(clf_buffer *buffer) {
    if (likely(buffer->capacity <= 1 << 20)) return;
    free(buffer->data);
    *buffer = (clf_buffer){0};
}

/* A host function that is answered in place. Upvalue: box. */
int fence_answer_function(lua_State *L) {
    clf_vm *vm = VM(L);
    clf_frame frame = {L, vm, lua_gettop(L)};
    const void *box = lua_touserdata(L, lua_upvalueindex(1));
    vm->results.length = 0;
    vm->in_host++;
    int32_t n = vm->options.serve(box, &frame);
    vm->in_host--;
    settle(vm);
    const uint8_t *data = vm->results.data, *end = data + vm->results.length;
    if (unlikely(n < 0)) return fence_error_from_data(L, data, end);
    if (n == 0) return 0;
    if (n == 1 && *data == CLF_INTEGER) { /* the usual cheap answer */
        int64_t value;
        memcpy(&value, data + 1, 8);
        lua_pushinteger(L, value);
        return 1;
    }
    push_values(L, data, end, n);
    trim(&vm->results);
    return n;
}

static int after_call(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    clf_vm *vm = VM(L);
    task *t = vm->running;
    const uint8_t *data = vm->replies.data + t->reply, *end = vm->replies.data + vm->replies.length;
    if (t->reply_failed) return fence_error_from_data(L, data, end);
    return push_values(L, data, end, (int)t->reply_count);
}

/* What a call and a value of its arguments weigh on the host's side. */
#define CALL_CHARGE 256
#define NODE_CHARGE 64

static bool note_call(clf_vm *vm, task *t, const clf_call *call) {
    if (vm->calls_count == vm->calls_capacity) {
        size_t capacity = vm->calls_capacity ? vm->calls_capacity * 2 : 1; /* most runs wait for one call */
        clf_call *calls = realloc(vm->calls, capacity * sizeof *calls);
        if (calls == NULL) return false;
        vm->calls = calls;
        vm->calls_capacity = capacity;
    }
    if (vm->waiting_count == vm->waiting_capacity) {
        uint32_t capacity = vm->waiting_capacity ? vm->waiting_capacity * 2 : 1;
        waiting_call *waiting = realloc(vm->waiting, capacity * sizeof *waiting);
        if (waiting == NULL) return false;
        vm->waiting = waiting;
        vm->waiting_capacity = capacity;
    }
    vm->calls[vm->calls_count++] = *call;
    vm->waiting[vm->waiting_count++] = (waiting_call){call->id, t};
    return true;
}

/* A host function that suspends its task. Upvalue: box. */
int fence_call_function(lua_State *L) {
    clf_vm *vm = VM(L);
    task *t = vm->running;
    if (unlikely(t == NULL || !fence_may_wait(L))) fence_cannot_wait(L);
    if (unlikely(clf_call_count(vm) >= vm->options.calls)) fence_exceed(vm, CLF_KILL_CALLS);
    int count = lua_gettop(L);
    size_t start = vm->call_data.length;
    encode_budget budget = {start, 0};
    for (int i = 1; i <= count; i++)
        if (!fence_encode_more(L, i, &vm->call_data, "argument", i, &budget)) {
            vm->call_data.length = start;
            fence_raise(L, CLF_ERR_CONVERSION, "%s", fence_failure);
        }
    clf_call call;
    call.id = vm->next_call++;
    call.task = t->id;
    call.box = lua_touserdata(L, lua_upvalueindex(1));
    call.arguments = start;
    call.length = vm->call_data.length - start;
    call.count = (uint32_t)count;
    fence_script_position(vm, L, 1, &call.position);
    /* Until the reply is there the host holds the arguments: a thousand tasks could give it gigabytes. */
    t->charge = call.length + CALL_CHARGE + NODE_CHARGE * (size_t)budget.nodes;
    vm->heap.used += t->charge;
    if (vm->heap.used > vm->peak) vm->peak = vm->heap.used;
    if (vm->heap.used > vm->options.memory || !note_call(vm, t, &call)) fence_die(vm, CLF_KILL_MEMORY);
    t->state = TASK_CALL;
    t->call = call.id;
    vm->suspending = true;
    return lua_yieldk(L, 0, 0, after_call);
}

void fence_push_function(lua_State *L, int kind, const void *box) {
    lua_pushlightuserdata(L, (void *)box);
    lua_pushcclosure(L, kind == CLF_SUSPEND ? fence_call_function : fence_answer_function, 1);
}

/* ---- what Swift may ask while it serves a call: nothing here raises ---- */

int32_t clf_frame_count(const clf_frame *frame) { return frame->count; }

int clf_frame_type(const clf_frame *frame, int32_t index) {
    lua_State *L = frame->L;
    if (index < 0 || index >= frame->count) return CLF_NIL;
    switch (lua_type(L, index + 1)) {
    case LUA_TNIL: return CLF_NIL;
    case LUA_TBOOLEAN: return lua_toboolean(L, index + 1) ? CLF_TRUE : CLF_FALSE;
    case LUA_TNUMBER: return lua_isinteger(L, index + 1) ? CLF_INTEGER : CLF_NUMBER;
    case LUA_TSTRING: return CLF_STRING;
    case LUA_TTABLE: return CLF_ARRAY;
    case LUA_TUSERDATA: return CLF_HANDLE;
    default: return CLF_OTHER;
    }
}

int64_t clf_frame_integer(const clf_frame *frame, int32_t index, bool *ok) {
    int fine = 0;
    lua_Integer value = 0;
    if ((uint32_t)index < (uint32_t)frame->count) {
        value = lua_tointegerx(frame->L, index + 1, &fine);
        if (fine && unlikely(lua_type(frame->L, index + 1) != LUA_TNUMBER)) fine = 0; /* text that looks like one */
    }
    *ok = fine != 0;
    return value;
}

double clf_frame_number(const clf_frame *frame, int32_t index, bool *ok) {
    *ok = index >= 0 && index < frame->count && lua_type(frame->L, index + 1) == LUA_TNUMBER;
    return *ok ? lua_tonumber(frame->L, index + 1) : 0;
}

const char *clf_frame_string(const clf_frame *frame, int32_t index, size_t *length) {
    *length = 0;
    if (index < 0 || index >= frame->count || lua_type(frame->L, index + 1) != LUA_TSTRING) return NULL;
    return lua_tolstring(frame->L, index + 1, length);
}

const char *clf_frame_type_name(const clf_frame *frame, int32_t index) {
    if (index < 0 || index >= frame->count) return "no value";
    return lua_typename(frame->L, lua_type(frame->L, index + 1));
}

/* Into call_data, behind the calls that wait there, and taken back at once: Swift reads it before it returns. */
const uint8_t *clf_frame_encode(clf_frame *frame, int32_t first, int32_t count, size_t *length) {
    clf_vm *vm = frame->vm;
    size_t start = vm->call_data.length;
    encode_budget budget = {start, 0};
    *length = 0;
    if (clf_buffer_room(&vm->call_data, 16) == NULL) return NULL;
    for (int i = first; i < first + count; i++) {
        if (i >= frame->count) {
            fence_put_u8(&vm->call_data, CLF_NIL);
        } else if (!fence_encode_more(frame->L, i + 1, &vm->call_data, "argument", i + 1, &budget)) {
            vm->call_data.length = start;
            return NULL;
        }
    }
    *length = vm->call_data.length - start;
    vm->call_data.length = start;
    return vm->call_data.data + start;
}

const char *clf_frame_failure(const clf_frame *frame) {
    (void)frame; /* the call is served by the thread that encodes */
    return fence_failure;
}

void clf_frame_push_nil(clf_frame *frame) { fence_put_u8(&frame->vm->results, CLF_NIL); }
void clf_frame_push_boolean(clf_frame *frame, bool value) {
    fence_put_u8(&frame->vm->results, value ? CLF_TRUE : CLF_FALSE);
}
void clf_frame_push_integer(clf_frame *frame, int64_t value) { fence_put_integer(&frame->vm->results, value); }
void clf_frame_push_number(clf_frame *frame, double value) {
    fence_put_u8(&frame->vm->results, CLF_NUMBER);
    fence_put(&frame->vm->results, &value, 8);
}
void clf_frame_push_string(clf_frame *frame, const char *text, size_t length) {
    fence_put_string(&frame->vm->results, text, length);
}
clf_buffer *clf_frame_results(clf_frame *frame) { return &frame->vm->results; }

static void put_error(clf_buffer *out, int code, const char *message, size_t length, const uint8_t *value,
                      size_t size) {
    fence_put_u8(out, (uint8_t)code);
    fence_put_string(out, message, length);
    fence_put_u8(out, value != NULL);
    if (value != NULL) fence_put(out, value, size);
}

void clf_frame_error(clf_frame *frame, int code, const char *message, size_t length, const uint8_t *value,
                     size_t size) {
    frame->vm->results.length = 0;
    put_error(&frame->vm->results, code, message, length, value, size);
}

clf_position clf_frame_position(const clf_frame *frame) {
    clf_position at;
    fence_script_position(frame->vm, frame->L, 1, &at);
    return at;
}
