/* What a script could do that has taken its worker over: this program goes into the same jail, tries everything, and
 * says over the socket how each attempt ended: "name errno", 0 for success. With arguments it starts the program that
 * they name on a system without seccomp or Landlock (lacking.c). For the tests only. */
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
#include <time.h>
#include <unistd.h>

bool jail_landlock(int32_t *abi);
int run_lacking(char *const arguments[]);
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
    TRY("ioctl_socket", ioctl(3, FIONBIO, &(int){1}));
    TRY("fcntl", fcntl(3, F_SETOWN, getppid()));
    TRY("fcntl_dup", fcntl(3, F_DUPFD, 100));
    TRY("close", close(3));
    TRY("write_socket", write(3, "x", 1));
    TRY("read_socket", read(3, malloc(1), 1));
    TRY("pipe", pipe((int[2]){0}));
    TRY("eventfd", syscall(SYS_eventfd2, 0, 0));
    TRY("epoll", syscall(SYS_epoll_create1, 0));
    TRY("inotify", syscall(SYS_inotify_init1, 0));
    TRY("fanotify", syscall(SYS_fanotify_init, 0, 0));
    TRY("name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, "/etc/passwd", malloc(512), malloc(8), 0));
    TRY("open_by_handle_at", syscall(SYS_open_by_handle_at, AT_FDCWD, malloc(512), O_RDONLY));
    TRY("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/", 0));
    TRY("sendfile", syscall(SYS_sendfile, 3, 0, NULL, 1));
    TRY("splice", syscall(SYS_splice, 0, NULL, 3, NULL, 1, 0));
    TRY("statx", syscall(SYS_statx, AT_FDCWD, "/etc/passwd", 0, 0xfff, malloc(512)));
    TRY("access", access("/etc/passwd", R_OK));
    TRY("getcwd", syscall(SYS_getcwd, malloc(512), 512));
    TRY("mmap_socket", mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0) == MAP_FAILED ? -1 : 0);
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
    TRY("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){0}));
    TRY("send_other", send(late, "x", 1, MSG_NOSIGNAL));
    TRY("recv_other", recv(late, malloc(1), 1, MSG_DONTWAIT));
    TRY("sendto_address", sendto(3, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address));
    TRY("recvfrom_address",
        recvfrom(3, malloc(1), 1, MSG_DONTWAIT, malloc(sizeof address), &(socklen_t){sizeof address}));
    TRY("sendmmsg", syscall(SYS_sendmmsg, 3, &message, 1, MSG_DONTWAIT));
    TRY("shutdown", shutdown(3, SHUT_RDWR));
    TRY("accept", accept(late, NULL, NULL));
    TRY("getsockopt", getsockopt(3, SOL_SOCKET, SO_PEERCRED, malloc(64), &(socklen_t){64}));
    TRY("setsockopt", setsockopt(3, SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)));
    TRY("io_uring_enter", syscall(SYS_io_uring_enter, 3, 1, 0, 0, NULL));
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
    TRY("execveat", syscall(SYS_execveat, AT_FDCWD, "/bin/true", none, none, 0));
    /* Without a new stack: as a thread it would go on here. It is refused, or the probe does not come to its end. */
    errno = 0;
    made = (pid_t)syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
    if (made == 0) _exit(0);
    say("vfork %d\n", made < 0 ? errno : 0);
    TRY("setsid", setsid());
    TRY("setpgid", setpgid(0, parent));
    TRY("wait", syscall(SYS_wait4, -1, NULL, WNOHANG, NULL));
    TRY("getppid", syscall(SYS_getppid));
    TRY("kill_parent", kill(parent, SIGTERM));
    TRY("kill_all", kill(-1, SIGTERM));
    TRY("kill_group", kill(0, SIGTERM));
    TRY("kill_itself", kill(getpid(), 0));
    TRY("tkill_parent", syscall(SYS_tkill, parent, SIGTERM));
    TRY("tgkill_any", syscall(SYS_tgkill, -1, parent, SIGTERM));
    TRY("tgsigqueue_parent", syscall(SYS_rt_tgsigqueueinfo, parent, parent, SIGTERM, malloc(128)));
    TRY("pidfd_send_signal", syscall(SYS_pidfd_send_signal, 3, SIGTERM, NULL, 0));
    TRY("pidfd_getfd", syscall(SYS_pidfd_getfd, 3, 0, 0));
    TRY("kcmp", syscall(SYS_kcmp, parent, parent, 0, 0, 0));
    TRY("ptrace_me", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    TRY("setitimer", syscall(SYS_setitimer, 0, NULL, NULL));
    TRY("timer_create", syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, malloc(8)));
    TRY("tgkill_parent", syscall(SYS_tgkill, parent, parent, SIGTERM));
    TRY("sigqueue_parent", sigqueue(parent, SIGTERM, (union sigval){0}));
    TRY("pidfd_open", syscall(SYS_pidfd_open, parent, 0));
    TRY("ptrace", ptrace(PTRACE_ATTACH, parent, NULL, NULL));
    struct iovec here = {malloc(8), 8}, there = {(void *)4096, 8};
    TRY("process_vm_readv", process_vm_readv(parent, &here, 1, &there, 1, 0));
    TRY("process_vm_writev", process_vm_writev(parent, &here, 1, &there, 1, 0));
    TRY("process_madvise", syscall(SYS_process_madvise, 3, &here, 1, MADV_DONTNEED, 0));
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
    TRY("add_key", syscall(SYS_add_key, "user", "x", "y", 1, -3));
    TRY("request_key", syscall(SYS_request_key, "user", "x", NULL, -3));
    TRY("personality", syscall(SYS_personality, 0x0400000));
    TRY("prctl_name", prctl(PR_SET_NAME, "x"));
    TRY("prctl_tsc", prctl(PR_SET_TSC, PR_TSC_SIGSEGV));
    TRY("setns", syscall(SYS_setns, 3, 0));
    TRY("pivot_root", syscall(SYS_pivot_root, "/", "/"));
    TRY("init_module", syscall(SYS_init_module, NULL, 0, ""));
    TRY("reboot", syscall(SYS_reboot, 0, 0, 0, NULL));
    TRY("clock_settime", syscall(SYS_clock_settime, CLOCK_REALTIME, malloc(16)));
    TRY("sysinfo", syscall(SYS_sysinfo, malloc(512)));
    TRY("uname", syscall(SYS_uname, malloc(512)));
    TRY("mlockall", syscall(SYS_mlockall, 1));
    TRY("memfd_secret", syscall(447, 0));
    TRY("landlock", syscall(444, NULL, 0, 1));
    TRY("setuid", syscall(SYS_setuid, 0));
    TRY("shmget", syscall(SYS_shmget, 0, 4096, 01600));
    TRY("rt_sigaction", syscall(SYS_rt_sigaction, SIGTERM, NULL, NULL, 8));
    void *made = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("mmap_exec %d\n", made == MAP_FAILED ? errno : 0);
    made = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("mmap_plain %d\n", made == MAP_FAILED ? errno : 0);
    TRY("pkey_mprotect_exec", syscall(SYS_pkey_mprotect, made, 4096, PROT_READ | PROT_EXEC, -1));
    TRY("remap_file_pages", syscall(SYS_remap_file_pages, made, 4096, 0, 0, 0));
    TRY("mprotect_exec", mprotect(made, 4096, PROT_READ | PROT_EXEC));
    errno = 0;
    made = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("memory_beyond_limit %d\n", made == MAP_FAILED ? errno : 0);
}

int main(int count, char *arguments[]) {
    if (count > 1) return run_lacking(arguments + 1);
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
