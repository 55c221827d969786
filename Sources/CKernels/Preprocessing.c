#include <math.h>
#include <string.h>

#include "CKernels.h"
#include "Dispatch.h"

// Bit tests: they vectorise, and no compiler option can reason them away.
GRF_INLINE uint32_t bits_f32(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}
GRF_INLINE uint64_t bits_f64(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}
GRF_INLINE int finite_f32(float value) { return (bits_f32(value) & 0x7f800000u) != 0x7f800000u; }
GRF_INLINE int finite_f64(double value) {
    return (bits_f64(value) & 0x7ff0000000000000u) != 0x7ff0000000000000u;
}

KERNEL(void, grf_zero_rows, (const float *values, size_t rows, size_t width, uint8_t *flags),
       (values, rows, width, flags)) {
    for (size_t r = 0; r < rows; r++) {
        uint32_t any = 0;
        for (size_t c = 0; c < width; c++) any |= bits_f32(values[r * width + c]) << 1;
        flags[r] = any == 0;
    }
}

KERNEL(size_t, grf_finite_rows, (const float *values, size_t rows, size_t width, uint8_t *flags),
       (values, rows, width, flags)) {
    size_t broken = 0;
    for (size_t r = 0; r < rows; r++) {
        uint32_t bad = 0;
        for (size_t c = 0; c < width; c++) bad |= !finite_f32(values[r * width + c]);
        flags[r] = !bad;
        broken += bad;
    }
    return broken;
}

KERNEL(size_t, grf_finite_rows_f64, (const double *values, size_t rows, size_t width, uint8_t *flags),
       (values, rows, width, flags)) {
    size_t broken = 0;
    for (size_t r = 0; r < rows; r++) {
        uint64_t bad = 0;
        for (size_t c = 0; c < width; c++) bad |= !finite_f64(values[r * width + c]);
        flags[r] = !bad;
        broken += bad;
    }
    return broken;
}

KERNEL(void, grf_accumulate, (const float *restrict values, size_t rows, size_t width, double *restrict sums,
                              double *restrict counts),
       (values, rows, width, sums, counts)) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < width; c++) {
            float value = values[r * width + c];
            int finite = finite_f32(value);
            sums[c] += finite ? (double)value : 0;
            counts[c] += finite ? 1 : 0;
        }
}

KERNEL(void, grf_maximize, (const float *restrict values, size_t rows, size_t width, double *restrict maxima,
                            double *restrict counts),
       (values, rows, width, maxima, counts)) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < width; c++) {
            double value = (double)values[r * width + c];
            int finite = finite_f32(values[r * width + c]);
            maxima[c] = finite && value > maxima[c] ? value : maxima[c];
            counts[c] += finite ? 1 : 0;
        }
}

// The state of sixteen columns stays in registers while the rows go by: the chain of one column's updates is long, so
// sixteen of them run side by side.
enum { tile = 16 };

#define MOMENTS(NAME, TYPE, FINITE)                                                                                    \
    GRF_INLINE void NAME##_tile(const TYPE *restrict values, size_t rows, size_t width, size_t repeat, size_t first,   \
                                size_t lanes, grf_moments m) {                                                         \
        double count[tile], mean[tile], m2[tile], min[tile], max[tile], nan[tile], posinf[tile], neginf[tile];         \
        for (size_t k = 0; k < lanes; k++) {                                                                           \
            size_t c = first + k;                                                                                      \
            count[k] = m.count[c], mean[k] = m.mean[c], m2[k] = m.m2[c], min[k] = m.min[c], max[k] = m.max[c];         \
            nan[k] = m.nan[c], posinf[k] = m.posinf[c], neginf[k] = m.neginf[c];                                       \
        }                                                                                                              \
        for (size_t r = 0; r < rows; r++)                                                                              \
            for (size_t again = 0; again < repeat; again++)                                                            \
                for (size_t k = 0; k < lanes; k++) {                                                                   \
                    TYPE raw = values[r * width + first + k];                                                          \
                    int finite = FINITE(raw);                                                                          \
                    double value = finite ? (double)raw : mean[k];                                                     \
                    double delta = value - mean[k];                                                                    \
                    count[k] += finite ? 1 : 0;                                                                        \
                    mean[k] += delta / (count[k] > 0 ? count[k] : 1);                                                  \
                    m2[k] += delta * (value - mean[k]);                                                                \
                    min[k] = finite && value < min[k] ? value : min[k];                                                \
                    max[k] = finite && value > max[k] ? value : max[k];                                                \
                    nan[k] += raw != raw ? 1 : 0;                                                                      \
                    posinf[k] += !finite && raw > 0 ? 1 : 0;                                                           \
                    neginf[k] += !finite && raw < 0 ? 1 : 0;                                                           \
                }                                                                                                      \
        for (size_t k = 0; k < lanes; k++) {                                                                           \
            size_t c = first + k;                                                                                      \
            m.count[c] = count[k], m.mean[c] = mean[k], m.m2[c] = m2[k], m.min[c] = min[k], m.max[c] = max[k];         \
            m.nan[c] = nan[k], m.posinf[c] = posinf[k], m.neginf[c] = neginf[k];                                       \
        }                                                                                                              \
    }                                                                                                                  \
    KERNEL(void, NAME, (const TYPE *values, size_t rows, size_t width, size_t repeat, grf_moments m),                  \
           (values, rows, width, repeat, m)) {                                                                         \
        size_t first = 0;                                                                                              \
        for (; first + tile <= width; first += tile) NAME##_tile(values, rows, width, repeat, first, tile, m);         \
        if (first < width) NAME##_tile(values, rows, width, repeat, first, width - first, m);                          \
    }

MOMENTS(grf_moments_f32, float, finite_f32)
MOMENTS(grf_moments_f64, double, finite_f64)
