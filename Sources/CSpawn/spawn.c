#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* posix_spawn and not fork: the caller has threads, and this does not copy its page tables. */
static int start(const char *path, int child, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int status = posix_spawn_file_actions_init(&actions);
    if (status != 0) return status;
    status = posix_spawnattr_init(&attributes);
    if (status != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return status;
    }
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    /* First the socket: it may be one of the descriptors that the others replace. */
    if ((status = posix_spawn_file_actions_adddup2(&actions, child, SPAWN_SOCKET)) == 0
        && (status = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0)) == 0
        && (status = posix_spawn_file_actions_adddup2(&actions, 0, 1)) == 0
        && (status = posix_spawn_file_actions_adddup2(&actions, 0, 2)) == 0
        && (status = posix_spawn_file_actions_addclosefrom_np(&actions, SPAWN_SOCKET + 1)) == 0
        && (status = posix_spawn_file_actions_addchdir_np(&actions, "/")) == 0) {
        char *const arguments[] = {"iwlua-worker", NULL};
        /* A crashed worker has to die, not to look for a program that describes the crash. */
        char *const environment[] = {"SWIFT_BACKTRACE=enable=no", NULL};
        status = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

int spawn_worker(const char *path, int *socket, pid_t *pid) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return errno;
    /* A process that was started with closed standard streams gets low numbers here, which the child would replace. */
    int child = fcntl(pair[1], F_DUPFD_CLOEXEC, SPAWN_SOCKET + 1);
    int status = child < 0 ? errno : start(path, child, pid);
    if (child >= 0) close(child);
    close(pair[1]);
    if (status == 0) *socket = pair[0];
    else close(pair[0]);
    return status;
}

uint64_t spawn_processor_time(pid_t pid) {
    clockid_t clock;
    struct timespec now;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &now) != 0) return UINT64_MAX;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void spawn_await(pid_t pid) {
    siginfo_t info;
    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {}
}

int32_t spawn_wait(pid_t pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return INT32_MIN;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int spawn_command(
    const char *path, char *const arguments[], char *const environment[], const void *input, size_t length, int errors,
    pid_t *pid) {
    /* A file and not a pipe: a program that reads nothing of it keeps nobody waiting. */
    int file = memfd_create("input", MFD_CLOEXEC);
    if (file < 0) return errno;
    const char *rest = input;
    while (length > 0) {
        ssize_t written = write(file, rest, length);
        if (written < 0) {
            int problem = errno;
            close(file);
            return problem;
        }
        rest += written;
        length -= (size_t)written;
    }
    lseek(file, 0, SEEK_SET);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int status = posix_spawn_file_actions_init(&actions);
    if (status == 0 && (status = posix_spawnattr_init(&attributes)) != 0) posix_spawn_file_actions_destroy(&actions);
    if (status != 0) {
        close(file);
        return status;
    }
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    if ((status = errors >= 0 ? posix_spawn_file_actions_adddup2(&actions, errors, 2)
                              : posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)) == 0
        && (status = posix_spawn_file_actions_adddup2(&actions, file, 0)) == 0
        && (status = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)) == 0
        && (status = posix_spawn_file_actions_addclosefrom_np(&actions, 3)) == 0
        && (status = posix_spawn_file_actions_addchdir_np(&actions, "/")) == 0)
        status = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(file);
    return status;
}

int spawn_helper(const char *path, char *const arguments[], char *const environment[], int output, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int status = posix_spawn_file_actions_init(&actions);
    if (status == 0 && (status = posix_spawnattr_init(&attributes)) != 0) posix_spawn_file_actions_destroy(&actions);
    if (status != 0) return status;
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    if ((status = posix_spawn_file_actions_adddup2(&actions, output, 1)) == 0
        && (status = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)) == 0
        && (status = posix_spawn_file_actions_addclosefrom_np(&actions, 3)) == 0)
        status = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

bool spawn_has_ended(pid_t pid) {
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 ? info.si_pid == pid : errno != EINTR;
}

int32_t spawn_wait_at_most(pid_t pid, int64_t milliseconds) {
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (;;) {
        if (spawn_has_ended(pid)) return spawn_wait(pid);
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 >= milliseconds) {
            /* Not collected yet: the number is still that of its group. */
            kill(-pid, SIGKILL);
            spawn_wait(pid);
            return SPAWN_OUT_OF_TIME;
        }
        nanosleep(&pause, NULL);
    }
}
