#include <math.h>
#include <string.h>

#include "CKernels.h"
#include "Dispatch.h"

// A constant width lets the compiler turn the inner loop into byte interleaving.
GRF_INLINE void unshuffle(const uint8_t *restrict source, uint8_t *restrict target, size_t count, size_t width) {
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < width; k++) target[i * width + k] = source[k * count + i];
}

GRF_CLONES void grf_unshuffle(const uint8_t *source, uint8_t *target, size_t bytes, size_t width) {
    size_t count = bytes / width;
    if (width == 4) unshuffle(source, target, count, 4);
    else if (width == 8) unshuffle(source, target, count, 8);
    else unshuffle(source, target, count, width);
    memcpy(target + count * width, source + count * width, bytes - count * width);
}

GRF_INLINE float narrow(double value, size_t *overflows) {
    float result = (float)value;
    *overflows += isfinite(value) && !isfinite(result);
    return result;
}

GRF_CLONES size_t grf_narrow_f64(const double *source, float *target, size_t count) {
    size_t overflows = 0;
    for (size_t i = 0; i < count; i++) target[i] = narrow(source[i], &overflows);
    return overflows;
}

void grf_gather_columns_f32(const float *source, size_t rows, size_t width, const size_t *columns, size_t selected,
                            float *target, size_t stride, size_t first) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < selected; c++) target[r * stride + first + c] = source[r * width + columns[c]];
}

size_t grf_gather_columns_f64(const double *source, size_t rows, size_t width, const size_t *columns, size_t selected,
                              float *target, size_t stride, size_t first) {
    size_t overflows = 0;
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < selected; c++)
            target[r * stride + first + c] = narrow(source[r * width + columns[c]], &overflows);
    return overflows;
}

GRF_CLONES double grf_sum_f32(const float *values, size_t count) {
    float lanes[64] = {0};
    size_t i = 0;
    for (; i + 64 <= count; i += 64)
        for (size_t k = 0; k < 64; k++) lanes[k] += values[i + k];
    double sum = 0;
    for (; i < count; i++) sum += values[i];
    for (size_t k = 0; k < 64; k++) sum += lanes[k];
    return sum;
}
