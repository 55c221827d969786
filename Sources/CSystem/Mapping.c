#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CSystem.h"

enum { slots = 4096, name_bytes = 240 };

typedef struct {
    _Atomic(uintptr_t) start;  // 0: free; 1: being filled
    size_t length;
    char name[name_bytes];
} watched;

static watched table[slots];
static atomic_flag installed = ATOMIC_FLAG_INIT;

static void say(const char *text) {
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

// Only async-signal-safe calls: write, strlen, _exit, signal, raise.
static void on_bus_error(int number, siginfo_t *info, void *context) {
    (void)context;
    uintptr_t address = (uintptr_t)info->si_addr;
    for (int slot = 0; slot < slots; slot++) {
        uintptr_t start = atomic_load(&table[slot].start);
        if (start <= 1 || address < start || address - start >= table[slot].length) continue;
#if defined(__linux__)
        say(program_invocation_short_name);
        say(": ");
#endif
        say("error: ");
        say(table[slot].name);
        say(": the file was cut short, or its disk failed, while it was being read: restore it and try again\n");
        _exit(1);
    }
    signal(number, SIG_DFL);
    raise(number);
}

int grf_watch_mapping(const void *start, size_t length, const char *name) {
    if (!atomic_flag_test_and_set(&installed)) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_sigaction = on_bus_error;
        action.sa_flags = SA_SIGINFO;
        sigemptyset(&action.sa_mask);
        sigaction(SIGBUS, &action, NULL);
    }
    for (int slot = 0; slot < slots; slot++) {
        uintptr_t free = 0;
        if (!atomic_compare_exchange_strong(&table[slot].start, &free, 1)) continue;
        table[slot].length = length;
        strncpy(table[slot].name, name, name_bytes - 1);
        atomic_store(&table[slot].start, (uintptr_t)start);
        return slot;
    }
    return -1;
}

void grf_unwatch_mapping(int slot) {
    if (slot >= 0) atomic_store(&table[slot].start, 0);
}

int grf_will_need(const void *start, size_t length) {
    if (length == 0) return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = (uintptr_t)start & ~(page - 1), end = (uintptr_t)start + length;
    // Linux fetches no more for one call than the device's readahead, often 128 KiB.
    enum { step = 128 * 1024 };
    for (; from < end; from += step) {
        size_t count = end - from < step ? end - from : step;
        if (madvise((void *)from, count, MADV_WILLNEED) != 0) return -1;
    }
    return 0;
}

void grf_touch_pages(const void *start, size_t length) {
    if (length == 0) return;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = (uintptr_t)start, end = from + length;
    for (; from < end; from = (from & ~(page - 1)) + page) (void)*(const volatile unsigned char *)from;
}
