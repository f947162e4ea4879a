#define _GNU_SOURCE
#include "CJail.h"
#include "jail_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool limit(int which, rlim_t value) {
    struct rlimit old;
    if (getrlimit(which, &old) != 0) return false;
    if (old.rlim_max != RLIM_INFINITY && value > old.rlim_max) value = old.rlim_max;
    struct rlimit new = {value, value};
    return setrlimit(which, &new) == 0;
}

/* Pages of this process: all, and those that are private and written to (with the stack). */
static bool read_sizes(uint64_t *all, uint64_t *data) {
    char text[128];
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return false;
    text[length] = 0;
    unsigned long long size, written;
    if (sscanf(text, "%llu %*u %*u %*u %*u %llu", &size, &written) != 2) return false;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    *all = size * page;
    *data = written * page;
    return true;
}

static bool apply_limits(uint64_t memory, uint64_t cpu_seconds) {
    uint64_t all, data;
    bool fine = true;
    /* Lua needs more than the usual 8 MiB at its deepest; the main thread's stack grows as far as this allows. */
    fine &= limit(RLIMIT_STACK, 16u << 20);
    if (read_sizes(&all, &data)) {
        fine &= limit(RLIMIT_DATA, data + memory);
        fine &= limit(RLIMIT_AS, all + 2 * memory + (32u << 20));
    } else {
        fine = false;
    }
    if (cpu_seconds > 0) fine &= limit(RLIMIT_CPU, cpu_seconds);
    fine &= limit(RLIMIT_CORE, 0);
    fine &= limit(RLIMIT_FSIZE, 0);
    fine &= limit(RLIMIT_NPROC, 0);
    fine &= limit(RLIMIT_MEMLOCK, 0);
    fine &= limit(RLIMIT_MSGQUEUE, 0);
    return fine;
}

static bool only_descriptor(int socket) {
    if (socket < 3) return false;
    if (socket > 3 && syscall(SYS_close_range, 3u, (unsigned)socket - 1, 0u) != 0) return false;
    return syscall(SYS_close_range, (unsigned)socket + 1, ~0u, 0u) == 0;
}

jail_report jail_enter(int socket, uint64_t memory, uint64_t cpu_seconds) {
    jail_report report = {0, 0};
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0) report.applied |= JAIL_DEATH_SIGNAL;
    if (getsid(0) == getpid()) report.applied |= JAIL_SESSION;
    prctl(PR_SET_DUMPABLE, 0); /* nobody of the same user looks into it */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) report.applied |= JAIL_NO_NEW_PRIVILEGES;
    if (only_descriptor(socket)) report.applied |= JAIL_DESCRIPTORS;
    /* The limits need a file, Landlock needs a descriptor: in this order. */
    bool limited = apply_limits(memory, cpu_seconds);
    if (jail_landlock(&report.landlock_abi)) report.applied |= JAIL_LANDLOCK;
    if (limit(RLIMIT_NOFILE, 0) && limited) report.applied |= JAIL_LIMITS;
    if (jail_seccomp(socket)) report.applied |= JAIL_SECCOMP;
    return report;
}
