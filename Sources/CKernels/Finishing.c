#include <math.h>
#include <string.h>

#include "CKernels.h"
#include "Dispatch.h"

// Narrowing from Double in one rounding. To reach sixteen bits, the value is first rounded to Float "to odd": cut off,
// and the last bit set where anything was cut. Rounding that to nearest even then gives the direct result, because
// Float has more than two bits more than either target. Source: Boldo and Melquiond 2008.

GRF_INLINE uint32_t round_to_odd(double value) {
    float nearest = (float)value;
    uint32_t bits;
    memcpy(&bits, &nearest, sizeof bits);
    double back = (double)nearest;
    uint32_t away = fabs(back) > fabs(value);  // also where it became infinite
    bits -= away;
    return bits | (back != value ? 1u : 0u);
}

GRF_INLINE uint16_t half_of(double value) {
    uint32_t bits = round_to_odd(value);
    uint32_t sign = (bits >> 16) & 0x8000u;
    uint32_t magnitude = bits & 0x7fffffffu;
    // Normal halves: rebias the exponent by 112, then round 13 bits away, ties to even.
    uint32_t normal = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
    // Subnormal halves: their unit is 2^-24, so adding 2^-1 lets the Float adder do the rounding.
    float small;
    memcpy(&small, &magnitude, sizeof small);
    small += 0.5f;
    uint32_t tiny;
    memcpy(&tiny, &small, sizeof tiny);
    uint32_t subnormal = tiny - 0x3f000000u;
    uint32_t result = magnitude < 0x38800000u ? subnormal : normal;
    return (uint16_t)(sign | (magnitude >= 0x47800000u ? 0x7c00u : result));
}

GRF_INLINE uint16_t bfloat_of(double value) {
    uint32_t bits = round_to_odd(value);
    return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

GRF_INLINE int beyond_float(float result) {
    uint32_t bits;
    memcpy(&bits, &result, sizeof bits);
    return (bits & 0x7f800000u) == 0x7f800000u;
}
GRF_INLINE float float_of(double value) { return (float)value; }
GRF_INLINE int beyond_half(uint16_t result) { return (result & 0x7c00u) == 0x7c00u; }
GRF_INLINE int beyond_bfloat(uint16_t result) { return (result & 0x7f80u) == 0x7f80u; }

// One row at a time, from the column where the tensor's piece begins. The overflow test costs one OR an element; only
// a row that failed it is searched.
#define FINISH(NAME, SOURCE, TARGET, NARROW, BEYOND)                                                                   \
    KERNEL(size_t, NAME, (const SOURCE *restrict source, TARGET *restrict target, size_t count, grf_scaling s),        \
           (source, target, count, s)) {                                                                               \
        size_t column = s.column;                                                                                      \
        for (size_t done = 0; done < count;) {                                                                         \
            size_t length = s.width - column;                                                                          \
            if (length > count - done) length = count - done;                                                          \
            const double *restrict shift = s.shift + column, *restrict scale = s.scale + column;                       \
            int any = 0;                                                                                               \
            if (s.clipped == NULL) {                                                                                   \
                for (size_t i = 0; i < length; i++) {                                                                  \
                    double value = (double)source[done + i];                                                           \
                    double result = (value - shift[i]) / scale[i];                                                     \
                    TARGET narrowed = NARROW(value - value == 0 ? result : 0);                                         \
                    target[done + i] = narrowed;                                                                       \
                    any |= BEYOND(narrowed);                                                                           \
                }                                                                                                      \
            } else {                                                                                                   \
                size_t clipped = 0;                                                                                    \
                for (size_t i = 0; i < length; i++) {                                                                  \
                    double value = (double)source[done + i];                                                           \
                    double result = value - value == 0 ? (value - shift[i]) / scale[i] : 0;                            \
                    double held = result > s.limit ? s.limit : result < -s.limit ? -s.limit : result;                  \
                    TARGET narrowed = NARROW(held);                                                                    \
                    target[done + i] = narrowed;                                                                       \
                    any |= BEYOND(narrowed);                                                                           \
                    clipped += held != result;                                                                         \
                }                                                                                                      \
                *s.clipped += clipped;                                                                                 \
            }                                                                                                          \
            if (any)                                                                                                   \
                for (size_t i = 0; i < length; i++)                                                                    \
                    if (BEYOND(target[done + i])) return done + i;                                                     \
            done += length;                                                                                            \
            column = 0;                                                                                                \
        }                                                                                                              \
        return count;                                                                                                  \
    }

FINISH(grf_finish_f32_f32, float, float, float_of, beyond_float)
FINISH(grf_finish_f32_f16, float, uint16_t, half_of, beyond_half)
FINISH(grf_finish_f32_bf16, float, uint16_t, bfloat_of, beyond_bfloat)
FINISH(grf_finish_f64_f32, double, float, float_of, beyond_float)
FINISH(grf_finish_f64_f16, double, uint16_t, half_of, beyond_half)
FINISH(grf_finish_f64_bf16, double, uint16_t, bfloat_of, beyond_bfloat)

KERNEL(void, grf_widen_f16, (const uint16_t *restrict source, float *restrict target, size_t count),
       (source, target, count)) {
    for (size_t i = 0; i < count; i++) {
        uint32_t half = source[i], magnitude = half & 0x7fffu, sign = (half & 0x8000u) << 16;
        uint32_t normal = (magnitude << 13) + 0x38000000u;
        uint32_t special = (magnitude << 13) | 0x7f800000u;
        // A subnormal half is its magnitude times 2^-24, exactly.
        float small = (float)(int32_t)magnitude * 0x1p-24f;
        uint32_t tiny;
        memcpy(&tiny, &small, sizeof tiny);
        uint32_t bits = sign | (magnitude < 0x400u ? tiny : magnitude >= 0x7c00u ? special : normal);
        memcpy(&target[i], &bits, sizeof bits);
    }
}

KERNEL(void, grf_widen_bf16, (const uint16_t *restrict source, float *restrict target, size_t count),
       (source, target, count)) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = (uint32_t)source[i] << 16;
        memcpy(&target[i], &bits, sizeof bits);
    }
}
