/* Swift ends the process when an allocation fails. The parent should say "out of memory" then, not "it crashed". */
#define _GNU_SOURCE
#include "CJail.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* As much as the largest single allocation asks for: the buffer of a list of arguments, which doubles. With less than that
 * left, memory is the likelier reason than a fault. */
#define ROOM (48u << 20)

static char stack[16384];

/* After it the signal has its default action (SA_RESETHAND), and comes again. */
static void on_crash(int number) {
    (void)number;
    void *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) _exit(JAIL_EXHAUSTED);
    munmap(room, ROOM);
}

void jail_tell_exhaustion(void) {
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT};
    stack_t own;
    memset(&own, 0, sizeof own);
    own.ss_sp = stack;
    own.ss_size = sizeof stack;
    sigaltstack(&own, NULL);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_crash;
    action.sa_flags = SA_ONSTACK | (int)SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
}
