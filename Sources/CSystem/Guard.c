#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
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

enum { page_bytes = 4096, path_bytes = 4000 };

// What child and parent share: what is being read, and whether a call into the library is under way.
typedef struct {
    char path[path_bytes];
    volatile int is_inside;
} shared_page;
_Static_assert(sizeof(shared_page) <= page_bytes, "one page is shared");

static shared_page *page;
static volatile pid_t guarded;

static void pass_on(int number) {
    if (guarded > 0) kill(guarded, number);
}

static int is_child;

// Odd inside a call.
static volatile unsigned calls;
enum { tick_milliseconds = 200, least_ticks = 3, bytes_per_tick = 4 << 20 };

// Of all files that were opened.
static size_t file_bytes;

static void on_tick(int number) {
    static unsigned last;
    static int ticks;
    (void)number;
    unsigned now = calls;
    if (now % 2 == 0 || now != last) {
        last = now;
        ticks = 0;
    } else if ((size_t)++ticks >= least_ticks + file_bytes / bytes_per_tick) {
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

#if defined(__linux__)
// The limit that the process began with.
static struct rlimit given_memory;

// What the process has now, as RLIMIT_DATA counts it; 0 where that is not known.
static rlim_t data_bytes(void) {
    char text[256];
    unsigned long pages = 0;
    int descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return 0;
    ssize_t count = read(descriptor, text, sizeof text - 1);
    close(descriptor);
    if (count <= 0) return 0;
    text[count] = 0;
    if (sscanf(text, "%*u %*u %*u %*u %*u %lu", &pages) != 1) return 0;
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void set_memory(rlim_t bytes) {
    struct rlimit limit = given_memory;
    if (limit.rlim_cur == RLIM_INFINITY || bytes < limit.rlim_cur) limit.rlim_cur = bytes;
    setrlimit(RLIMIT_DATA, &limit);
}
#endif

void grf_guard_allow_file(size_t bytes) {
    file_bytes = bytes > SIZE_MAX - file_bytes ? SIZE_MAX : file_bytes + bytes;
}

static int depth;

void grf_guard_enter_library(size_t least, size_t per_byte) {
    if (!is_child || depth++ > 0) return;
    page->is_inside = 1;
#if defined(__linux__)
    rlim_t data = data_bytes();
    rlim_t room = file_bytes > (SIZE_MAX >> 1) / per_byte ? SIZE_MAX >> 1 : file_bytes * per_byte;
    if (data > 0 && getrlimit(RLIMIT_DATA, &given_memory) == 0) set_memory(data + least + room);
#else
    (void)least, (void)per_byte;
#endif
}

void grf_guard_leave_library(void) {
    if (!is_child || --depth > 0) return;
#if defined(__linux__)
    setrlimit(RLIMIT_DATA, &given_memory);
#endif
    page->is_inside = 0;
}

int grf_guard_was_inside(void) { return page && page->is_inside; }

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
    if (page) strncpy(page->path, text, path_bytes - 1);
}

const char *grf_guard_noted(void) { return page ? page->path : ""; }

void grf_ignore_file_size_signal(void) { signal(SIGXFSZ, SIG_IGN); }
