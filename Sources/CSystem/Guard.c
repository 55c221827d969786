#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include "CSystem.h"

enum { page_bytes = 4096 };

static char *page;
static volatile pid_t guarded;

static void pass_on(int number) {
    if (guarded > 0) kill(guarded, number);
}

static int is_child;

// Odd inside a call.
static volatile unsigned calls;
enum { tick_milliseconds = 200, greatest_ticks = 3 };

static void on_tick(int number) {
    static unsigned last;
    static int ticks;
    (void)number;
    unsigned now = calls;
    if (now % 2 == 0 || now != last) {
        last = now;
        ticks = 0;
    } else if (++ticks >= greatest_ticks) {
        kill(getpid(), SIGXCPU);
    }
}

// A timer that runs while this thread does.
static void watch_calls(void) {
#if defined(__linux__)
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_tick;
    action.sa_flags = SA_RESTART;
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGPROF;
    struct itimerspec every;
    every.it_interval.tv_sec = every.it_value.tv_sec = 0;
    every.it_interval.tv_nsec = every.it_value.tv_nsec = tick_milliseconds * 1000000L;
    timer_t timer;
    if (sigaction(SIGPROF, &action, NULL) == 0 && timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) == 0)
        timer_settime(timer, 0, &every, NULL);
#endif
}

void grf_guard_begin_call(void) { calls = calls | 1; }
void grf_guard_end_call(void) { calls = (calls | 1) + 1; }

static void set_memory(rlim_t bytes) {
#if defined(__linux__)
    struct rlimit limit;
    if (getrlimit(RLIMIT_DATA, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max != RLIM_INFINITY && bytes > limit.rlim_max ? limit.rlim_max : bytes;
    setrlimit(RLIMIT_DATA, &limit);
#else
    (void)bytes;
#endif
}

static rlim_t memory;

void grf_guard_limit_memory(size_t bytes) {
    if (is_child) set_memory(memory = bytes);
}

void grf_guard_allow_memory(size_t bytes) {
    if (is_child && memory > 0) set_memory(memory += bytes);
}

// How a child knows itself: the variable holds the number of the descriptor that it shares with its parent and the
// parent's process id.
static const char variable[] = "GRF_GUARD";

int grf_guard_is_child(void) {
    if (is_child) return 1;
#if defined(__linux__)
    const char *value = getenv(variable);
    int descriptor;
    long parent;
    if (!value || sscanf(value, "%d:%ld", &descriptor, &parent) != 2) return 0;
    void *shared = mmap(NULL, page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    unsetenv(variable);
    if (shared == MAP_FAILED) return 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != (pid_t)parent) _exit(1);
    page = shared;
    is_child = 1;
    watch_calls();
    // Swift's runtime would print pages about a crash that is not ours. Its own traps (SIGILL, SIGTRAP) stay with it.
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) signal(crashes[i], SIG_DFL);
#endif
    return is_child;
}

pid_t grf_guard_spawn(char *const *arguments) {
#if defined(__linux__)
    int descriptor = memfd_create("grf-guard", 0);
    if (descriptor < 0) return -1;
    pid_t child = -1;
    void *shared = MAP_FAILED;
    char value[64];
    snprintf(value, sizeof value, "%d:%ld", descriptor, (long)getpid());
    if (ftruncate(descriptor, page_bytes) == 0)
        shared = mmap(NULL, page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (shared != MAP_FAILED && setenv(variable, value, 1) == 0) {
        page = shared;
        if (posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environ) != 0) child = -1;
        unsetenv(variable);
    }
    close(descriptor);
    return child;
#else
    (void)arguments;
    return -1;
#endif
}

int grf_guard_wait(pid_t child) {
    guarded = child;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = pass_on;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGINT, &action, NULL);  // a terminal sends it to both, which does no harm
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return 1;
    guarded = 0;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void grf_guard_note(const char *text) {
    if (page) strncpy(page, text, page_bytes - 1);
}

const char *grf_guard_noted(void) { return page ? page : ""; }

void grf_ignore_file_size_signal(void) { signal(SIGXFSZ, SIG_IGN); }
