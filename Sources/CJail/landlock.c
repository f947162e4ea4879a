/* Landlock by its system calls: older headers know only a part of the rights, and the kernel says what it has. */
#define _GNU_SOURCE
#include "jail_parts.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

typedef struct { uint64_t files, net, scoped; } ruleset;

bool jail_landlock(int32_t *abi) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u);
    *abi = version > 0 ? (int32_t)version : 0;
    if (version < 1) return false;
    /* Every right that is named and given to nobody is forbidden. ABI 2 adds linking, 3 truncation, 5 ioctl. */
    ruleset rights = {(1u << 13) - 1, 0, 0};
    size_t size = 8;
    if (version >= 2) rights.files |= 1u << 13;
    if (version >= 3) rights.files |= 1u << 14;
    if (version >= 5) rights.files |= 1u << 15;
    if (version >= 4) {
        rights.net = 3; /* bind and connect TCP */
        size = 16;
    }
    if (version >= 6) {
        rights.scoped = 3; /* abstract sockets, signals */
        size = sizeof rights;
    }
    int rules = (int)syscall(SYS_landlock_create_ruleset, &rights, size, 0u);
    if (rules < 0) return false;
    bool done = syscall(SYS_landlock_restrict_self, rules, 0u) == 0;
    close(rules);
    return done;
}
