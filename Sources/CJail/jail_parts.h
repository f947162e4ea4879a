#ifndef JAIL_PARTS_H
#define JAIL_PARTS_H

#include <stdbool.h>
#include <stdint.h>

/* True if no file, no TCP port and (from ABI 6) no process outside can be reached through what Landlock governs. */
bool jail_landlock(int32_t *abi);
/* True if the allow-list is in force. */
bool jail_seccomp(int socket);

#endif
