#include "CKernels.h"
#include "Vector.h"

// A row is summed in sixteen lanes, which are added up by halves. Source: Ba, Kiros and Hinton 2016.

GRF_INLINE void normalize(const float *x, const float *gain, const float *shift, float *y, size_t columns,
                          float epsilon, float *mean, float *scale) {
    f32x16 sum = {0}, squares = {0};
    FOR_LANES(c, n, columns, {
        f32x16 v;
        load(x + c, n, &v);
        sum += v;
    });
    float m = total(&sum) / (float)columns;
    FOR_LANES(c, n, columns, {
        f32x16 v;
        load(x + c, n, &v);
        v -= m;
        keep_first(n, &v);
        squares += v * v;
    });
    float s = 1 / __builtin_elementwise_sqrt(total(&squares) / (float)columns + epsilon);
    FOR_LANES(c, n, columns, {
        f32x16 v, g, b;
        load(x + c, n, &v);
        load(gain + c, n, &g);
        load(shift + c, n, &b);
        v = (v - m) * s * g + b;
        store(y + c, n, &v);
    });
    *mean = m;
    *scale = s;
}

GRF_INLINE void normalize_rows(const float *x, const float *gain, const float *shift, float *y, size_t rows,
                               size_t columns, float epsilon, float *mean, float *scale) {
    for (size_t r = 0; r < rows; r++)
        normalize(x + r * columns, gain, shift, y + r * columns, columns, epsilon, mean + r, scale + r);
}

// The usual widths are compiled apart, so that a row stays in registers.
KERNEL(void, grf_layer_norm, (const float *x, const float *gain, const float *shift, float *y, size_t rows,
                              size_t columns, float epsilon, float *mean, float *scale),
       (x, gain, shift, y, rows, columns, epsilon, mean, scale)) {
    if (columns == 64) normalize_rows(x, gain, shift, y, rows, 64, epsilon, mean, scale);
    else if (columns == 128) normalize_rows(x, gain, shift, y, rows, 128, epsilon, mean, scale);
    else normalize_rows(x, gain, shift, y, rows, columns, epsilon, mean, scale);
}

// With g = gain dy and n the normalized row: dx = scale (g - mean(g) - n mean(g n)).
GRF_INLINE void normalize_gradient(const float *x, const float *gain, float mean, float scale, const float *dy,
                                   float *dx, float *dgain, float *dshift, size_t columns, int adds) {
    f32x16 sum = {0}, products = {0};
    FOR_LANES(c, n, columns, {
        f32x16 v, g, d;
        load(x + c, n, &v);
        load(gain + c, n, &g);
        load(dy + c, n, &d);
        v = (v - mean) * scale;
        add_to(dshift + c, n, &d);
        g *= d;
        d *= v;
        add_to(dgain + c, n, &d);
        sum += g;
        products += g * v;
    });
    float mean_g = total(&sum) / (float)columns, mean_gn = total(&products) / (float)columns;
    FOR_LANES(c, n, columns, {
        f32x16 v, g, d;
        load(x + c, n, &v);
        load(gain + c, n, &g);
        load(dy + c, n, &d);
        v = (v - mean) * scale;
        v = scale * (g * d - mean_g - v * mean_gn);
        if (adds) add_to(dx + c, n, &v);
        else store(dx + c, n, &v);
    });
}

GRF_INLINE void normalize_gradients(const float *x, const float *gain, const float *mean, const float *scale,
                                    const float *dy, float *dx, float *dgain, float *dshift, size_t rows,
                                    size_t columns, int adds) {
    for (size_t r = 0; r < rows; r++)
        normalize_gradient(x + r * columns, gain, mean[r], scale[r], dy + r * columns, dx + r * columns, dgain, dshift,
                           columns, adds);
}

KERNEL(void, grf_layer_norm_backward, (const float *x, const float *gain, const float *mean, const float *scale,
                                       const float *dy, float *dx, float *dgain, float *dshift, size_t rows,
                                       size_t columns, int adds),
       (x, gain, mean, scale, dy, dx, dgain, dshift, rows, columns, adds)) {
    if (columns == 64) normalize_gradients(x, gain, mean, scale, dy, dx, dgain, dshift, rows, 64, adds);
    else if (columns == 128) normalize_gradients(x, gain, mean, scale, dy, dx, dgain, dshift, rows, 128, adds);
    else normalize_gradients(x, gain, mean, scale, dy, dx, dgain, dshift, rows, columns, adds);
}
