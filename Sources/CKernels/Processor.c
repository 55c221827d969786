#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "Dispatch.h"

static const char *const names[] = {"portable", "neon", "avx2", "avx512"};

int grf_clone = clone_portable;
static int is_refused;

static int is_available(int clone) {
#if defined(__x86_64__)
    switch (clone) {
    case clone_avx512: return __builtin_cpu_supports("x86-64-v4") != 0;
    case clone_avx2: return __builtin_cpu_supports("x86-64-v3") != 0;
    default: return clone == clone_portable;
    }
#elif defined(__aarch64__)
    return clone == clone_neon;
#else
    return clone == clone_portable;
#endif
}

// Before main, so that no kernel runs earlier and none changes later.
__attribute__((constructor)) static void choose(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
#endif
    for (int clone = clone_portable; clone <= clone_avx512; clone++)
        if (is_available(clone)) grf_clone = clone;
    const char *wanted = getenv("GRF_KERNELS");
    if (wanted == NULL || *wanted == 0) return;
    is_refused = 1;
    for (int clone = clone_portable; clone <= clone_avx512; clone++)
        if (is_available(clone) && strcmp(wanted, names[clone]) == 0) {
            grf_clone = clone;
            is_refused = 0;
        }
}

const char *grf_kernels(void) { return names[grf_clone]; }

const char *grf_kernels_available(int index) {
    for (int clone = clone_portable; clone <= clone_avx512; clone++)
        if (is_available(clone) && index-- == 0) return names[clone];
    return NULL;
}

int grf_kernels_fuse(void) { return grf_clone != clone_portable; }

int grf_kernels_refused(void) { return is_refused; }
