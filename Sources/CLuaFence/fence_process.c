/* A process that runs one VM in its only thread: it is interrupted by a signal that says why, from outside or by a
 * timer on its own processor time. */
#define _GNU_SOURCE
#include "fence.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

/* What is left to tell the end with, when the system has given the heap all that it gives. */
#define BALLAST (512u << 10)

bool fence_leaves_heap;
static void *ballast;
static clf_control *served;

static int process_signal(void) { return SIGRTMIN + 4; }

static void on_request(int number, siginfo_t *info, void *context) {
    (void)number;
    int reason = info->si_value.sival_int;
    if (reason > CLF_KILL_NONE && reason <= CLF_KILL_STOPPED) clf_control_kill(served, reason);
    fence_arm(context);
}

bool clf_serve_process_signal(clf_control *control) {
    clf_control_retain(control);
    served = control;
    fence_leaves_heap = true;
    if (ballast == NULL) ballast = malloc(BALLAST);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_request;
    action.sa_flags = SA_RESTART | SA_SIGINFO | SA_NODEFER; /* fence_arm may jump */
    fence_find_liblua();
    sigemptyset(&action.sa_mask);
    if (sigaction(process_signal(), &action, NULL) != 0) return false;
    clf_admit_signal(process_signal());
    return true;
}

void fence_drop_ballast(void) {
    free(ballast);
    ballast = NULL;
}

static timer_t timer;
static bool have_timer;

bool clf_make_process_timer(void) {
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = process_signal();
    event.sigev_value.sival_int = CLF_KILL_CPU;
    have_timer = timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) == 0;
    return have_timer;
}

bool clf_start_process_timer(uint64_t nanoseconds) {
    if (!have_timer) return false;
    if (nanoseconds == 0) nanoseconds = 1;
    /* Again every 4 ms, as the watchdog does: the coroutine that was armed may not be the one that goes on. */
    struct itimerspec when = {
        .it_interval = {0, 4000000},
        .it_value = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)},
    };
    return timer_settime(timer, 0, &when, NULL) == 0;
}

bool clf_signal_process(int64_t pid, int reason) {
    union sigval value;
    memset(&value, 0, sizeof value);
    value.sival_int = reason;
    return sigqueue((pid_t)pid, process_signal(), value) == 0;
}
