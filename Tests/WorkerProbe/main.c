/* What a script could do that has taken its worker over: this program goes into the same jail, tries everything, and
 * says over the socket how each attempt ended: "name errno", 0 for success. For the tests only. */
#define _GNU_SOURCE
#include "CJail.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

bool jail_landlock(int32_t *abi);
extern char **environ;

static void say(const char *format, ...) {
    char line[200];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    send(3, line, (size_t)length, MSG_NOSIGNAL);
}

#define TRY(name, expression) do { errno = 0; long result_ = (long)(expression); say("%s %d\n", name, result_ < 0 ? errno : 0); } while (0)

static void before(void) {
    int open_ones = 0, variables = 0;
    for (int i = 4; i < 1024; i++) open_ones += fcntl(i, F_GETFD) >= 0;
    say("open_descriptors %d\n", open_ones);
    for (char **at = environ; *at != NULL; at++) variables += strncmp(*at, "SWIFT_BACKTRACE=", 16) != 0;
    say("environment %d\n", variables);
    say("own_session %d\n", getsid(0) == getpid());
    say("terminal %d\n", isatty(0) || isatty(1) || isatty(2));
}

static void files(void) {
    TRY("open", open("/etc/passwd", O_RDONLY));
    TRY("openat2", syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0));
    TRY("creat", creat("/tmp/iwlua-probe", 0600));
    TRY("environ", open("/proc/self/environ", O_RDONLY));
    TRY("mem", open("/proc/self/mem", O_RDWR));
    TRY("unlink", unlink("/tmp/iwlua-probe"));
    TRY("mkdir", mkdir("/tmp/iwlua-probe", 0700));
    TRY("chdir", chdir("/tmp"));
    TRY("stat", syscall(SYS_newfstatat, AT_FDCWD, "/etc/passwd", malloc(512), 0));
    TRY("readlink", readlink("/proc/self/exe", malloc(512), 512));
    TRY("memfd_create", syscall(SYS_memfd_create, "x", 0));
    TRY("dup", dup(3));
    TRY("write_stderr", write(2, "x", 1));
    TRY("ioctl", ioctl(0, TIOCSTI, "x"));
}

static void network(int late) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct msghdr message = {0};
    TRY("socket_inet", socket(AF_INET, SOCK_STREAM, 0));
    TRY("socket_inet6", socket(AF_INET6, SOCK_DGRAM, 0));
    TRY("socket_unix", socket(AF_UNIX, SOCK_STREAM, 0));
    TRY("socket_netlink", socket(AF_NETLINK, SOCK_RAW, 0));
    TRY("connect", connect(late, (struct sockaddr *)&address, sizeof address));
    TRY("bind", bind(late, (struct sockaddr *)&address, sizeof address));
    TRY("sendmsg", sendmsg(3, &message, MSG_DONTWAIT));
    TRY("recvmsg", recvmsg(3, &message, MSG_DONTWAIT));
    TRY("io_uring", syscall(SYS_io_uring_setup, 4, malloc(512)));
}

static void processes(pid_t parent) {
    pid_t made;
    errno = 0;
    made = fork();
    if (made == 0) _exit(0);
    say("fork %d\n", made < 0 ? errno : 0);
    made = (pid_t)syscall(SYS_clone3, NULL, 0);
    say("clone3 %d\n", made < 0 ? errno : 0);
    errno = 0;
    made = (pid_t)syscall(SYS_clone, (unsigned long)SIGCHLD, 0, 0, 0, 0);
    if (made == 0) _exit(0);
    say("clone %d\n", made < 0 ? errno : 0);
    char *const none[] = {NULL};
    TRY("execve", execve("/bin/true", none, none));
    TRY("kill_parent", kill(parent, SIGTERM));
    TRY("kill_all", kill(-1, SIGTERM));
    TRY("tgkill_parent", syscall(SYS_tgkill, parent, parent, SIGTERM));
    TRY("sigqueue_parent", sigqueue(parent, SIGTERM, (union sigval){0}));
    TRY("pidfd_open", syscall(SYS_pidfd_open, parent, 0));
    TRY("ptrace", ptrace(PTRACE_ATTACH, parent, NULL, NULL));
    struct iovec here = {malloc(8), 8}, there = {(void *)4096, 8};
    TRY("process_vm_readv", process_vm_readv(parent, &here, 1, &there, 1, 0));
    struct rlimit more = {1 << 20, 1 << 20};
    TRY("prlimit_parent", prlimit(parent, RLIMIT_NOFILE, &more, NULL));
    TRY("setrlimit", setrlimit(RLIMIT_DATA, &more));
    TRY("sched", sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){0}));
}

static void kernel(void) {
    TRY("prctl_death", prctl(PR_SET_PDEATHSIG, 0));
    TRY("prctl_dumpable", prctl(PR_SET_DUMPABLE, 1));
    TRY("seccomp", syscall(SYS_seccomp, 0, 0, NULL));
    TRY("bpf", syscall(SYS_bpf, 0, NULL, 0));
    TRY("unshare", unshare(CLONE_NEWUSER));
    TRY("mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL));
    TRY("keyctl", syscall(SYS_keyctl, 0, 0, 0, 0, 0));
    TRY("perf_event_open", syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
    TRY("userfaultfd", syscall(SYS_userfaultfd, 0));
    TRY("setuid", syscall(SYS_setuid, 0));
    TRY("shmget", syscall(SYS_shmget, 0, 4096, 01600));
    TRY("rt_sigaction", syscall(SYS_rt_sigaction, SIGTERM, NULL, NULL, 8));
    void *made = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("mmap_exec %d\n", made == MAP_FAILED ? errno : 0);
    made = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("mmap_plain %d\n", made == MAP_FAILED ? errno : 0);
    TRY("mprotect_exec", mprotect(made, 4096, PROT_READ | PROT_EXEC));
    errno = 0;
    made = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("memory_beyond_limit %d\n", made == MAP_FAILED ? errno : 0);
}

int main(void) {
    char command = 0;
    pid_t parent = getppid();
    int late = socket(AF_INET, SOCK_STREAM, 0); /* made before, as by a leak */
    if (recv(3, &command, 1, 0) != 1) return 1;
    before();
    if (command == 'L') {
        int32_t abi;
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        say("landlock %d\n", jail_landlock(&abi) ? 0 : 1);
        say("abi %d\n", abi);
        TRY("open", open("/etc/passwd", O_RDONLY));
        TRY("environ", open("/proc/self/environ", O_RDONLY));
        TRY("creat", creat("/tmp/iwlua-probe", 0600));
        TRY("connect", connect(late, (struct sockaddr *)&address, sizeof address));
        TRY("kill_parent", kill(parent, 0));
    } else {
        jail_report report = jail_enter(3, 32 << 20, 10);
        say("applied %u\n", report.applied);
        files();
        network(late);
        processes(parent);
        kernel();
    }
    say("end 0\n");
    _exit(0);
}
