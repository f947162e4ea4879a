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

/* Evaluations are numbered from 1, here and in the process that sends: an interrupt for one that has ended is late, and
 * one for the next is early, for that one is on its way. */
#define NUMBER_SHIFT 16
#define NUMBERS 0x7fff

static atomic_int evaluation = 1, early;
static volatile sig_atomic_t timer_has_asked;

static void interrupt_numbered(int number, int reason) {
    int now = atomic_load(&evaluation);
    if (number == now) clf_control_interrupt(served, reason);
    else if (number == ((now + 1) & NUMBERS)) atomic_store(&early, number << NUMBER_SHIFT | reason);
}

void clf_next_evaluation(void) {
    int number = (atomic_load(&evaluation) + 1) & NUMBERS;
    clf_control_withdraw(served);
    atomic_store(&evaluation, number);
    int before = atomic_exchange(&early, 0);
    if (before != 0 && before >> NUMBER_SHIFT == number) clf_control_interrupt(served, before & KILL_MASK);
}

static void on_request(int number, siginfo_t *info, void *context) {
    (void)number;
    int asked = info->si_value.sival_int, reason = asked & KILL_MASK;
    int interrupt = asked >> INTERRUPT_SHIFT & KILL_MASK;
    if (reason > CLF_KILL_NONE && reason <= CLF_KILL_STOPPED) clf_control_kill(served, reason);
    if (interrupt > CLF_KILL_NONE && interrupt <= CLF_KILL_STOPPED) {
        /* The timer goes on; what it asked for may be done, and handlers run. */
        if (info->si_code != SI_TIMER) interrupt_numbered(asked >> NUMBER_SHIFT & NUMBERS, interrupt);
        else if (!timer_has_asked) clf_control_interrupt(served, interrupt);
        if (info->si_code == SI_TIMER) timer_has_asked = 1;
    }
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

static timer_t kill_timer, interrupt_timer;
static bool have_timers;

static bool make_timer(timer_t *timer, int value) {
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = process_signal();
    event.sigev_value.sival_int = value;
    return timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, timer) == 0;
}

bool clf_make_process_timer(void) {
    have_timers = make_timer(&kill_timer, CLF_KILL_CPU)
                  && make_timer(&interrupt_timer, CLF_KILL_CPU << INTERRUPT_SHIFT);
    return have_timers;
}

bool clf_start_process_timer(uint64_t nanoseconds, bool interrupts) {
    if (!have_timers) return false;
    if (interrupts) timer_has_asked = 0;
    /* Again every 4 ms, as the watchdog does: the coroutine that was armed may not be the one that goes on. */
    struct itimerspec when = {
        .it_interval = {0, nanoseconds > 0 ? 4000000 : 0},
        .it_value = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)},
    };
    return timer_settime(interrupts ? interrupt_timer : kill_timer, 0, &when, NULL) == 0;
}

static bool send_signal(int64_t pid, int what) {
    union sigval value;
    memset(&value, 0, sizeof value);
    value.sival_int = what;
    return sigqueue((pid_t)pid, process_signal(), value) == 0;
}

bool clf_signal_process(int64_t pid, int reason) { return send_signal(pid, reason); }
bool clf_interrupt_process(int64_t pid, int reason, uint64_t number) {
    return send_signal(pid, (int)(number & NUMBERS) << NUMBER_SHIFT | reason << INTERRUPT_SHIFT);
}
