#pragma once

#include "CKernels.h"
#include "Exponential.h"
#include "Philox.h"
#include "Tile.h"

// The parts of attention. A tile is sixteen queries, one a lane, against all keys: scores, weights and their gradients
// are sixteen floats a key, `[keys, 16]`. Channels go by in chunks of sixteen, so that every matrix product is a loop
// in which sixteen registers meet one float at a time from memory, wherever its row lies; nothing is packed.

// MARK: Matrix products

GRF_INLINE void product_block(const f32x16 *a, const float *b, size_t stride, size_t rows, size_t terms, float *out,
                              size_t out_stride, size_t width, int adds) {
    f32x16 sums[8] = {{0}};
    if (adds)
        for (size_t k = 0; k < rows; k++) load(out + k * out_stride, width, &sums[k]);
    if (terms == lanes) {
        UNROLLED for (size_t c = 0; c < lanes; c++)
            for (size_t k = 0; k < rows; k++) sums[k] += a[c] * b[k * stride + c];
    } else {
        for (size_t c = 0; c < terms; c++)
            for (size_t k = 0; k < rows; k++) sums[k] += a[c] * b[k * stride + c];
    }
    for (size_t k = 0; k < rows; k++) store(out + k * out_stride, width, &sums[k]);
}

GRF_INLINE void product_rows(const f32x16 *a, const float *b, size_t stride, size_t rows, size_t terms, float *out,
                             size_t out_stride, size_t width, int adds) {
    size_t j = 0;
    f32x16 h[lanes];
    UNROLLED for (int c = 0; c < lanes; c++) h[c] = a[c];
    for (; j + 8 <= rows; j += 8)
        product_block(h, b + j * stride, stride, 8, terms, out + j * out_stride, out_stride, width, adds);
    // The last ones at once as well: one alone would wait for each of its sums.
#define REST(count)                                                                                                    \
    case count:                                                                                                        \
        product_block(h, b + j * stride, stride, count, terms, out + j * out_stride, out_stride, width, adds);         \
        return;
    switch (rows - j) { REST(1) REST(2) REST(3) REST(4) REST(5) REST(6) REST(7) }
#undef REST
}

/// out[j] = the sum of a[c] b[j, c] over `terms` c, or adds it; `width` lanes of it, for every row j of b.
GRF_INLINE void products(const f32x16 *a, const float *b, size_t stride, size_t rows, size_t terms, float *out,
                         size_t out_stride, size_t width, int adds) {
    if (terms == lanes && width == lanes) {
        if (adds) product_rows(a, b, stride, rows, lanes, out, out_stride, lanes, 1);
        else product_rows(a, b, stride, rows, lanes, out, out_stride, lanes, 0);
    } else {
        product_rows(a, b, stride, rows, terms, out, out_stride, width, adds);
    }
}

/// sums[c] += the sum of a[j] b[j, c] over the rows j, for `n` columns c; a is `[rows, 16]`.
GRF_INLINE void accumulate(const float *a, const float *b, size_t stride, size_t rows, size_t n, f32x16 sums[lanes]) {
    if (n == lanes) {
        f32x16 s[lanes];
        UNROLLED for (int c = 0; c < lanes; c++) s[c] = sums[c];
        for (size_t j = 0; j < rows; j++) {
            f32x16 v;
            load(a + lanes * j, lanes, &v);
            UNROLLED for (int c = 0; c < lanes; c++) s[c] += v * b[j * stride + (size_t)c];
        }
        UNROLLED for (int c = 0; c < lanes; c++) sums[c] = s[c];
    } else {
        for (size_t j = 0; j < rows; j++) {
            f32x16 v;
            load(a + lanes * j, lanes, &v);
            for (size_t c = 0; c < n; c++) sums[c] += v * b[j * stride + c];
        }
    }
}

// MARK: Dropout

typedef _Bool bits16 __attribute__((ext_vector_type(16)));

/// One bit an element, 1 where it is kept, for the elements before `end`, and for those that fill the last run of 256.
GRF_INLINE void draw_bits(const grf_dropout_stream *stream, size_t end, uint8_t *bits) {
    for (size_t run = 0; run * drawn < end; run++) {
        u32x16 words[drawn_words];
        draw(stream, run, words);
        UNROLLED for (int part = 0; part < drawn / lanes; part++) {
            i32x16 mask;
            kept(words, part, stream->threshold, &mask);
            bits16 packed = __builtin_convertvector(mask, bits16);
            memcpy(bits + 2 * part, &packed, 2);
        }
        bits += drawn / 8;
    }
}

/// For each of `rows` queries the bits of 32 keys, the first of which stands at bit `at` for the first query.
GRF_INLINE void bits_of_keys(const uint8_t *bits, size_t at, size_t keys, size_t rows, u32x16 *result) {
    uint32_t words[lanes] = {0};
    for (size_t i = 0; i < rows; i++) {
        uint64_t around;
        memcpy(&around, bits + at / 8, sizeof around);
        words[i] = (uint32_t)(around >> at % 8);
        at += keys;
    }
    memcpy(result, words, sizeof words);
}
