#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
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

pid_t grf_guard_fork(void) {
    if (!page) {
        void *shared = mmap(NULL, page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED) return -1;
        page = shared;
    }
    pid_t parent = getpid();
    pid_t child = fork();
    if (child != 0) return child;
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
#else
    (void)parent;
#endif
    // Swift's runtime would print pages about a crash that is not ours. Its own traps (SIGILL, SIGTRAP) stay with it.
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) signal(crashes[i], SIG_DFL);
    return 0;
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
