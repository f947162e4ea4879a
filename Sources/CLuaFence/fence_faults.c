/* Which of the known faults of 5.4 the library has, by what it does and not by its version: distributions mend some of
 * them, and one mending has made another. What is found holds for the process; Documentation.docc lists the faults. */
#include "fence.h"

__thread const char *fence_refusal;

/* ---- the message handler of a coroutine ---- */

/* Up to 5.4.7 a coroutine that sleeps below xpcall and is closed keeps its handler, a place in a stack that is gone: an
 * error in a `__close` would call what lies there now (3fe7be95). The field is the only one that is 112 in a coroutine
 * whose handler is in slot 7, and 176 in one whose handler is in slot 11. */
static int sleeps(lua_State *L) { return lua_yield(L, 0); }

static int woken(lua_State *L, int status, lua_KContext context) {
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

static int has_handler(lua_State *L) {
    int handler = (int)lua_tointeger(L, 1);
    lua_settop(L, handler - 1);
    lua_pushcfunction(L, sleeps);
    lua_pushcfunction(L, sleeps);
    return lua_pcallk(L, 0, 0, handler, 0, woken);
}

static lua_State *sleeper(lua_State *L, int handler) {
    lua_State *co = lua_newthread(L);
    int results;
    lua_pushcfunction(co, has_handler);
    lua_pushinteger(co, handler);
    return lua_resume(co, L, 1, &results) == LUA_YIELD ? co : NULL;
}

static uint32_t place_of_handler(lua_State *L) {
    enum { SLOT = 16 };
    clf_vm *vm = VM(L);
    lua_State *one = sleeper(L, 6), *two = sleeper(L, 10);
    uint32_t found = 0, count = 0;
    for (size_t at = sizeof(void *); one != NULL && two != NULL && at + sizeof(ptrdiff_t) <= vm->thread_size; at += sizeof(ptrdiff_t)) {
        ptrdiff_t first, second;
        memcpy(&first, (char *)one + at, sizeof first);
        memcpy(&second, (char *)two + at, sizeof second);
        if (first != 7 * SLOT || second != 11 * SLOT) continue;
        found = (uint32_t)at;
        count++;
    }
    lua_pop(L, 2);
    return count == 1 ? found : 0;
}

int fence_reset(clf_vm *vm, lua_State *co) {
    memset((char *)co + vm->handler_place, 0, sizeof(ptrdiff_t));
    return lua_resetthread(co);
}

/* ---- `..` ---- */

/* The mending of CVE-2022-33099 in 5.4.4 of Debian goes on in the stack as it was before `__concat` (603b2c64). Here the
 * old stack is kept, so it reads what is there still: the result is "a". */
static int moves_stack(lua_State *L) {
    clf_vm *vm = VM(L);
    uint32_t before = vm->kept->count;
    lua_checkstack(L, 200);
    if (vm->kept->count == before) return 0;
    lua_pushstring(L, "R");
    return 1;
}

static bool concatenates(lua_State *L) {
    static const char source[] = "local o = ... return 'a' .. 'b' .. o";
    clf_vm *vm = VM(L);
    kept_blocks kept = {0};
    lua_State *co = lua_newthread(L);
    int results;
    lua_gc(L, LUA_GCSTOP);
    bool fine = luaL_loadbufferx(co, source, sizeof source - 1, "=", "t") == LUA_OK;
    if (fine) {
        lua_newtable(co);
        lua_newtable(co);
        lua_pushcfunction(co, moves_stack);
        lua_setfield(co, -2, "__concat");
        lua_setmetatable(co, -2);
        vm->kept = &kept;
        fine = lua_resume(co, L, 1, &results) == LUA_OK && results == 1 && lua_type(co, -1) == LUA_TSTRING
               && strcmp(lua_tostring(co, -1), "aR") == 0;
        vm->kept = NULL;
    }
    lua_pop(L, 1);
    lua_gc(L, LUA_GCCOLLECT); /* the coroutine: its stack is the new one */
    for (uint32_t i = 0; i < kept.count; i++) heap_free(&vm->heap, kept.blocks[i], kept.sizes[i]);
    lua_gc(L, LUA_GCRESTART);
    return fine;
}

void *fence_keep(clf_vm *vm, void *pointer, size_t before, size_t size) {
    kept_blocks *kept = vm->kept;
    void *made = NULL;
    if (size > 0) {
        made = heap_allocate(&vm->heap, size);
        if (made == NULL) return NULL;
        fence_block(made)->serial = fence_block(pointer)->serial;
        fence_block(made)->tag = fence_block(pointer)->tag;
        memcpy(made, pointer, before < size ? before : size);
    }
    if (kept->count == sizeof kept->blocks / sizeof *kept->blocks) {
        heap_free(&vm->heap, pointer, before);
        return made;
    }
    kept->blocks[kept->count] = pointer;
    kept->sizes[kept->count++] = before;
    return made;
}

/* ---- scopes ---- */

/* How many scopes of the text the parser leaves open; -1: its code is not as it is known. */
static int left_open(lua_State *L, const char *source, int loops, int variables) {
    clf_vm *vm = VM(L);
    fence_code found;
    bool known = luaL_loadbufferx(L, source, strlen(source), "=", "t") == LUA_OK && fence_read_code(L, &vm->code, &found);
    lua_pop(L, 1);
    return known && found.loops == loops && found.variables == variables ? found.mended : -1;
}

static const struct { const char *source; int loops, variables, fault; } texts[] = {
    {"for i, j in x do local f = function() return i end if f then break end end", 1, 0, FAULT_BREAK},
    {"do local p, q do local v <close> = x goto l end local a, b, c ::l:: end", 0, 1, FAULT_GOTO},
    {"for i in x do local f = function() return i end do goto l end end local a, b, c, d, e, f ::l::", 1, 0, FAULT_GOTO},
    /* Nothing of this is wrong in any release. */
    {"for i in x do local v <close> = i for j = 1, i do local w <close> = j if i == j or not v then return i < 2 end end end\n"
     "while x do local v <close> = x if v then break end end repeat local w <close>, u = x until w or u[1.5] == 'u'\n"
     "::l:: local function g(...) local v <close>, w = ... return g(w) end if x then local y <close> = g goto l end", 1, 6, 0},
};

/* ---- all of them ---- */

/* FAULT_..., and above them where the handler is. 0: not measured. The same for each state of the process. */
static atomic_uint measured;

static unsigned measure(lua_State *L) {
    unsigned faults = FAULT_MEASURED, place = place_of_handler(L);
    if (place == 0) fence_refusal = "this Lua library keeps the message handler of a coroutine where it is not found";
    if (!concatenates(L)) faults |= FAULT_CONCAT;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int open = left_open(L, texts[i].source, texts[i].loops, texts[i].variables);
        if (open > 0 && texts[i].fault != 0) faults |= (unsigned)texts[i].fault;
        else if (open != 0) fence_refusal = "this Lua library generates code that is not understood";
    }
    return faults | place << FAULT_BITS;
}

bool fence_measure_faults(lua_State *L) {
    clf_vm *vm = VM(L);
    unsigned found = atomic_load(&measured);
    if (found == 0) {
        fence_refusal = NULL;
        found = measure(L);
        if (fence_refusal != NULL) return false;
        atomic_store(&measured, found);
    }
    vm->faults = found & ((1u << FAULT_BITS) - 1);
    vm->handler_place = found >> FAULT_BITS;
    return true;
}

bool clf_refuses_concat(void) {
    if (atomic_load(&measured) == 0) { /* no state has been made yet */
        clf_options options = {.memory = 1 << 20};
        clf_destroy(clf_create(&options));
    }
    return (atomic_load(&measured) & FAULT_CONCAT) != 0;
}

const char *clf_create_refusal(void) { return fence_refusal; }
