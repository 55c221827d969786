#include "CKernels.h"
#include "Vector.h"

KERNEL(void, grf_fill_rows, (const float *row, float *y, size_t rows, size_t columns), (row, y, rows, columns)) {
    for (size_t r = 0; r < rows; r++) memcpy(y + r * columns, row, columns * sizeof(float));
}

// The sums of up to 64 columns stay in registers while the rows go by.
enum { group = 4 };

GRF_INLINE void group_sums(const float *x, size_t rows, size_t columns, float *sums) {
    f32x16 s[group];
    UNROLLED for (int k = 0; k < group; k++) load(sums + lanes * k, lanes, &s[k]);
    for (size_t r = 0; r < rows; r++)
        UNROLLED for (int k = 0; k < group; k++) {
            f32x16 v;
            load(x + r * columns + lanes * (size_t)k, lanes, &v);
            s[k] += v;
        }
    UNROLLED for (int k = 0; k < group; k++) store(sums + lanes * k, lanes, &s[k]);
}

GRF_INLINE void lane_sums(const float *x, size_t rows, size_t columns, size_t n, float *sums) {
    f32x16 s;
    load(sums, n, &s);
    for (size_t r = 0; r < rows; r++) {
        f32x16 v;
        load(x + r * columns, n, &v);
        s += v;
    }
    store(sums, n, &s);
}

KERNEL(void, grf_column_sums, (const float *x, size_t rows, size_t columns, float *sums), (x, rows, columns, sums)) {
    size_t whole = columns - columns % (group * lanes);
    for (size_t c = 0; c < whole; c += group * lanes) group_sums(x + c, rows, columns, sums + c);
    FOR_LANES(c, n, columns - whole, lane_sums(x + whole + c, rows, columns, n, sums + whole + c));
}

GRF_INLINE void sum_lanes(const float *a, const float *b, float *y, size_t n) {
    f32x16 v, w;
    load(a, n, &v);
    load(b, n, &w);
    v += w;
    store(y, n, &v);
}

GRF_INLINE void sum_scaled(const float *a, float scale, const float *b, float *y, size_t n) {
    f32x16 v, w;
    load(a, n, &v);
    load(b, n, &w);
    w += v * scale;
    store(y, n, &w);
}

KERNEL(void, grf_add_positions, (const float *x, float scale, const float *table, const int32_t *positions, float *y,
                                 size_t rows, size_t columns),
       (x, scale, table, positions, y, rows, columns)) {
    for (size_t r = 0; r < rows; r++) {
        const float *a = x + r * columns, *b = table + (size_t)positions[r] * columns;
        float *sum = y + r * columns;
        FOR_LANES(c, n, columns, sum_scaled(a + c, scale, b + c, sum + c, n));
    }
}

GRF_INLINE void mean_lanes(const float *x, size_t rows, size_t columns, size_t n, float *mean) {
    f32x16 s = {0};
    for (size_t r = 0; r < rows; r++) {
        f32x16 v;
        load(x + r * columns, n, &v);
        s += v;
    }
    if (rows > 0) s /= (float)rows;
    store(mean, n, &s);
}

KERNEL(void, grf_mean_rows, (const float *x, size_t rows, size_t columns, float *mean), (x, rows, columns, mean)) {
    FOR_LANES(c, n, columns, mean_lanes(x + c, rows, columns, n, mean + c));
}

GRF_INLINE void add_scaled(const float *x, float scale, float *y, size_t n) {
    f32x16 v, w;
    load(x, n, &v);
    load(y, n, &w);
    w += v * scale;
    store(y, n, &w);
}

KERNEL(void, grf_add_to_rows, (const float *row, float scale, float *y, size_t rows, size_t columns),
       (row, scale, y, rows, columns)) {
    for (size_t r = 0; r < rows; r++)
        FOR_LANES(c, n, columns, add_scaled(row + c, scale, y + r * columns + c, n));
}

GRF_INLINE void scale_lanes(const float *row, float factor, float *y, size_t n) {
    f32x16 v;
    load(row, n, &v);
    v *= factor;
    store(y, n, &v);
}

KERNEL(void, grf_spread, (const float *row, size_t columns, const float *factors, size_t rows, float *y, size_t stride),
       (row, columns, factors, rows, y, stride)) {
    for (size_t r = 0; r < rows; r++)
        FOR_LANES(c, n, columns, scale_lanes(row + c, factors[r], y + r * stride + c, n));
}

// Products are rounded before they are added, as attention over many keys rounds them.
GRF_INLINE void gather_lanes(const float *y, size_t stride, const float *factors, size_t rows, float *row, size_t n) {
#pragma STDC FP_CONTRACT OFF
    f32x16 s;
    load(row, n, &s);
    for (size_t r = 0; r < rows; r++) {
        f32x16 v;
        load(y + r * stride, n, &v);
        s += v * factors[r];
    }
    store(row, n, &s);
}

KERNEL(void, grf_gather, (const float *y, size_t stride, const float *factors, size_t rows, float *row, size_t columns),
       (y, stride, factors, rows, row, columns)) {
    FOR_LANES(c, n, columns, gather_lanes(y + c, stride, factors, rows, row + c, n));
}

// MARK: Arithmetic

KERNEL(void, grf_add, (const float *a, const float *b, float *y, size_t count), (a, b, y, count)) {
    FOR_LANES(i, n, count, sum_lanes(a + i, b + i, y + i, n));
}

KERNEL(void, grf_add_scaled, (const float *x, float scale, float *y, size_t count), (x, scale, y, count)) {
    FOR_LANES(i, n, count, add_scaled(x + i, scale, y + i, n));
}

GRF_INLINE void mix(const float *h, const float *c, const float *z, float *y, size_t n) {
    f32x16 vh, vc, vz;
    load(h, n, &vh);
    load(c, n, &vc);
    load(z, n, &vz);
    vh = (1 - vz) * vh + vz * vc;
    store(y, n, &vh);
}

KERNEL(void, grf_mix, (const float *h, const float *c, const float *z, float *y, size_t count), (h, c, z, y, count)) {
    FOR_LANES(i, n, count, mix(h + i, c + i, z + i, y + i, n));
}

GRF_INLINE void mix_gradients(const float *h, const float *c, const float *z, const float *dy, float *dh, float *dc,
                              float *dz, size_t n) {
    f32x16 vh, vc, vz, d;
    load(h, n, &vh);
    load(c, n, &vc);
    load(z, n, &vz);
    load(dy, n, &d);
    f32x16 gh = d * (1 - vz), gc = d * vz, gz = d * (vc - vh);
    add_to(dh, n, &gh);
    add_to(dc, n, &gc);
    add_to(dz, n, &gz);
}

KERNEL(void, grf_mix_backward, (const float *h, const float *c, const float *z, const float *dy, float *dh, float *dc,
                                float *dz, size_t count),
       (h, c, z, dy, dh, dc, dz, count)) {
    FOR_LANES(i, n, count, mix_gradients(h + i, c + i, z + i, dy + i, dh + i, dc + i, dz + i, n));
}
