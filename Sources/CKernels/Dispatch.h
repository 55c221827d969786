#pragma once

// One source, several instruction sets, chosen when the program is loaded.
#if defined(__x86_64__) && defined(__linux__)
#define GRF_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GRF_CLONES
#endif

#define GRF_INLINE static inline __attribute__((always_inline))
