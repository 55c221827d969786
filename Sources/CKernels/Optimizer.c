#include "CKernels.h"
#include "Vector.h"

// As PyTorch's `torch.optim.AdamW` orders its arithmetic.
GRF_INLINE void adamw(float *weights, const float *gradients, float *first, float *second, size_t n, grf_adamw s) {
    f32x16 w, g, m, v;
    load(weights, n, &w);
    load(gradients, n, &g);
    load(first, n, &m);
    load(second, n, &v);
    g *= s.gradient_scale;
    w *= s.shrinkage;
    m += (g - m) * s.rest1;
    v = v * s.beta2 + g * g * s.rest2;
    f32x16 root = __builtin_elementwise_sqrt(v) / s.correction2_root + s.epsilon;
    w -= s.rate * (m / root);
    store(weights, n, &w);
    store(first, n, &m);
    store(second, n, &v);
}

KERNEL(void, grf_adamw_step, (float *weights, const float *gradients, float *first, float *second, size_t count,
                              grf_adamw settings),
       (weights, gradients, first, second, count, settings)) {
    FOR_LANES(i, n, count, adamw(weights + i, gradients + i, first + i, second + i, n, settings));
}

GRF_INLINE void sum_sources(const float *const *sources, size_t sources_count, size_t i, float *target, size_t n,
                            f64x8 squares[2]) {
    f32x16 sum = {0};
    if (sources_count > 0) load(sources[0] + i, n, &sum);
    for (size_t k = 1; k < sources_count; k++) {
        f32x16 v;
        load(sources[k] + i, n, &v);
        sum += v;
    }
    store(target + i, n, &sum);
    f64x8 low = __builtin_convertvector(__builtin_shufflevector(sum, sum, 0, 1, 2, 3, 4, 5, 6, 7), f64x8);
    f64x8 high = __builtin_convertvector(__builtin_shufflevector(sum, sum, 8, 9, 10, 11, 12, 13, 14, 15), f64x8);
    squares[0] += low * low;
    squares[1] += high * high;
}

KERNEL(double, grf_sum_gradients, (const float *const *sources, size_t sources_count, float *target, size_t count),
       (sources, sources_count, target, count)) {
    f64x8 squares[2] = {{0}, {0}};
    FOR_LANES(i, n, count, sum_sources(sources, sources_count, i, target, n, squares));
    f64x8 all = squares[0] + squares[1];
    double sum = 0;
    for (int l = 0; l < 8; l++) sum += all[l];
    return sum;
}

// All ones in the exponent.
GRF_INLINE void find_nonfinite(const float *values, size_t n, i32x16 *found) {
    f32x16 v;
    load(values, n, &v);
    *found |= ((i32x16)v & 0x7f800000) == 0x7f800000;
}

KERNEL(size_t, grf_first_nonfinite, (const float *values, size_t count), (values, count)) {
    enum { run = 256 };
    for (size_t start = 0; start < count; start += run) {
        size_t length = count - start < run ? count - start : run;
        i32x16 found = {0};
        FOR_LANES(i, n, length, find_nonfinite(values + start + i, n, &found));
        uint64_t any[8], all = 0;
        memcpy(any, &found, sizeof any);
        for (int k = 0; k < 8; k++) all |= any[k];
        if (all == 0) continue;
        for (size_t i = start; i < start + length; i++) {
            uint32_t bits;
            memcpy(&bits, &values[i], sizeof bits);
            if ((bits & 0x7f800000) == 0x7f800000) return i;
        }
    }
    return count;
}
