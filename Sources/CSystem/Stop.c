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
    const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction before;
        // A shell may have started the program in the background, to be left alone.
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN) continue;
        sigaction(signals[i], &action, NULL);
    }
    // A reader that goes away does not end the work; writing to it fails.
    signal(SIGPIPE, SIG_IGN);
}

int grf_noted_stop_signal(void) { return noted; }
