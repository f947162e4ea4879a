/* The signal that ends a loop of plain Lua, and the loops of liblua that no hook reaches. */
#define _GNU_SOURCE
#include "fence.h"

#include <link.h>
#include <signal.h>
#include <ucontext.h>

/* After this time without an effect of the hook the run is in a loop of liblua's own C code: a value that is its own
 * `__call` (t() on 5.4.4 moves its arguments a million times), a collection, the text of an error. */
#define PATIENCE 30000000u

static uintptr_t text_begin, text_end; /* liblua's instructions; written before the handler is installed */

/* Where liblua is part of the program, scripts/build gives its instructions a section with this name, and the linker
 * these. They are NULL where it is a shared library. */
extern const char __start_lua_text[] __attribute__((weak));
extern const char __stop_lua_text[] __attribute__((weak));

/* A shared library's instructions are those of the object that has lua_resume; if this file lies in the same, then
 * nothing tells them apart, and none count as liblua's. */
static int find_text(struct dl_phdr_info *info, size_t size, void *wanted) {
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t begin = info->dlpi_addr + p->p_vaddr, end = begin + p->p_memsz;
        if (p->p_type != PT_LOAD || (p->p_flags & PF_X) == 0) continue;
        if ((uintptr_t)wanted < begin || (uintptr_t)wanted >= end) continue;
        Dl_info self;
        if (dladdr((void *)(uintptr_t)find_text, &self) != 0 && (uintptr_t)self.dli_fbase == info->dlpi_addr) return 1;
        text_begin = begin;
        text_end = end;
        return 1;
    }
    return 0;
}

static bool in_liblua(const void *context) {
    const ucontext_t *at = context;
#if defined(__x86_64__)
    uintptr_t pc = (uintptr_t)at->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    uintptr_t pc = (uintptr_t)at->uc_mcontext.pc;
#else
    uintptr_t pc = 0;
#endif
    return pc >= text_begin && pc < text_end;
}

/* lua_sethook may be called from a handler on the VM's own thread. Once for each coroutine: it walks the call chain.
 *
 * When that has no effect, the handler itself jumps, if the thread is between two instructions of liblua: then it is
 * not in malloc, stdio or Swift, no lock is held, and the frames in between are liblua's and the fence's. The state is
 * dead afterwards, so it does not matter in what shape it was left. */
void fence_arm(const void *context) {
    clf_vm *vm = clf_running;
    if (vm == NULL) return;
    int asked = atomic_load_explicit(&vm->control->kill, memory_order_relaxed), reason = asked & KILL_MASK;
    lua_State *cur = vm->cur;
    if (asked == 0 || cur == NULL) return;
    if (vm->armed != cur) {
        vm->armed = cur;
        lua_sethook(cur, fence_hook, LUA_MASKCOUNT | LUA_MASKCALL, 1);
    }
    if (reason == 0) return; /* an interrupt leaves the state alive: it waits for the hook or a poll */
    uint64_t now = clf_monotonic();
    if (vm->first_signal == 0) vm->first_signal = now;
    if (now - vm->first_signal < PATIENCE || vm->in_host != 0 || vm->jump == NULL || !in_liblua(context)) return;
    if (!vm->dead) {
        vm->dead = true;
        vm->killed = reason;
    }
    _longjmp(*vm->jump, 1); /* SA_NODEFER: the signal is not blocked here */
}

static void on_signal(int number, siginfo_t *info, void *context) {
    (void)number;
    (void)info;
    fence_arm(context);
}

void fence_find_liblua(void) {
    if (text_end != 0) return;
    if (__start_lua_text != NULL) {
        text_begin = (uintptr_t)__start_lua_text;
        text_end = (uintptr_t)__stop_lua_text;
    } else {
        dl_iterate_phdr(find_text, (void *)(uintptr_t)lua_resume);
    }
}

int clf_install_signal(int number) {
    if (CLF_COUNT_HOOK) return 0;
    if (number == 0) number = SIGRTMIN + 3;
    fence_find_liblua();
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_RESTART | SA_SIGINFO | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL) == 0 ? number : -1;
}

void clf_admit_signal(int number) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
