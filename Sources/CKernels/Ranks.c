#include <string.h>

#include "CKernels.h"
#include "Dispatch.h"

// Keys that sort as the numbers do: the sign bit of a positive number is set, all bits of a negative one are flipped.

GRF_INLINE uint64_t key_f32(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits ^ (bits >> 31 ? 0xffffffffu : 0x80000000u);
}
GRF_INLINE uint64_t key_f64(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits ^ (bits >> 63 ? UINT64_MAX : UINT64_C(1) << 63);
}

// Increments at random places do not vectorise: there is nothing to pick by the CPU here.
#define COUNT_DIGITS(NAME, TYPE, KEY)                                                                                  \
    void NAME(const TYPE *values, size_t rows, size_t width, const uint8_t *valid, unsigned shift, unsigned bits,      \
              const uint64_t *prefixes, size_t prefix_count, uint64_t *counts) {                                       \
        uint64_t mask = (UINT64_C(1) << bits) - 1;                                                                     \
        for (size_t r = 0; r < rows; r++) {                                                                            \
            TYPE value = values[r * width];                                                                            \
            if (value - value != 0 || (valid && !valid[r])) continue;                                                  \
            uint64_t key = KEY(value) >> shift, prefix = key >> bits;                                                  \
            for (size_t p = 0; p < prefix_count; p++)                                                                  \
                if (prefixes[p] == prefix) {                                                                           \
                    counts[p << bits | (key & mask)]++;                                                                \
                    break;                                                                                             \
                }                                                                                                      \
        }                                                                                                              \
    }

COUNT_DIGITS(grf_count_digits_f32, float, key_f32)
COUNT_DIGITS(grf_count_digits_f64, double, key_f64)
