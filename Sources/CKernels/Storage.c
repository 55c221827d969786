#include <math.h>
#include <string.h>

#include "CKernels.h"
#include "Dispatch.h"

// A constant width lets the compiler turn the inner loop into byte interleaving.
GRF_INLINE void unshuffle(const uint8_t *restrict source, uint8_t *restrict target, size_t count, size_t width) {
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < width; k++) target[i * width + k] = source[k * count + i];
}

KERNEL(void, grf_unshuffle, (const uint8_t *source, uint8_t *target, size_t bytes, size_t width),
       (source, target, bytes, width)) {
    size_t count = bytes / width;
    if (width == 4) unshuffle(source, target, count, 4);
    else if (width == 8) unshuffle(source, target, count, 8);
    else unshuffle(source, target, count, width);
    memcpy(target + count * width, source + count * width, bytes - count * width);
}

// Columns that lie side by side on both sides are one copy a row.
GRF_INLINE int side_by_side(const size_t *sources, const size_t *targets, size_t count) {
    for (size_t k = 1; k < count; k++)
        if (sources[k] != sources[0] + k || targets[k] != targets[0] + k) return 0;
    return 1;
}

// A constant count becomes a few moves a row.
GRF_INLINE void copy_columns(const float *restrict source, size_t rows, size_t width, size_t count,
                             float *restrict target, size_t stride) {
    for (size_t r = 0; r < rows; r++, source += width, target += stride) memcpy(target, source, count * sizeof *source);
}

void grf_place_columns_f32(const float *source, size_t rows, size_t width, const size_t *sources,
                           const size_t *targets, size_t count, float *target, size_t stride) {
    if (count == 0) return;
    if (!side_by_side(sources, targets, count)) {
        for (size_t r = 0; r < rows; r++)
            for (size_t k = 0; k < count; k++) target[r * stride + targets[k]] = source[r * width + sources[k]];
        return;
    }
    source += sources[0];
    target += targets[0];
    switch (count) {
    case 1: copy_columns(source, rows, width, 1, target, stride); break;
    case 2: copy_columns(source, rows, width, 2, target, stride); break;
    case 3: copy_columns(source, rows, width, 3, target, stride); break;
    case 4: copy_columns(source, rows, width, 4, target, stride); break;
    case 5: copy_columns(source, rows, width, 5, target, stride); break;
    case 6: copy_columns(source, rows, width, 6, target, stride); break;
    case 7: copy_columns(source, rows, width, 7, target, stride); break;
    case 8: copy_columns(source, rows, width, 8, target, stride); break;
    default: copy_columns(source, rows, width, count, target, stride);
    }
}

size_t grf_place_columns_f64(const double *source, size_t rows, size_t width, const size_t *sources,
                             const size_t *targets, size_t count, float *target, size_t stride, uint32_t *overflows) {
    size_t sum = 0;
    for (size_t r = 0; r < rows; r++) {
        uint32_t overflowed = 0;
        for (size_t k = 0; k < count; k++) {
            double value = source[r * width + sources[k]];
            float narrowed = (float)value;
            target[r * stride + targets[k]] = narrowed;
            overflowed += isfinite(value) && !isfinite(narrowed);
        }
        overflows[r] += overflowed;
        sum += overflowed;
    }
    return sum;
}

KERNEL(double, grf_sum_f32, (const float *values, size_t count), (values, count)) {
    float lanes[64] = {0};
    size_t i = 0;
    for (; i + 64 <= count; i += 64)
        for (size_t k = 0; k < 64; k++) lanes[k] += values[i + k];
    double sum = 0;
    for (; i < count; i++) sum += values[i];
    for (size_t k = 0; k < 64; k++) sum += lanes[k];
    return sum;
}
