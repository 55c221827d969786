#include "Exponential.h"
#include "Philox.h"

// dx = gradient, or dx += gradient.
GRF_INLINE void give(float *dx, size_t n, int adds, const f32x16 *gradient) {
    if (adds) add_to(dx, n, gradient);
    else store(dx, n, gradient);
}

// MARK: GELU

// a = |x| and the normal distribution's tail Phi(-a) as 2 to a polynomial in a; the error of a Phi(-a) is at most
// 1.5e-8. The bound on a lies where the tail has long become 0.
GRF_INLINE void normal_tail(const f32x16 *x, f32x16 *a, f32x16 *tail) {
    *a = (f32x16)((i32x16)*x & 0x7fffffff);
    at_most(16, a);
    f32x16 b = *a;
    f32x16 e = b * -2.275865878551509e-6f + 3.296794493777102e-5f;
    e = e * b + -1.572784398360667e-4f;
    e = e * b + -2.0247979581587328e-4f;
    e = e * b + 7.1427830260318605e-3f;
    e = e * b + -5.254643702702281e-2f;
    e = e * b + -4.59193056866363e-1f;
    e = e * b + -1.15110694127144f;
    e = e * b + -0.9999999590154199f;
    exp2_bounded(&e);
    *tail = e;
}

// f for a negative x, 1 - f for any other: how a function f of -|x| becomes one of x.
GRF_INLINE void reflect(const f32x16 *x, f32x16 *f) {
    i32x16 negative = *x < 0;
    f32x16 reflected = 1 - *f;
    choose(&negative, f, &reflected, f);
}

// x Phi(x) = max(x, 0) - |x| Phi(-|x|).
GRF_INLINE void gelu(const float *x, float *y, size_t n, const f32x16 *factor) {
    f32x16 v, a, tail;
    load(x, n, &v);
    normal_tail(&v, &a, &tail);
    at_least(0, &v);
    v = (v - a * tail) * *factor;
    store(y, n, &v);
}

KERNEL(void, grf_gelu_dropout, (const float *x, float *y, size_t count, grf_dropout_stream stream),
       (x, y, count, stream)) {
    FOR_DROPPED(i, n, factor, count, stream, gelu(x + i, y + i, n, &factor));
}

// The derivative at -a, Phi(-a) - a phi(a), is the tail times a polynomial in a; error at most 6e-8. The tail serves both.
GRF_INLINE void gelu_gradient(const float *x, const float *dy, float *dx, float *y, size_t n, const f32x16 *factor) {
    f32x16 v, a, tail, d;
    load(x, n, &v);
    load(dy, n, &d);
    normal_tail(&v, &a, &tail);
    f32x16 q = a * -1.0960333970064074e-5f + 1.4025823780396796e-4f;
    q = q * a + -5.618113843181014e-4f;
    q = q * a + -9.198589546111617e-4f;
    q = q * a + 2.0079827083837924e-2f;
    q = q * a + -1.0944936988648808e-1f;
    q = q * a + -6.365203243124709e-1f;
    q = q * a + -7.978928444333492e-1f;
    q = q * a + 1.000000109070233f;
    q *= tail;
    reflect(&v, &q);
    d = d * *factor * q;
    at_least(0, &v);
    v = (v - a * tail) * *factor;
    store(dx, n, &d);
    store(y, n, &v);
}

KERNEL(void, grf_gelu_dropout_backward, (const float *x, const float *dy, float *dx, float *y, size_t count,
                                         grf_dropout_stream stream),
       (x, dy, dx, y, count, stream)) {
    FOR_DROPPED(i, n, factor, count, stream, gelu_gradient(x + i, dy + i, dx + i, y + i, n, &factor));
}

// MARK: ReLU

GRF_INLINE void relu(const float *x, float *y, size_t n, const f32x16 *factor) {
    f32x16 v;
    load(x, n, &v);
    at_least(0, &v);
    v *= *factor;
    store(y, n, &v);
}

KERNEL(void, grf_relu_dropout, (const float *x, float *y, size_t count, grf_dropout_stream stream),
       (x, y, count, stream)) {
    FOR_DROPPED(i, n, factor, count, stream, relu(x + i, y + i, n, &factor));
}

// A NaN among the arguments has the gradient NaN.
GRF_INLINE void relu_gradient(const float *x, const float *dy, float *dx, float *y, size_t n, const f32x16 *factor) {
    f32x16 v, d;
    load(x, n, &v);
    load(dy, n, &d);
    i32x16 positive = v > 0, number = v == v;
    d *= *factor;
    d = (f32x16)(positive & (i32x16)d);
    choose(&number, &d, &v, &d);
    at_least(0, &v);
    v *= *factor;
    store(dx, n, &d);
    store(y, n, &v);
}

KERNEL(void, grf_relu_dropout_backward, (const float *x, const float *dy, float *dx, float *y, size_t count,
                                         grf_dropout_stream stream),
       (x, dy, dx, y, count, stream)) {
    FOR_DROPPED(i, n, factor, count, stream, relu_gradient(x + i, dy + i, dx + i, y + i, n, &factor));
}

// MARK: Sigmoid

GRF_INLINE void sigmoid(const float *x, float *y, size_t n) {
    f32x16 v;
    load(x, n, &v);
    v = -v;
    exponential(&v);
    v = 1 / (1 + v);
    store(y, n, &v);
}

KERNEL(void, grf_sigmoid, (const float *x, float *y, size_t count), (x, y, count)) {
    FOR_LANES(i, n, count, sigmoid(x + i, y + i, n));
}

GRF_INLINE void sigmoid_gradient(const float *y, const float *dy, float *dx, size_t n, int adds) {
    f32x16 v, d;
    load(y, n, &v);
    load(dy, n, &d);
    d = d * (v * (1 - v));
    give(dx, n, adds, &d);
}

KERNEL(void, grf_sigmoid_backward, (const float *y, const float *dy, float *dx, size_t count, int adds),
       (y, dy, dx, count, adds)) {
    FOR_LANES(i, n, count, sigmoid_gradient(y + i, dy + i, dx + i, n, adds));
}

// MARK: Tanh

// 1 - 2 / (e^2x + 1), and near 0, where that would lose digits, an odd polynomial with relative error 5e-9.
GRF_INLINE void hyperbolic_tangent(const float *x, float *y, size_t n) {
    f32x16 v;
    load(x, n, &v);
    f32x16 far = 2 * v;
    exponential(&far);
    far = 1 - 2 / (far + 1);
    f32x16 u = v * v;
    f32x16 near = u * -5.717045276541425e-3f + 2.0650587595959172e-2f;
    near = near * u + -5.374349821803719e-2f;
    near = near * u + 1.3331491289479167e-1f;
    near = near * u + -3.333328392543383e-1f;
    near = near * u * v + v;
    i32x16 small = u < 0.625f * 0.625f;
    choose(&small, &near, &far, &v);
    store(y, n, &v);
}

KERNEL(void, grf_tanh, (const float *x, float *y, size_t count), (x, y, count)) {
    FOR_LANES(i, n, count, hyperbolic_tangent(x + i, y + i, n));
}

GRF_INLINE void tanh_gradient(const float *y, const float *dy, float *dx, size_t n, int adds) {
    f32x16 v, d;
    load(y, n, &v);
    load(dy, n, &d);
    d = d * (1 - v * v);
    give(dx, n, adds, &d);
}

KERNEL(void, grf_tanh_backward, (const float *y, const float *dy, float *dx, size_t count, int adds),
       (y, dy, dx, count, adds)) {
    FOR_LANES(i, n, count, tanh_gradient(y + i, dy + i, dx + i, n, adds));
}
