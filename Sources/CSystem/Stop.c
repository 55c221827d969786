#include "CSystem.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t noted;

static void note(int signal) { noted = signal; }

void grf_note_stop_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = note;
    // Whoever asks twice does not want to wait.
    action.sa_flags = SA_RESETHAND | SA_RESTART;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    // A reader that goes away does not end the work; writing to it fails.
    signal(SIGPIPE, SIG_IGN);
}

int grf_noted_stop_signal(void) { return noted; }
