#pragma once

#include <stddef.h>
#include <stdint.h>

// The vector loops of training. As in CKernels.h: pure loops over memory that the caller owns. Matrices are row-major;
// a `stride` counts floats from row to row. A name ending in `_backward` takes gradients with respect to the forward
// function's results and gives those with respect to its arguments; where it says "adds", the target is added to.
//
// Unlike those of CKernels.h these fuse multiplications and additions where the processor can: the same arguments give the
// same bits on every processor that does, wherever they lie in memory. NaN is never hidden.

// MARK: Matrix products

/// A product C = A B of `rows` by `columns` elements. Each is one chain of fused multiplications and additions over the depth,
/// in its order: it does not depend on the shapes, and products that are added one after another continue the chain.
typedef struct {
    size_t rows, columns, depth;
    /// Element (i, k) of A stands at a[i * a_row + k * a_depth].
    const float *a;
    size_t a_row, a_depth;
    /// Columns 16 j ... 16 j + 15 of row k of B stand at b[j * b_panel + k * b_depth ...]. Rows of a matrix have a `b_panel` of 16
    /// and their stride as `b_depth`; packed ones a `b_panel` of 16 times the depth and a `b_depth` of 16.
    const float *b;
    size_t b_panel, b_depth;
    /// Row i of C begins at c[i * c_row].
    float *c;
    size_t c_row;
    /// What each chain begins with: the element of C where `adds` is not 0, else that of `bias` `[columns]`, else 0.
    const float *bias;
    int adds;
} grf_product;

void grf_multiply(const grf_product *product);
/// Packs the transpose of `w` `[rows, columns]` as a B of `columns` rows and `rows` columns: columns * round_up(rows, 16) floats, 0
/// where nothing stands.
void grf_pack_transposed(const float *w, size_t rows, size_t columns, size_t stride, float *panels);

// MARK: Dropout

/// Where the random bits of one run of elements come from: Philox 4x32-10 under `key`, counter (block, counter[0],
/// counter[1], counter[2]). Element e reads 16 bits: of lane e % 16 of the sixteen counters 16 (e / 128) ..., word
/// (e % 128) / 32, half (e % 32) / 16 (0: low). An element is dropped where its bits are below `threshold`; kept elements are
/// multiplied by `scale`. With threshold 0 nothing is drawn: every element is kept.
typedef struct {
    uint32_t key[2], counter[3];
    uint32_t threshold;
    float scale;
} grf_dropout_stream;

/// y = drop(x); `y` may be `x`.
void grf_dropout(const float *x, float *y, size_t count, grf_dropout_stream stream);
/// Adds drop(dy) to `dx`: the backward pass draws the same mask.
void grf_dropout_backward(const float *dy, float *dx, size_t count, grf_dropout_stream stream);
/// y = x + drop(branch).
void grf_add_dropout(const float *x, const float *branch, float *y, size_t count, grf_dropout_stream stream);

// MARK: Activations

/// y = drop(gelu(x)), the exact GELU: x Phi(x).
void grf_gelu_dropout(const float *x, float *y, size_t count, grf_dropout_stream stream);
/// Writes dx, which may be `dy`, and y once more.
void grf_gelu_dropout_backward(const float *x, const float *dy, float *dx, float *y, size_t count,
                               grf_dropout_stream stream);
/// y = drop(max(x, 0)).
void grf_relu_dropout(const float *x, float *y, size_t count, grf_dropout_stream stream);
/// As for GELU; the gradient at 0 is 0.
void grf_relu_dropout_backward(const float *x, const float *dy, float *dx, float *y, size_t count,
                               grf_dropout_stream stream);
/// The following `_backward` write dx, or add to it where `adds` is not 0.
void grf_sigmoid(const float *x, float *y, size_t count);
/// From the results, not the arguments.
void grf_sigmoid_backward(const float *y, const float *dy, float *dx, size_t count, int adds);
void grf_tanh(const float *x, float *y, size_t count);
void grf_tanh_backward(const float *y, const float *dy, float *dx, size_t count, int adds);

// MARK: Rows

/// Every row of `y` `[rows, columns]` becomes `row` `[columns]`.
void grf_fill_rows(const float *row, float *y, size_t rows, size_t columns);
/// Adds the sum of the rows of `x` to `sums` `[columns]`, row after row.
void grf_column_sums(const float *x, size_t rows, size_t columns, float *sums);
/// y = scale * x + table[positions[r]] by row; `y` may be `x`.
void grf_add_positions(const float *x, float scale, const float *table, const int32_t *positions, float *y, size_t rows,
                       size_t columns);
/// The mean of the rows; 0 where there is none.
void grf_mean_rows(const float *x, size_t rows, size_t columns, float *mean);
/// Adds scale * `row` to every row of `y`.
void grf_add_to_rows(const float *row, float scale, float *y, size_t rows, size_t columns);
/// y[r * stride + c] = factors[r] * row[c].
void grf_spread(const float *row, size_t columns, const float *factors, size_t rows, float *y, size_t stride);
/// Adds the sum of factors[r] * y[r * stride + c] to row[c], row after row.
void grf_gather(const float *y, size_t stride, const float *factors, size_t rows, float *row, size_t columns);

// MARK: Arithmetic

void grf_add(const float *a, const float *b, float *y, size_t count);
/// y += scale * x.
void grf_add_scaled(const float *x, float scale, float *y, size_t count);
/// y = (1 - z) h + z c.
void grf_mix(const float *h, const float *c, const float *z, float *y, size_t count);
/// Adds to dh, dc and dz.
void grf_mix_backward(const float *h, const float *c, const float *z, const float *dy, float *dh, float *dc, float *dz,
                      size_t count);

// MARK: Layer norm

/// y = gain * (x - mean) / sqrt(variance + epsilon) + shift by row, population variance; writes each row's mean and
/// 1 / sqrt(variance + epsilon).
void grf_layer_norm(const float *x, const float *gain, const float *shift, float *y, size_t rows, size_t columns,
                    float epsilon, float *mean, float *scale);
/// Writes dx, or adds to it where `adds` is not 0; adds to dgain and dshift.
void grf_layer_norm_backward(const float *x, const float *gain, const float *mean, const float *scale, const float *dy,
                             float *dx, float *dgain, float *dshift, size_t rows, size_t columns, int adds);

// MARK: Attention, one head of one segment

/// One head's arguments: `queries` rows of `q` against `keys` rows of `k` and `v`, all `width` wide.
typedef struct {
    const float *q, *k, *v;
    size_t q_stride, k_stride, v_stride;
    size_t queries, keys, width;
    /// What the dot products are multiplied by: 1 / sqrt(width).
    float scale;
    /// One byte a key, 0 where it is masked; NULL: all are visible.
    const uint8_t *valid;
    /// How many keys each query sees, from the first on: 0 ... keys, never decreasing; NULL: all.
    const int32_t *limits;
    /// Element i * keys + j of the stream is the weight of key j for query i.
    grf_dropout_stream dropout;
    /// Where that drops anything: grf_attention_bits(queries, keys) bytes that the forward pass fills and the backward pass
    /// reads.
    uint8_t *bits;
} grf_attention;

/// o = drop(softmax(scale q k^T)) v; a query that sees no key gets 0. `logsums[i]` is the logarithm of the sum of the
/// exponentials of row i's scaled scores, +inf where it sees no key.
/// `scratch`: grf_attention_scratch(keys) floats.
void grf_attention_forward(const grf_attention *a, float *o, size_t o_stride, float *logsums, float *scratch);
/// Adds to dq, dk and dv, whose strides are those of q, k and v. `o` and `logsums` are what the forward pass gave; `o` is
/// not read so far, because the mean gradient of a query's scores is more exact when taken from the weights.
void grf_attention_backward(const grf_attention *a, const float *o, const float *d_o, size_t o_stride,
                            const float *logsums, float *dq, float *dk, float *dv, float *scratch);
/// means[j * stride] = the mean of key j's weights over the queries that see a key, without dropout; all 0 where none does.
/// `logsums` is what the forward pass gave.
void grf_attention_means(const grf_attention *a, const float *logsums, float *means, size_t stride, float *scratch);
/// Floats of scratch memory that all need: O(keys), never O(queries * keys).
size_t grf_attention_scratch(size_t keys);
/// Bytes for one bit a weight, 1 where it is kept.
size_t grf_attention_bits(size_t queries, size_t keys);

// MARK: Optimizer

/// Differences from 1 are given, not computed here: 1 - 0.999 would lose five digits.
typedef struct {
    /// Multiplies every gradient first (global clipping).
    float gradient_scale;
    /// 1 - learning rate * decay: decoupled, it multiplies the weights.
    float shrinkage;
    /// The learning rate / (1 - beta1^t).
    float rate;
    /// 1 - beta1, beta2, 1 - beta2.
    float rest1, beta2, rest2;
    float epsilon;
    /// sqrt(1 - beta2^t).
    float correction2_root;
} grf_adamw;

/// One step of AdamW over `count` parameters, as PyTorch's. Source: Loshchilov and Hutter 2019.
void grf_adamw_step(float *weights, const float *gradients, float *first, float *second, size_t count, grf_adamw settings);
/// target[i] = sources[0][i] + sources[1][i] + ..., in that order; returns the sum of the squares of the results, in
/// Double, in a fixed order.
double grf_sum_gradients(const float *const *sources, size_t sources_count, float *target, size_t count);
/// The first element that is not finite, or `count`.
size_t grf_first_nonfinite(const float *values, size_t count);

// MARK: Neighbours

/// distances[o] = the squared Euclidean distance between points `point` and `o` of `count`, whose coordinates are
/// `[width, count]`.
void grf_squared_distances(const double *coordinates, size_t width, size_t count, size_t point, double *distances);

/// For each point p from `first` to before `last` of `count` in the plane: what all others repel it with in t-SNE, the sum
/// of q^2 (p - o) over the others o, q = 1 / (1 + |p - o|^2), to `fx` and `fy`, and the sum of q to `sums`.
void grf_student_repulsion(const float *x, const float *y, size_t count, size_t first, size_t last, float *fx, float *fy,
                           float *sums);
