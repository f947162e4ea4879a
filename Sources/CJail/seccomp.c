/* The allow-list of system calls: memory, the clock, the one socket, the signals that end a script, and the exit. */
#define _GNU_SOURCE
#include "jail_parts.h"

#if __has_include(<seccomp.h>)

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

static const int plain[] = {
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall), SCMP_SYS(timer_settime),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(exit), SCMP_SYS(exit_group),
};

bool jail_seccomp(int socket) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) return false;
    int status = 0;
    for (unsigned i = 0; i < sizeof plain / sizeof *plain; i++)
        status |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, plain[i], 0);
    /* Memory that can be executed is never made. */
    struct scmp_arg_cmp not_executable = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    /* Nor is anything mapped that somebody else has, too. */
    struct scmp_arg_cmp its_own = SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS | MAP_SHARED, MAP_ANONYMOUS);
    status |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, not_executable, its_own);
    status |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_executable);
    /* With no address: to whom it speaks is settled. */
    struct scmp_arg_cmp the_socket = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)socket);
    struct scmp_arg_cmp its_peer = SCMP_A4(SCMP_CMP_EQ, 0);
    status |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(recvfrom), 2, the_socket, its_peer);
    status |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 2, the_socket, its_peer);
    /* abort() signals its own process. */
    struct scmp_arg_cmp itself = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid());
    status |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, itself);
    if (status == 0) status = seccomp_load(filter);
    seccomp_release(filter);
    return status == 0;
}

#else

bool jail_seccomp(int socket) {
    (void)socket;
    return false;
}

#endif
