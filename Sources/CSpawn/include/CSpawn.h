/* Starting a worker, and what only the kernel knows of it. */
#ifndef CSPAWN_H
#define CSPAWN_H

#include <stdint.h>
#include <sys/types.h>

/* The descriptor on which a worker finds its socket. */
enum { SPAWN_SOCKET = 3 };

/* Starts `path` in a session of its own, with an empty environment, a clean signal mask, /dev/null as 0, 1 and 2, one
 * end of a new stream socket pair as descriptor 3, and nothing else. Call it from one permanent thread: the worker's
 * parent-death signal follows the thread that has started it. Returns 0 or an errno; `socket` is the other end. */
int spawn_worker(const char *path, int *socket, pid_t *pid);

/* Processor time of a process that has not been waited for, in nanoseconds; UINT64_MAX if the kernel does not say. */
uint64_t spawn_processor_time(pid_t pid);

/* Waits for the end without collecting it: the number stays the worker's until spawn_wait(). */
void spawn_await(pid_t pid);

/* Waits for the end. Returns the exit status, or minus the number of the signal; INT32_MIN if somebody else has
 * collected it. */
int32_t spawn_wait(pid_t pid);

#endif
