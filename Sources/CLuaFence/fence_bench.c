/* Peers for the benchmarks: plain C functions and stock coroutines, with no fence around them. */
#define _GNU_SOURCE
#include "fence.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <malloc.h>
#include <time.h>

static uint64_t read_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

size_t clf_process_allocated(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

uint64_t clf_thread_cpu(void) { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
uint64_t clf_monotonic(void) { return read_clock(CLOCK_MONOTONIC); }

static int c_add(lua_State *L) {
    lua_pushinteger(L, luaL_checkinteger(L, 1) + luaL_checkinteger(L, 2));
    return 1;
}

static int c_echo(lua_State *L) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_pushlstring(L, text, length);
    return 1;
}

uint64_t clf_bench_plain(const char *source) {
    lua_State *L = luaL_newstate();
    if (L == NULL) return 0;
    uint64_t spent = 0;
    luaL_openlibs(L);
    lua_register(L, "c_add", c_add);
    lua_register(L, "c_echo", c_echo);
    if (luaL_loadstring(L, source) == LUA_OK && lua_pcall(L, 0, 1, 0) == LUA_OK) {
        uint64_t start = clf_thread_cpu();
        if (lua_pcall(L, 0, 0, 0) == LUA_OK) spent = clf_thread_cpu() - start;
    }
    lua_close(L);
    return spent;
}

bool clf_bench_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1) == 0; }

void clf_bench_collect_orphans(void) {
    while (waitpid(-1, NULL, 0) > 0) {}
}
