/* The code that liblua's parser has made: scopes that are left without closing what they have to close.
 *
 * A variable with <close> and the closing value of a generic `for` are marked in a list of the coroutine. The parser ends
 * their scopes with OP_CLOSE. Where a jump out of the scope arrives, it gives OP_CLOSE a register that is too high:
 *   - up to 5.4.4 behind a `for` with `break` in a block whose local a function refers to (997f11f5);
 *   - in every 5.4 at a label at the end of a block, behind locals that the `goto` jumps over.
 * What stays in the list outlives its slot, then its frame: liblua writes outside of the stack. So the code is read as
 * lua_dump gives it, each marked variable is followed along all paths, and an OP_CLOSE that it meets outside of its scope
 * closes it. Nothing else is alive above it there. Code of another shape than that is refused. */
#include "fence.h"

enum { /* the opcodes of 5.4 that matter here; fence_faults.c tries them out before anything relies on them */
    OP_LFALSESKIP = 6, OP_CLOSE = 54, OP_TBC = 55, OP_JMP = 56, OP_EQ = 57, OP_TESTSET = 67, OP_TAILCALL = 69,
    OP_RETURN = 70, OP_RETURN0 = 71, OP_RETURN1 = 72, OP_FORLOOP = 73, OP_FORPREP = 74, OP_TFORPREP = 75,
    OP_TFORCALL = 76, OP_TFORLOOP = 77
};

#define OPCODE(i) ((int)((i) & 0x7f))
#define ARG_A(i) ((int)((i) >> 7 & 0xff))
#define ARG_K(i) ((i) >> 15 & 1)
#define ARG_BX(i) ((int)((i) >> 15))
#define ARG_SJ(i) ((int)((i) >> 7) - ((1 << 24) - 1))
#define WITH_A(i, a) (((i) & ~((uint32_t)0xff << 7)) | (uint32_t)(a) << 7)

#define HEADER_FRONT "\x1bLua\x54\0\x19\x93\r\n\x1a\n\4\x08\x08"
#define NESTED 250

/* ---- reading ---- */

typedef struct {
    uint8_t *at, *end;
    bool odd; /* it is not what lua_dump of 5.4 writes */
    int depth;
    fence_code *found;
} dump;

static uint8_t *take(dump *d, size_t count) {
    static uint8_t nothing[16];
    if (count > (size_t)(d->end - d->at)) {
        d->odd = true;
        d->at = d->end;
        return nothing;
    }
    uint8_t *taken = d->at;
    d->at += count;
    return taken;
}

static size_t take_size(dump *d) {
    size_t n = 0;
    for (int i = 0; i < 10; i++) {
        uint8_t byte = *take(d, 1);
        n = n << 7 | (byte & 0x7f);
        if ((byte & 0x80) != 0) return n;
    }
    d->odd = true;
    return 0;
}

/* How many there are of what takes at least `bytes` bytes each. */
static int take_count(dump *d, size_t bytes) {
    size_t n = take_size(d);
    if (n <= (size_t)(d->end - d->at) / bytes) return (int)n;
    d->odd = true;
    return 0;
}

static void skip_text(dump *d) {
    size_t n = take_size(d);
    if (n > 0) take(d, n - 1);
}

static void skip_constants(dump *d) {
    for (int n = take_count(d, 1); n > 0 && !d->odd; n--) {
        switch (*take(d, 1)) {
        case LUA_TNIL: case LUA_TBOOLEAN: case LUA_TBOOLEAN | 16: break;
        case LUA_TNUMBER: take(d, sizeof(lua_Integer)); break;
        case LUA_TNUMBER | 16: take(d, sizeof(lua_Number)); break;
        case LUA_TSTRING: case LUA_TSTRING | 16: skip_text(d); break;
        default: d->odd = true;
        }
    }
}

/* ---- one function ---- */

typedef struct { int begin, end; } scope;

typedef struct {
    uint8_t *code;
    int count;
    scope *locals; /* in the order of their beginnings */
    int locals_count;
    uint32_t *seen; /* the mark that was last followed through an instruction */
    int *open;      /* instructions to go on from */
} function;

static uint32_t instruction(const function *f, int at) {
    uint32_t i;
    memcpy(&i, f->code + 4 * (size_t)at, 4);
    return i;
}

/* Where it may go on from the instruction: how many places, at most two. */
static int successors(uint32_t i, int at, int to[2]) {
    int op = OPCODE(i);
    to[0] = at + 1;
    switch (op) {
    case OP_JMP: to[0] += ARG_SJ(i); return 1;
    case OP_LFALSESKIP: to[0] = at + 2; return 1;
    case OP_FORPREP: to[1] = at + 2 + ARG_BX(i); return 2;
    case OP_FORLOOP: case OP_TFORLOOP: to[1] = at + 1 - ARG_BX(i); return 2;
    case OP_TFORPREP: to[0] += ARG_BX(i); return 1;
    case OP_RETURN: case OP_RETURN0: case OP_RETURN1: case OP_TAILCALL: return 0;
    default: break;
    }
    to[1] = at + 2;
    return op >= OP_EQ && op <= OP_TESTSET ? 2 : 1;
}

/* The end of the scope of the variable that the OP_TBC at `at` marks: all of its statement end together, and the last of
 * them is the last that has begun. 0: there is none. */
static int scope_end(const function *f, int at) {
    int low = 0, high = f->locals_count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (f->locals[middle].begin <= at) low = middle + 1;
        else high = middle;
    }
    return low > 0 && f->locals[low - 1].end > at ? f->locals[low - 1].end : 0;
}

/* Follows the variable in `slot` that the instruction at `mark` marks. False: the code is not understood. */
static bool follow(function *f, int mark, int slot, int level, int end, fence_code *found) {
    int waiting = 0, to[2];
    uint32_t stamp = (uint32_t)mark + 1;
    for (int n = successors(instruction(f, mark), mark, to); n > 0; n--) f->open[waiting++] = to[n - 1];
    while (waiting > 0) {
        int at = f->open[--waiting];
        if (at < 0 || at >= f->count) return false;
        if (f->seen[at] == stamp) continue;
        f->seen[at] = stamp;
        uint32_t i = instruction(f, at);
        int op = OPCODE(i);
        if (op == OP_CLOSE && ARG_A(i) <= slot) continue;
        if (at <= mark || at >= end) {
            if (op != OP_CLOSE) return false;
            i = WITH_A(i, level);
            memcpy(f->code + 4 * (size_t)at, &i, 4);
            found->mended++;
            continue;
        }
        if (op == OP_RETURN0 || op == OP_RETURN1 || op == OP_TAILCALL || (op == OP_RETURN && !ARG_K(i))) return false;
        if ((op == OP_TBC && ARG_A(i) <= slot) || (op == OP_TFORPREP && ARG_A(i) + 3 <= slot)) return false;
        for (int n = successors(i, at, to); n > 0; n--)
            if (to[n - 1] < 0 || to[n - 1] >= f->count || f->seen[to[n - 1]] != stamp) f->open[waiting++] = to[n - 1];
    }
    return true;
}

static bool look_at(function *f, fence_code *found) {
    for (int at = 0; at < f->count; at++) {
        uint32_t i = instruction(f, at);
        int a = ARG_A(i);
        if (OPCODE(i) == OP_TFORPREP) {
            int call = at + 1 + ARG_BX(i);
            if (call + 1 >= f->count) return false;
            uint32_t next = instruction(f, call), loop = instruction(f, call + 1);
            if (OPCODE(next) != OP_TFORCALL || OPCODE(loop) != OP_TFORLOOP || ARG_A(next) != a || ARG_A(loop) != a) return false;
            found->loops++;
            if (!follow(f, at, a + 3, a, call + 2, found)) return false;
        } else if (OPCODE(i) == OP_TBC) {
            int end = scope_end(f, at);
            found->variables++;
            if (end == 0 || !follow(f, at, a, a, end, found)) return false;
        }
    }
    return true;
}

static bool has_marks(const function *f) {
    for (int at = 0; at < f->count; at++) {
        int op = OPCODE(instruction(f, at));
        if (op == OP_TFORPREP || op == OP_TBC) return true;
    }
    return false;
}

static void read_locals(dump *d, function *f) {
    f->locals_count = take_count(d, 3);
    for (int i = 0; i < f->locals_count && !d->odd; i++) {
        skip_text(d);
        int begin = (int)take_size(d), end = (int)take_size(d);
        if (f->locals != NULL) f->locals[i] = (scope){begin, end};
    }
}

static void read_function(dump *d) {
    function f = {0};
    if (++d->depth > NESTED) d->odd = true;
    skip_text(d); /* the source */
    take_size(d);
    take_size(d);
    take(d, 3);
    f.count = take_count(d, 4);
    f.code = take(d, 4 * (size_t)f.count);
    skip_constants(d);
    take(d, 3 * (size_t)take_count(d, 3)); /* upvalues */
    for (int n = take_count(d, 1); n > 0 && !d->odd; n--) read_function(d);
    take(d, (size_t)take_count(d, 1)); /* lines */
    for (int n = take_count(d, 2); n > 0 && !d->odd; n--) {
        take_size(d);
        take_size(d);
    }
    uint8_t *before = d->at;
    int locals = take_count(d, 3);
    d->at = before;
    bool wanted = !d->odd && has_marks(&f);
    if (wanted) {
        f.locals = malloc(((size_t)locals + 1) * sizeof *f.locals);
        f.seen = calloc((size_t)f.count + 1, sizeof *f.seen);
        f.open = malloc((2 * (size_t)f.count + 4) * sizeof *f.open);
        if (f.locals == NULL || f.seen == NULL || f.open == NULL) d->odd = true;
    }
    read_locals(d, &f);
    if (wanted && !d->odd && !look_at(&f, d->found)) d->odd = true;
    free(f.locals);
    free(f.seen);
    free(f.open);
    for (int n = take_count(d, 1); n > 0 && !d->odd; n--) skip_text(d);
    d->depth--;
}

/* ---- a chunk ---- */

static int append(lua_State *L, const void *bytes, size_t count, void *data) {
    (void)L;
    return fence_put(data, bytes, count) ? 0 : 1;
}

typedef struct { const clf_buffer *bytes; bool given; } dumped;

static const char *give(lua_State *L, void *data, size_t *size) {
    (void)L;
    dumped *d = data;
    *size = d->given ? 0 : d->bytes->length;
    d->given = true;
    return (const char *)d->bytes->data;
}

bool fence_read_code(lua_State *L, clf_buffer *bytes, fence_code *found) {
    *found = (fence_code){0};
    bytes->length = 0;
    if (lua_dump(L, append, bytes, 0) != 0) return false;
    dump d = {.at = bytes->data, .end = bytes->data + bytes->length, .found = found};
    size_t front = sizeof HEADER_FRONT - 1;
    d.odd = memcmp(take(&d, front), HEADER_FRONT, front) != 0;
    take(&d, sizeof(lua_Integer) + sizeof(lua_Number) + 1);
    if (!d.odd) read_function(&d);
    return !d.odd && d.at == d.end;
}

int fence_mend_code(lua_State *L, const char *chunk) {
    clf_vm *vm = VM(L);
    fence_code found;
    int status = LUA_OK;
    if (!fence_read_code(L, &vm->code, &found)) {
        lua_pop(L, 1);
        lua_pushstring(L, "this Lua library cannot compile the text: a scope is left without closing its variables");
        status = LUA_ERRSYNTAX;
    } else if (found.mended > 0) {
        dumped d = {&vm->code, false};
        lua_pop(L, 1);
        status = lua_load(L, give, &d, chunk, "b"); /* what liblua itself has just written, but for those registers */
    }
    if (vm->code.capacity > 1 << 20) clf_buffer_free(&vm->code);
    return status;
}
