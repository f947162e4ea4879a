/* Starting a worker or a command, and what only the kernel knows of it. */
#ifndef CSPAWN_H
#define CSPAWN_H

#include <stddef.h>
#include <stdbool.h>
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

/* What spawn_wait_at_most() returns for a command that was out of time. */
enum { SPAWN_OUT_OF_TIME = INT32_MIN + 1 };

/* Starts a program in a session of its own, at "/", with a clean signal mask and no open files but these: `input` to
 * read on 0, /dev/null as 1, and `errors` as 2, or /dev/null if it is negative. Returns 0 or an errno. */
int spawn_command(
    const char *path, char *const arguments[], char *const environment[], const void *input, size_t length, int errors,
    pid_t *pid);

/* Starts a program of the person's own, which may ask him something on his terminal: in this session and folder, with
 * `environment`, a clean signal mask, /dev/null to read on 0, `output` as 1, this process's own 2, and nothing else. Returns 0
 * or an errno. */
int spawn_helper(const char *path, char *const arguments[], char *const environment[], int output, pid_t *pid);

/* Whether it has ended; does not collect it. */
bool spawn_has_ended(pid_t pid);

/* Waits for its end, as spawn_wait() does; out of time, it is killed with its whole group. */
int32_t spawn_wait_at_most(pid_t pid, int64_t milliseconds);

/* No core file of this process and of those that it starts, and nobody of the same user looks into its memory: there are
 * keys in it. Does nothing where a sanitizer is built in: that looks in itself when it searches for leaks. */
void spawn_hide_memory(void);

#endif
