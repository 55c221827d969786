#include "CKernels.h"
#include "Vector.h"

GRF_CLONES void grf_fill_rows(const float *row, float *y, size_t rows, size_t columns) {
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

GRF_CLONES void grf_column_sums(const float *x, size_t rows, size_t columns, float *sums) {
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

GRF_CLONES void grf_add_positions(const float *x, float scale, const float *table, const int32_t *positions, float *y,
                                  size_t rows, size_t columns) {
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

GRF_CLONES void grf_mean_rows(const float *x, size_t rows, size_t columns, float *mean) {
    FOR_LANES(c, n, columns, mean_lanes(x + c, rows, columns, n, mean + c));
}

GRF_INLINE void add_scaled(const float *x, float scale, float *y, size_t n) {
    f32x16 v, w;
    load(x, n, &v);
    load(y, n, &w);
    w += v * scale;
    store(y, n, &w);
}

GRF_CLONES void grf_add_to_rows(const float *row, float scale, float *y, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        FOR_LANES(c, n, columns, add_scaled(row + c, scale, y + r * columns + c, n));
}

// MARK: Arithmetic

GRF_CLONES void grf_add(const float *a, const float *b, float *y, size_t count) {
    FOR_LANES(i, n, count, sum_lanes(a + i, b + i, y + i, n));
}

GRF_CLONES void grf_add_scaled(const float *x, float scale, float *y, size_t count) {
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

GRF_CLONES void grf_mix(const float *h, const float *c, const float *z, float *y, size_t count) {
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

GRF_CLONES void grf_mix_backward(const float *h, const float *c, const float *z, const float *dy, float *dh, float *dc,
                                 float *dz, size_t count) {
    FOR_LANES(i, n, count, mix_gradients(h + i, c + i, z + i, dy + i, dh + i, dc + i, dz + i, n));
}
