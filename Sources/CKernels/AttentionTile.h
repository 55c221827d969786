#pragma once

#include "CKernels.h"
#include "Exponential.h"
#include "Philox.h"

// The parts of attention. A tile is sixteen queries, one a lane, against all keys: scores, weights and their gradients
// are sixteen floats a key, `[keys, 16]`. Channels go by in chunks of sixteen, so that every matrix product is a loop
// in which sixteen registers meet one float at a time from memory, wherever its row lies; nothing is packed.

GRF_INLINE void transpose(f32x16 x[lanes]) {
#define PAIRS(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
    f32x16 s[lanes], t[lanes];
    UNROLLED for (int i = 0; i < lanes; i += 2) {
        s[i] = PAIRS(x[i], x[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
        s[i + 1] = PAIRS(x[i], x[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    }
    UNROLLED for (int i = 0; i < lanes; i += 4) {
        t[i] = PAIRS(s[i], s[i + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        t[i + 1] = PAIRS(s[i], s[i + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
        t[i + 2] = PAIRS(s[i + 1], s[i + 3], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        t[i + 3] = PAIRS(s[i + 1], s[i + 3], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
    // Now t[4 g + i] holds, of the rows 4 g ... 4 g + 3, the columns i, 4 + i, 8 + i and 12 + i, four floats each.
    UNROLLED for (int i = 0; i < 4; i++) {
        f32x16 even = PAIRS(t[i], t[4 + i], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
        f32x16 odd = PAIRS(t[i], t[4 + i], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
        f32x16 even2 = PAIRS(t[8 + i], t[12 + i], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
        f32x16 odd2 = PAIRS(t[8 + i], t[12 + i], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
        x[i] = PAIRS(even, even2, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
        x[4 + i] = PAIRS(odd, odd2, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
        x[8 + i] = PAIRS(even, even2, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
        x[12 + i] = PAIRS(odd, odd2, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    }
#undef PAIRS
}

/// `n` columns of up to sixteen rows, times `scale`; what is left is 0.
GRF_INLINE void read_rows(const float *p, size_t stride, size_t rows, size_t n, float scale, f32x16 x[lanes]) {
    for (size_t i = 0; i < lanes; i++) x[i] = (f32x16){0};
    for (size_t i = 0; i < rows; i++) {
        load(p + i * stride, n, &x[i]);
        x[i] *= scale;
    }
}

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
    if (j + 4 <= rows) {
        product_block(h, b + j * stride, stride, 4, terms, out + j * out_stride, out_stride, width, adds);
        j += 4;
    }
    for (; j < rows; j++)
        product_block(h, b + j * stride, stride, 1, terms, out + j * out_stride, out_stride, width, adds);
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

/// One bit an element, 1 where it is kept, for the elements from the multiple of 256 at or below `first` to `end`.
GRF_INLINE void draw_bits(const grf_dropout_stream *stream, size_t first, size_t end, uint8_t *bits) {
    for (size_t run = first / drawn; run * drawn < end; run++) {
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
