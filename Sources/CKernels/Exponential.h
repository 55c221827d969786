#pragma once

#include "Vector.h"

// Exponentials and a logarithm. Coefficients are minimax, by Remez' exchange; the bounds named are the polynomials'
// own, to which rounding adds about 1e-7. NaN gives NaN.

/// x = 2^x, for x below 127.5; 0 below -126.5, where the results would be subnormal. Relative error 1e-7.
GRF_INLINE void exp2_bounded(f32x16 *x) {
    // Adding 1.5 * 2^23 + 127 leaves the nearest whole number in the last bits, where an exponent has its bias.
    const float shifter = 0x1.8p23f + 127;
    f32x16 t = *x;
    at_least(-127, &t);
    f32x16 shifted = t + shifter;
    f32x16 f = t - (shifted - shifter);
    f32x16 y = f * 1.3264727089966663e-3f + 9.671512635482672e-3f;
    y = y * f + 5.550733743567776e-2f;
    y = y * f + 2.4022242085501885e-1f;
    y = y * f + 6.931469775990832e-1f;
    y = y * f + 1.0f;
    *x = y * (f32x16)((i32x16)shifted << 23);
}

/// x = e^x for every x, subnormal results included. Relative error 3e-9.
GRF_INLINE void exponential(f32x16 *x) {
    const float shifter = 0x1.8p23f;
    f32x16 t = *x;
    at_least(-104, &t);
    at_most(89, &t);
    f32x16 shifted = t * 1.44269504f + shifter;
    f32x16 n = shifted - shifter;
    // ln 2 in two parts, of which the first has so few digits that n times it is exact.
    f32x16 r = t - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    f32x16 y = r * 1.3814540192357855e-3f + 8.368745109684212e-3f;
    y = y * r + 4.166839078307298e-2f;
    y = y * r + 1.6666520399035165e-1f;
    y = y * r + 4.999999343213293e-1f;
    y = y * r + 1.0f;
    y = y * r + 1.0f;
    // 2^n in two factors: beyond the exponents' range on either side, the last product does the rounding.
    i32x16 whole = (i32x16)shifted - 0x4b400000;  // the bits of the shifter
    i32x16 half = whole >> 1;
    y = y * (f32x16)((half + 127) << 23);
    *x = y * (f32x16)((whole - half + 127) << 23);
}

/// x = log2 x for normal x > 0. Error 3e-9 (1 + |log2 x|).
GRF_INLINE void log2_positive(f32x16 *x) {
    i32x16 bits = (i32x16)*x;
    i32x16 exponent = (bits - 0x3f3504f3) >> 23;
    f32x16 f = (f32x16)(bits - (exponent << 23)) - 1.0f;
    f32x16 y = f * -1.0975123848718686e-1f + 1.8839051211325647e-1f;
    y = y * f + -1.9235296884525216e-1f;
    y = y * f + 2.0428940172900265e-1f;
    y = y * f + -2.3939290370944052e-1f;
    y = y * f + 2.8857917602018224e-1f;
    y = y * f + -3.607088146933883e-1f;
    y = y * f + 4.808981454249299e-1f;
    y = y * f + -7.213471601204308e-1f;
    y = y * f + 1.4426950408471655f;
    // The last term is 0, or NaN where the argument was.
    *x = y * f + __builtin_convertvector(exponent, f32x16) + (*x - *x);
}
