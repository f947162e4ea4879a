/* Values in and out of the flat encoding: raw access, bounded, no metamethod. */
#include "fence.h"

#include <math.h>
#include <stdio.h>

__thread char fence_failure[400];

static const char mixed_keys[] = "a table with both list items and named fields",
                  odd_key[] = "a table with a key that is neither an integer nor a string";

/* Bytes of a long name in a path. */
#define SHOWN_NAME 60

typedef struct { bool named; const char *name; size_t length; lua_Integer index; } step;

typedef struct {
    lua_State *L;
    clf_vm *vm;
    clf_buffer *out;
    const char *what;
    int number;
    size_t start;
    uint32_t nodes;
    int depth;
    step path[DEPTH_CAP + 1];
    const void *open[DEPTH_CAP + 1];
} encoder;

static bool plain_name(const char *name, size_t length) {
    if (length == 0 || length > 64) return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c < 32 || c == '"' || c == '\'' || c == 127) return false;
    }
    return true;
}

/* A name that could be read as something else: ["it's \10"], cut at a character's end. */
static char *put_odd_name(char *at, const char *end, const char *name, size_t length) {
    size_t shown = length;
    if (shown > SHOWN_NAME)
        for (shown = SHOWN_NAME; shown > SHOWN_NAME - 4 && ((unsigned char)name[shown] & 0xc0) == 0x80;) shown--;
    at += snprintf(at, (size_t)(end - at), "[\"");
    for (size_t i = 0; i < shown && end - at > 40; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c < 32 || c == 127) at += snprintf(at, (size_t)(end - at), "\\%u", c);
        else if (c == '"' || c == '\\') at += snprintf(at, (size_t)(end - at), "\\%c", c);
        else *at++ = (char)c;
    }
    return at + snprintf(at, (size_t)(end - at), shown < length ? "...\"]" : "\"]");
}

/* "argument 1, field 'a.b[3]': why" */
static bool refuse(encoder *e, const char *why) {
    char *at = fence_failure, *end = at + sizeof fence_failure;
    if (e->number > 0) at += snprintf(at, (size_t)(end - at), "%s %d", e->what, e->number);
    else at += snprintf(at, (size_t)(end - at), "%s", e->what);
    if (e->depth > 0) {
        at += snprintf(at, (size_t)(end - at), ", field '");
        for (int i = 0; i < e->depth && end - at > 120; i++) {
            step *s = &e->path[i];
            if (!s->named) at += snprintf(at, (size_t)(end - at), "[%lld]", (long long)s->index);
            else if (plain_name(s->name, s->length))
                at += snprintf(at, (size_t)(end - at), i == 0 ? "%.*s" : ".%.*s", (int)s->length, s->name);
            else at = put_odd_name(at, end, s->name, s->length);
        }
        at += snprintf(at, (size_t)(end - at), "'");
    }
    snprintf(at, (size_t)(end - at), ": %s", why);
    return false;
}

/* Of the table itself, not of one of its items. */
static bool refuse_table(encoder *e, const char *why) {
    e->depth--;
    refuse(e, why);
    e->depth++;
    return false;
}

static bool no_memory(encoder *e) { return refuse(e, "there is no memory to pass it"); }

static bool encode_value(encoder *e, int index);

/* An end that is asked for ends the conversion: by a jump, or, below Swift, by a failure that nobody sees, for the
 * trampoline jumps as soon as Swift has returned. */
static inline bool is_ended(encoder *e) {
    if (e->vm->in_host == 0) fence_poll(e->vm);
    return unlikely(atomic_load_explicit(&e->vm->control->kill, memory_order_relaxed) != 0) && e->vm->in_host > 0;
}

static const char ended[] = "the run is being ended";

static bool encode_named(encoder *e, const char *name, size_t length) {
    uint32_t n = (uint32_t)length;
    if (!fence_put(e->out, &n, 4) || !fence_put(e->out, name, length)) return no_memory(e);
    e->path[e->depth - 1] = (step){true, name, length, 0};
    return encode_value(e, -1);
}

/* A table whose first key was an integer out of order: is it 1..n? */
static bool encode_shuffled(encoder *e, int table) {
    lua_State *L = e->L;
    lua_Integer count = 0, greatest = 0;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        if (is_ended(e)) { lua_pop(L, 1); return refuse_table(e, ended); }
        if (lua_type(L, -1) == LUA_TLIGHTUSERDATA) continue;
        if (!lua_isinteger(L, -1)) {
            const char *why = lua_type(L, -1) == LUA_TSTRING ? mixed_keys : odd_key;
            lua_pop(L, 1);
            return refuse_table(e, why);
        }
        lua_Integer key = lua_tointeger(L, -1);
        count++;
        if (key < 1) { lua_pop(L, 1); return refuse_table(e, "a list with a key below 1"); }
        if (key > greatest) greatest = key;
    }
    if (greatest != count) return refuse_table(e, "a list with holes");
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, table, i);
        e->path[e->depth - 1] = (step){false, NULL, 0, i};
        bool fine = encode_value(e, -1);
        lua_pop(L, 1);
        if (!fine) return false;
    }
    return true;
}

static bool encode_table(encoder *e, int index) {
    lua_State *L = e->L;
    if (e->depth >= (int)e->vm->options.value_depth || e->depth >= DEPTH_CAP) return refuse(e, "nested too deep");
    if (!lua_checkstack(L, 6)) return no_memory(e);
    int table = lua_absindex(L, index), top = lua_gettop(L);
    const void *self = lua_topointer(L, table);
    for (int i = 0; i < e->depth; i++)
        if (e->open[i] == self) return refuse(e, "a table that contains itself");
    size_t head = e->out->length;
    uint8_t *to = clf_buffer_room(e->out, 5);
    if (to == NULL) return no_memory(e);
    e->out->length += 5;
    e->open[e->depth] = self;
    e->path[e->depth] = (step){true, "", 0, 0};
    e->depth++;
    uint8_t tag = CLF_ARRAY;
    uint32_t count = 0;
    bool fine = true;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        int type = lua_type(L, -2);
        if (type == LUA_TLIGHTUSERDATA) { lua_pop(L, 1); continue; } /* hidden fields of the fence */
        if (type == LUA_TSTRING && (count == 0 || tag == CLF_OBJECT)) {
            tag = CLF_OBJECT;
            size_t length;
            const char *name = lua_tolstring(L, -2, &length);
            fine = encode_named(e, name, length);
            count++;
        } else if (tag == CLF_ARRAY && lua_isinteger(L, -2)) {
            if (lua_tointeger(L, -2) == (lua_Integer)count + 1) {
                count++;
                e->path[e->depth - 1] = (step){false, NULL, 0, count};
                fine = encode_value(e, -1);
            } else {
                e->out->length = head + 5;
                lua_settop(L, top);
                fine = encode_shuffled(e, table);
                if (fine) {
                    lua_Integer n = 0;
                    lua_pushnil(L);
                    while (lua_next(L, table)) { n += lua_type(L, -2) != LUA_TLIGHTUSERDATA; lua_pop(L, 1); }
                    count = (uint32_t)n;
                }
                break;
            }
        } else {
            fine = refuse_table(e, type == LUA_TSTRING || lua_isinteger(L, -2) ? mixed_keys : odd_key);
        }
        if (!fine) break;
        lua_pop(L, 1);
    }
    lua_settop(L, top);
    e->depth--;
    if (!fine) return false;
    e->out->data[head] = tag;
    memcpy(e->out->data + head + 1, &count, 4);
    return true;
}

static bool encode_value(encoder *e, int index) {
    lua_State *L = e->L;
    clf_vm *vm = e->vm;
    if (unlikely(++e->nodes > vm->options.value_nodes)) return refuse(e, "too many values");
    if (unlikely(e->out->length - e->start > vm->options.value_bytes)) return refuse(e, "too large");
    if (is_ended(e)) return refuse(e, ended);
    switch (lua_type(L, index)) {
    case LUA_TNIL: case LUA_TNONE: return fence_put_u8(e->out, CLF_NIL) || no_memory(e);
    case LUA_TBOOLEAN: return fence_put_u8(e->out, lua_toboolean(L, index) ? CLF_TRUE : CLF_FALSE) || no_memory(e);
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) return fence_put_integer(e->out, lua_tointeger(L, index)) || no_memory(e);
        else {
            double number = lua_tonumber(L, index);
            if (unlikely(!isfinite(number)))
                return refuse(e, isnan(number) ? "NaN cannot be passed to the host"
                                               : "an infinity cannot be passed to the host");
            return (fence_put_u8(e->out, CLF_NUMBER) && fence_put(e->out, &number, 8)) || no_memory(e);
        }
    case LUA_TSTRING: {
        size_t length;
        const char *text = lua_tolstring(L, index, &length);
        if (e->out->length - e->start + length > vm->options.value_bytes) return refuse(e, "too large");
        return fence_put_string(e->out, text, length) || no_memory(e);
    }
    case LUA_TTABLE: return encode_table(e, index);
    case LUA_TUSERDATA: {
        size_t size = lua_rawlen(L, index);
        if (!lua_checkstack(L, 3)) return no_memory(e);
        index = lua_absindex(L, index);
        bool handle = lua_getmetatable(L, index) != 0;
        if (handle) {
            lua_rawgetp(L, LUA_REGISTRYINDEX, &key_handle_meta);
            handle = lua_rawequal(L, -1, -2);
            lua_pop(L, 2);
        }
        if (!handle || size < 8) return refuse(e, "a task cannot be passed to the host");
        const char *data = lua_touserdata(L, index);
        uint32_t n = (uint32_t)(size - 8);
        return (fence_put_u8(e->out, CLF_HANDLE) && fence_put(e->out, data, 8) && fence_put(e->out, &n, 4)
                && fence_put(e->out, data + 8, n)) || no_memory(e);
    }
    case LUA_TFUNCTION: return refuse(e, "a function cannot be passed to the host");
    case LUA_TTHREAD: return refuse(e, "a coroutine cannot be passed to the host");
    default: return refuse(e, "a value of this type cannot be passed to the host");
    }
}

bool fence_encode(lua_State *L, int index, clf_buffer *out, const char *what, int number) {
    encode_budget budget = {out->length, 0};
    return fence_encode_more(L, index, out, what, number, &budget);
}

/* One of several values that share a budget of bytes and nodes. */
bool fence_encode_more(lua_State *L, int index, clf_buffer *out, const char *what, int number, encode_budget *budget) {
    size_t before = out->length;
    /* Scalars, the usual case, without setting up an encoder. */
    switch (before - budget->start < 4096 ? lua_type(L, index) : LUA_TNONE) {
    case LUA_TBOOLEAN: if (fence_put_u8(out, lua_toboolean(L, index) ? CLF_TRUE : CLF_FALSE)) return true; break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index) && fence_put_integer(out, lua_tointeger(L, index))) return true;
        break;
    default: break;
    }
    encoder e;
    e.L = L;
    e.vm = VM(L);
    e.out = out;
    e.what = what;
    e.number = number;
    e.start = budget->start;
    e.nodes = budget->nodes;
    e.depth = 0;
    bool fine = encode_value(&e, lua_absindex(L, index));
    if (fine && out->length - e.start > e.vm->options.value_bytes) fine = refuse(&e, "too large");
    budget->nodes = e.nodes;
    if (!fine) out->length = before;
    return fine;
}

/* ---- host to script ---- */

static uint32_t take_u32(const uint8_t **cursor) {
    uint32_t n;
    memcpy(&n, *cursor, 4);
    *cursor += 4;
    return n;
}

static void decode_at(lua_State *L, const uint8_t **cursor, const uint8_t *end, int depth) {
    if (*cursor >= end) { lua_pushnil(L); return; }
    uint8_t tag = *(*cursor)++;
    switch (tag) {
    case CLF_FALSE: lua_pushboolean(L, 0); return;
    case CLF_TRUE: lua_pushboolean(L, 1); return;
    case CLF_INTEGER: {
        int64_t value;
        memcpy(&value, *cursor, 8);
        *cursor += 8;
        lua_pushinteger(L, value);
        return;
    }
    case CLF_NUMBER: {
        double value;
        memcpy(&value, *cursor, 8);
        *cursor += 8;
        lua_pushnumber(L, value);
        return;
    }
    case CLF_STRING: {
        uint32_t n = take_u32(cursor);
        lua_pushlstring(L, (const char *)*cursor, n);
        *cursor += n;
        return;
    }
    case CLF_ARRAY: {
        uint32_t n = take_u32(cursor);
        if (depth > 190) luaL_error(L, "a value of the host is nested too deep");
        luaL_checkstack(L, 4, "value");
        lua_createtable(L, n > 1 << 20 ? 1 << 20 : (int)n, 0);
        for (uint32_t i = 1; i <= n; i++) {
            fence_poll(VM(L));
            decode_at(L, cursor, end, depth + 1);
            lua_rawseti(L, -2, i);
        }
        return;
    }
    case CLF_OBJECT: {
        uint32_t n = take_u32(cursor);
        if (depth > 190) luaL_error(L, "a value of the host is nested too deep");
        luaL_checkstack(L, 5, "value");
        lua_createtable(L, 0, n > 1 << 20 ? 1 << 20 : (int)n);
        for (uint32_t i = 0; i < n; i++) {
            fence_poll(VM(L));
            uint32_t length = take_u32(cursor);
            lua_pushlstring(L, (const char *)*cursor, length);
            *cursor += length;
            decode_at(L, cursor, end, depth + 1);
            lua_rawset(L, -3);
        }
        return;
    }
    case CLF_HANDLE: {
        const uint8_t *id = *cursor;
        *cursor += 8;
        uint32_t n = take_u32(cursor);
        char *data = lua_newuserdatauv(L, 8 + n, 0);
        memcpy(data, id, 8);
        memcpy(data + 8, *cursor, n);
        *cursor += n;
        lua_rawgetp(L, LUA_REGISTRYINDEX, &key_handle_meta);
        lua_setmetatable(L, -2);
        return;
    }
    default: lua_pushnil(L); return;
    }
}

void fence_decode(lua_State *L, const uint8_t **cursor, const uint8_t *end) { decode_at(L, cursor, end, 0); }
