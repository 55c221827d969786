#include "Philox.h"

GRF_INLINE void drop(const float *x, float *y, size_t n, const f32x16 *factor) {
    f32x16 v;
    load(x, n, &v);
    v *= *factor;
    store(y, n, &v);
}

KERNEL(void, grf_dropout, (const float *x, float *y, size_t count, grf_dropout_stream stream), (x, y, count, stream)) {
    FOR_DROPPED(i, n, factor, count, stream, drop(x + i, y + i, n, &factor));
}

GRF_INLINE void add_dropped(const float *x, const float *branch, float *y, size_t n, const f32x16 *factor) {
    f32x16 v, b;
    load(x, n, &v);
    load(branch, n, &b);
    v += b * *factor;
    store(y, n, &v);
}

KERNEL(void, grf_dropout_backward, (const float *dy, float *dx, size_t count, grf_dropout_stream stream),
       (dy, dx, count, stream)) {
    FOR_DROPPED(i, n, factor, count, stream, add_dropped(dx + i, dy + i, dx + i, n, &factor));
}

KERNEL(void, grf_add_dropout, (const float *x, const float *branch, float *y, size_t count, grf_dropout_stream stream),
       (x, branch, y, count, stream)) {
    FOR_DROPPED(i, n, factor, count, stream, add_dropped(x + i, branch + i, y + i, n, &factor));
}
