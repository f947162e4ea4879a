/* The jail that a worker goes into before it runs anything of a script. There is no way out of it.
 *
 * Each measure is taken if the system has it, and what was taken is reported: nothing is skipped in silence. */
#ifndef CJAIL_H
#define CJAIL_H

#include <stdbool.h>
#include <stdint.h>

enum {
    JAIL_NO_NEW_PRIVILEGES = 1 << 0,
    JAIL_DEATH_SIGNAL = 1 << 1, /* dies with the thread that started it */
    JAIL_LIMITS = 1 << 2,       /* all resource limits */
    JAIL_DESCRIPTORS = 1 << 3,  /* none but 0..2 on /dev/null and the socket */
    JAIL_LANDLOCK = 1 << 4,     /* no file, and what else the kernel's ABI can forbid */
    JAIL_SECCOMP = 1 << 5,      /* system calls by an allow-list */
    JAIL_SESSION = 1 << 6,      /* a session of its own: no terminal */
};

typedef struct {
    uint32_t applied;     /* JAIL_... */
    int32_t landlock_abi; /* 0: the kernel has none */
} jail_report;

/* `socket`: the descriptor that stays usable. `memory`: bytes that the heap may grow by from now on.
 * `cpu_seconds`: more than the script may use, as a backstop; 0: no limit. Call it in the only thread. */
jail_report jail_enter(int socket, uint64_t memory, uint64_t cpu_seconds);

/* The exit status of a worker that died because the system gave it no more memory, as far as can be told. */
enum { JAIL_EXHAUSTED = 77 };
/* Before the jail: lets a crash for want of memory end with that status. */
void jail_tell_exhaustion(void);

#endif
