#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include "CSystem.h"

pid_t grf_child_start(const char *program, char *const *arguments, const char *output) {
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int log = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int failure[2] = {-1, -1};
    pid_t child = -1;
    if (null >= 0 && log >= 0 && pipe(failure) == 0) {
        fcntl(failure[0], F_SETFD, FD_CLOEXEC);
        fcntl(failure[1], F_SETFD, FD_CLOEXEC);
        pid_t parent = getpid();
        child = fork();
        if (child == 0) {
            // Only what is safe in the child of a process with threads, until there is a new image.
            setpgid(0, 0);
#if defined(__linux__)
            prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
            if (getppid() != parent) _exit(1);
            sigset_t none;
            sigemptyset(&none);
            sigprocmask(SIG_SETMASK, &none, NULL);
            // What a shell told the parent to ignore, a child that is to be stopped must not.
            signal(SIGINT, SIG_DFL);
            signal(SIGTERM, SIG_DFL);
            if (dup2(null, 0) == 0 && dup2(log, 1) == 1 && dup2(log, 2) == 2) execv(program, arguments);
            int code = errno;
            ssize_t written = write(failure[1], &code, sizeof code);
            (void)written;
            _exit(127);
        }
    }
    int code = errno;
    if (failure[1] >= 0) close(failure[1]);
    if (child > 0) {
        int reason;
        ssize_t count;
        do count = read(failure[0], &reason, sizeof reason);
        while (count < 0 && errno == EINTR);
        if (count == (ssize_t)sizeof reason) {
            while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
            child = -1;
            code = reason;
        }
    }
    if (failure[0] >= 0) close(failure[0]);
    if (null >= 0) close(null);
    if (log >= 0) close(log);
    errno = code;
    return child;
}

int grf_child_ended(pid_t child, int *status) {
    int found;
    pid_t ended;
    do ended = waitpid(child, &found, WNOHANG);
    while (ended < 0 && errno == EINTR);
    if (ended == 0) return 0;
    *status = ended < 0 ? 1 : WIFSIGNALED(found) ? -WTERMSIG(found) : WEXITSTATUS(found);
    return 1;
}

void grf_child_stop(pid_t child) { kill(child, SIGTERM); }
void grf_child_kill(pid_t child) { kill(child, SIGKILL); }
