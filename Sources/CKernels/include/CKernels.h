#pragma once

#include <stddef.h>
#include <stdint.h>

// The vector loops of both programs. Every function here is a pure loop over memory that the caller owns; nothing
// allocates, nothing keeps state. All are compiled with -ffp-contract=off, so that a value does not depend on the CPU.

// MARK: Instruction sets

/// The instruction set whose clones of the kernels this process runs: `portable`, `neon`, `avx2` or `avx512`. It is the best
/// that the processor has, unless the environment names another one in `GRF_KERNELS`.
const char *grf_kernels(void);
/// The instruction sets that this processor has, from 0 on; NULL beyond the last.
const char *grf_kernels_available(int index);
/// Whether multiplications and additions fuse, as they do everywhere but in the portable clones. All that fuse have the same
/// bits.
int grf_kernels_fuse(void);
/// Whether `GRF_KERNELS` names something that this processor does not have. It is ignored then.
int grf_kernels_refused(void);

// MARK: Random numbers

/// Philox 4x32-10: ten rounds over a counter of four words under a key of two.
/// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
void grf_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t result[4]);

// MARK: Storage

/// Undoes HDF5's shuffle filter: `source` holds the first byte of every element, then the second, and so on. Bytes
/// after the last whole element are copied as they are.
void grf_unshuffle(const uint8_t *source, uint8_t *target, size_t bytes, size_t width);

/// Copies column `sources[k]` of `[rows, width]` into column `targets[k]` of `[rows, stride]`, for `count` columns.
void grf_place_columns_f32(const float *source, size_t rows, size_t width, const size_t *sources,
                           const size_t *targets, size_t count, float *target, size_t stride);
/// The same from Doubles, rounded; adds to `overflows[r]` how many finite values of row r became infinite, and returns
/// their sum.
size_t grf_place_columns_f64(const double *source, size_t rows, size_t width, const size_t *sources,
                             const size_t *targets, size_t count, float *target, size_t stride, uint32_t *overflows);

// MARK: Preprocessing

/// Sets `flags[r]` to 1 where every value of row r of `[rows, width]` is 0 (−0 counts, NaN does not), else to 0.
void grf_zero_rows(const float *values, size_t rows, size_t width, uint8_t *flags);

/// Sets `flags[r]` to 1 where every value of row r of `[rows, width]` is finite, else to 0; returns the count of zeros.
size_t grf_finite_rows(const float *values, size_t rows, size_t width, uint8_t *flags);
size_t grf_finite_rows_f64(const double *values, size_t rows, size_t width, uint8_t *flags);

/// Adds the finite values of `[rows, width]`, row by row, to `sums` `[width]`, and their number to `counts`.
void grf_accumulate(const float *values, size_t rows, size_t width, double *sums, double *counts);
/// Raises `maxima` `[width]` to the greatest finite value of each column, and adds their number to `counts`.
void grf_maximize(const float *values, size_t rows, size_t width, double *maxima, double *counts);

/// What `grf_moments_*` gathers of each dimension: parallel arrays of `[width]`.
typedef struct {
    double *count, *mean, *m2, *min, *max, *nan, *posinf, *neginf;
} grf_moments;

/// Welford's update with each row of `[rows, width]`, `repeat` times a row, in row order; non-finite values are only
/// counted. Source: Welford 1962.
void grf_moments_f32(const float *values, size_t rows, size_t width, size_t repeat, grf_moments moments);
void grf_moments_f64(const double *values, size_t rows, size_t width, size_t repeat, grf_moments moments);

/// Counts the values of one column of `[rows, width]` by a digit of their rank. `values` points at the column's first.
///
/// A value's key is an unsigned number (32 bits for Floats, 64 for Doubles) that sorts as the values do, −0 before 0. Of a
/// key whose bits above the digit are `prefixes[p]`, `counts[p << bits | digit]` counts the digit: `bits` bits from bit
/// `shift` on. Values that are not finite are left out, and rows whose `valid` is 0 (null: all count).
void grf_count_digits_f32(const float *values, size_t rows, size_t width, const uint8_t *valid, unsigned shift,
                          unsigned bits, const uint64_t *prefixes, size_t prefix_count, uint64_t *counts);
void grf_count_digits_f64(const double *values, size_t rows, size_t width, const uint8_t *valid, unsigned shift,
                          unsigned bits, const uint64_t *prefixes, size_t prefix_count, uint64_t *counts);

/// How the values of a tensor are finished: `(x − shift) / scale` in Double by column, non-finite `x` becomes 0, one
/// rounding to the target type.
typedef struct {
    const double *shift, *scale;
    size_t width;
    /// The column of the first value.
    size_t column;
    /// Where `clipped` is not null, a result beyond ±limit becomes ±limit, and is counted there.
    double limit;
    size_t *clipped;
} grf_scaling;

/// Each returns the index of the first finite value whose result lies beyond the target type, or `count`.
size_t grf_finish_f32_f32(const float *source, float *target, size_t count, grf_scaling scaling);
size_t grf_finish_f32_f16(const float *source, uint16_t *target, size_t count, grf_scaling scaling);
size_t grf_finish_f32_bf16(const float *source, uint16_t *target, size_t count, grf_scaling scaling);
size_t grf_finish_f64_f32(const double *source, float *target, size_t count, grf_scaling scaling);
size_t grf_finish_f64_f16(const double *source, uint16_t *target, size_t count, grf_scaling scaling);
size_t grf_finish_f64_bf16(const double *source, uint16_t *target, size_t count, grf_scaling scaling);

/// Exact widening.
void grf_widen_f16(const uint16_t *source, float *target, size_t count);
void grf_widen_bf16(const uint16_t *source, float *target, size_t count);

/// The sum of `count` floats in 64 strided lanes: a memory read with arithmetic too cheap to matter.
double grf_sum_f32(const float *values, size_t count);

#include "Training.h"
