#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "Dispatch.h"

// Sixteen lanes at a time, in the compiler's own vector types: one register with AVX-512, two with AVX2, four with SSE
// or NEON. Helpers take vectors by address, because how a vector is passed by value differs between the clones; all of
// them are inlined, so no address is left.

// Multiplications and additions fuse in the files that include this, wherever the instruction set can: all clones but the
// portable one have the same bits.
#pragma STDC FP_CONTRACT ON

typedef float f32x16 __attribute__((vector_size(64)));
typedef float f32x8 __attribute__((vector_size(32)));
typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t i32x16 __attribute__((vector_size(64)));
typedef uint32_t u32x16 __attribute__((vector_size(64)));
typedef uint32_t u32x8 __attribute__((vector_size(32)));
typedef double f64x8 __attribute__((vector_size(64)));
typedef uint64_t u64x8 __attribute__((vector_size(64)));

/// In memory, where floats lie.
typedef float f32x16_memory __attribute__((vector_size(64), aligned(4), may_alias));

enum { lanes = 16 };

#define UNROLLED _Pragma("clang loop unroll(full)")

/// The first `n` lanes from memory; the others are 0.
GRF_INLINE void load(const float *p, size_t n, f32x16 *x) {
    if (n == lanes) {
        *x = *(const f32x16_memory *)p;
    } else {
        float part[lanes] = {0};
        for (size_t i = 0; i < n; i++) part[i] = p[i];
        memcpy(x, part, sizeof part);
    }
}

GRF_INLINE void store(float *p, size_t n, const f32x16 *x) {
    if (n == lanes) {
        *(f32x16_memory *)p = *x;
    } else {
        // By halves: at most four pieces of constant size.
        float part[lanes];
        memcpy(part, x, sizeof part);
        size_t done = 0;
        if (n & 8) memcpy(p, part, 32), done = 8;
        if (n & 4) memcpy(p + done, part + done, 16), done += 4;
        if (n & 2) memcpy(p + done, part + done, 8), done += 2;
        if (n & 1) p[done] = part[done];
    }
}

GRF_INLINE void add_to(float *p, size_t n, const f32x16 *x) {
    f32x16 old;
    load(p, n, &old);
    old += *x;
    store(p, n, &old);
}

/// result = mask ? a : b by lane, `mask` being all ones or all zeros.
GRF_INLINE void choose(const i32x16 *mask, const f32x16 *a, const f32x16 *b, f32x16 *result) {
    *result = (f32x16)((*mask & (i32x16)*a) | (~*mask & (i32x16)*b));
}

/// The larger of x and `bound`; NaN stays NaN.
GRF_INLINE void at_least(float bound, f32x16 *x) {
    f32x16 bounds = bound - (f32x16){0};
    i32x16 below = bounds > *x;
    choose(&below, &bounds, x, x);
}

/// The smaller of x and `bound`; NaN stays NaN.
GRF_INLINE void at_most(float bound, f32x16 *x) {
    f32x16 bounds = bound - (f32x16){0};
    i32x16 above = bounds < *x;
    choose(&above, &bounds, x, x);
}

/// The sum of all lanes, by halves.
GRF_INLINE float total(const f32x16 *x) {
    f32x8 a = __builtin_shufflevector(*x, *x, 0, 1, 2, 3, 4, 5, 6, 7) +
              __builtin_shufflevector(*x, *x, 8, 9, 10, 11, 12, 13, 14, 15);
    f32x4 b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
    return (b[0] + b[2]) + (b[1] + b[3]);
}

/// Makes all lanes but the first `n` 0.
GRF_INLINE void keep_first(size_t n, f32x16 *x) {
    const i32x16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    i32x16 wanted = lane < (int32_t)n;
    *x = (f32x16)(wanted & (i32x16)*x);
}

/// Runs the statement for every run of sixteen elements, `i` being its first and `n` the constant 16, and then for the
/// `n` elements that are left.
#define FOR_LANES(i, n, count, ...)                                                                                    \
    do {                                                                                                               \
        size_t i = 0;                                                                                                  \
        for (; i + lanes <= (count); i += lanes) {                                                                     \
            enum { n = lanes };                                                                                        \
            __VA_ARGS__;                                                                                               \
        }                                                                                                              \
        if (i < (count)) {                                                                                             \
            size_t n = (count)-i;                                                                                      \
            __VA_ARGS__;                                                                                               \
        }                                                                                                              \
    } while (0)
