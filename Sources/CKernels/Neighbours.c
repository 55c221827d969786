#include "CKernels.h"
#include "Vector.h"

KERNEL(void, grf_squared_distances,
       (const double *restrict coordinates, size_t width, size_t count, size_t point, double *restrict distances),
       (coordinates, width, count, point, distances)) {
    for (size_t o = 0; o < count; o++) distances[o] = 0;
    for (size_t d = 0; d < width; d++) {
        const double *values = coordinates + d * count;
        double value = values[point];
        for (size_t o = 0; o < count; o++) distances[o] += (values[o] - value) * (values[o] - value);
    }
}

GRF_INLINE void repel(const float *x, const float *y, size_t n, float px, float py, f32x16 *fx, f32x16 *fy,
                      f32x16 *sum) {
    f32x16 dx, dy;
    load(x, n, &dx);
    load(y, n, &dy);
    dx = px - dx;
    dy = py - dy;
    f32x16 q = 1.0f / (1.0f + dx * dx + dy * dy);
    if (n < lanes) keep_first(n, &q);
    *sum += q;
    q *= q;
    *fx += q * dx;
    *fy += q * dy;
}

KERNEL(void, grf_student_repulsion, (const float *x, const float *y, size_t count, size_t first, size_t last, float *fx,
                                     float *fy, float *sums),
       (x, y, count, first, last, fx, fy, sums)) {
    for (size_t p = first; p < last; p++) {
        f32x16 forces_x = {0}, forces_y = {0}, sum = {0};
        FOR_LANES(i, n, count, repel(x + i, y + i, n, x[p], y[p], &forces_x, &forces_y, &sum));
        fx[p] = total(&forces_x);
        fy[p] = total(&forces_y);
        // Its own similarity is 1, and no force.
        sums[p] = total(&sum) - 1.0f;
    }
}
