#pragma once

#include "Vector.h"

// Sixteen rows of sixteen floats, in registers.

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
