#include <float.h>
#include <math.h>

#include "AttentionTile.h"

// Attention without the matrix of its weights: a tile of queries at a time, whose weights the backward pass computes
// again from the logarithms of their sums. Source: Dao et al. 2022, "FlashAttention".
//
// Scores are kept in units of log 2, so that 2^x serves as the exponential.

static const float log2_e = 1.44269504088896340736f, ln_2 = 0.693147180559945309417f;

// What the two passes need of one tile.
typedef struct {
    const grf_attention *a;
    /// The first query, and how many.
    size_t first, rows;
    /// Keys below `full` are visible to every query of the tile, those from `seen` on to none.
    size_t full, seen;
    /// `[keys, 16]` each.
    float *weights, *gradients;
} tile;

// Floats that two tiles of 16 a key and alignment take.
size_t grf_attention_scratch(size_t keys) { return 2 * lanes * keys + lanes; }

// Whole runs, and what the last words read beyond.
size_t grf_attention_bits(size_t queries, size_t keys) {
    return (queries * keys + drawn - 1) / drawn * (drawn / 8) + sizeof(uint64_t);
}

GRF_INLINE size_t limit(const grf_attention *a, size_t query) {
    return a->limits ? (size_t)a->limits[query] : a->keys;
}

GRF_INLINE void begin(tile *t, const grf_attention *a, size_t first, float *scratch) {
    t->a = a;
    t->first = first;
    t->rows = a->queries - first < lanes ? a->queries - first : lanes;
    t->full = limit(a, first);
    t->seen = limit(a, first + t->rows - 1);
    t->weights = (float *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
    t->gradients = t->weights + lanes * a->keys;
}

// Runs of visible keys j ... end.
GRF_INLINE size_t run_start(const tile *t, size_t j) {
    if (t->a->valid)
        while (j < t->seen && !t->a->valid[j]) j++;
    return j;
}
GRF_INLINE size_t run_end(const tile *t, size_t j) {
    if (!t->a->valid) return t->seen;
    while (j < t->seen && t->a->valid[j]) j++;
    return j;
}
#define FOR_RUNS(t, j, end)                                                                                            \
    for (size_t j = run_start(t, 0), end; j < (t)->seen && (end = run_end(t, j), 1); j = run_start(t, end))

#define FOR_CHUNKS(t, c, n)                                                                                            \
    for (size_t c = 0, n; c < (t)->a->width && (n = (t)->a->width - c < lanes ? (t)->a->width - c : lanes, 1); c += n)

// weights[j] = the scaled scores of key j, -inf where a query does not see it.
GRF_INLINE void score(const tile *t) {
    const grf_attention *a = t->a;
    FOR_CHUNKS(t, c, n) {
        f32x16 q[lanes];
        read_rows(a->q + t->first * a->q_stride + c, a->q_stride, t->rows, n, a->scale * log2_e, q);
        transpose(q);
        FOR_RUNS(t, j, end)
            products(q, a->k + j * a->k_stride + c, a->k_stride, end - j, n, t->weights + lanes * j, lanes, lanes,
                     c > 0);
    }
    if (t->full == t->seen) return;
    i32x16 limits = {0};
    memcpy(&limits, a->limits + t->first, t->rows * sizeof(int32_t));
    const f32x16 hidden = (f32x16){0} - INFINITY;
    for (size_t j = t->full; j < t->seen; j++) {
        i32x16 visible = limits > (int32_t)j;
        f32x16 s;
        load(t->weights + lanes * j, lanes, &s);
        choose(&visible, &s, &hidden, &s);
        store(t->weights + lanes * j, lanes, &s);
    }
}

// The next 32 keys of a run, with a dropout's bits for them.
#define FOR_KEYS(t, j, first, end, drops, words)                                                                       \
    for (size_t from = first, to; from < end; from = to)                                                               \
        for (size_t j = (to = read_bits(t, from, end, drops, &words), from); j < to; j++)

GRF_INLINE size_t read_bits(const tile *t, size_t from, size_t end, int drops, u32x16 *words) {
    if (!drops) return end;
    bits_of_keys(t->a->bits, t->first * t->a->keys + from, t->a->keys, t->rows, words);
    return end - from < 32 ? end : from + 32;
}

// 0 for the queries that drop the key at hand.
GRF_INLINE void drop(u32x16 *words, f32x16 *x) {
    i32x16 mask = (*words & 1) != 0;
    *words >>= 1;
    *x = (f32x16)(mask & (i32x16)*x);
}

// MARK: Forward

// weights[j] = drop(2^(weights[j] - greatest)) but for the dropout's scale; gives the sums without dropout.
GRF_INLINE void exponentials(const tile *t, const f32x16 *greatest, int drops, f32x16 *sums) {
    *sums = (f32x16){0};
    FOR_RUNS(t, first, end) {
        u32x16 words;
        FOR_KEYS(t, j, first, end, drops, words) {
            f32x16 p;
            load(t->weights + lanes * j, lanes, &p);
            p -= *greatest;
            exp2_bounded(&p);
            *sums += p;
            if (drops) drop(&words, &p);
            store(t->weights + lanes * j, lanes, &p);
        }
    }
}

// The larger of both, and the second where the first is NaN.
GRF_INLINE void larger(const float *scores, f32x16 *greatest) {
    f32x16 s;
    load(scores, lanes, &s);
    i32x16 above = s > *greatest;
    choose(&above, &s, greatest, greatest);
}

// -FLT_MAX where a query sees no key. Four runs side by side, because each step waits for the one before.
GRF_INLINE void greatest_scores(const tile *t, f32x16 *result) {
    f32x16 greatest[4];
    UNROLLED for (int k = 0; k < 4; k++) greatest[k] = (f32x16){0} - FLT_MAX;
    FOR_RUNS(t, first, end) {
        size_t j = first;
        for (; j + 4 <= end; j += 4)
            UNROLLED for (int k = 0; k < 4; k++) larger(t->weights + lanes * (j + (size_t)k), &greatest[k]);
        for (; j < end; j++) larger(t->weights + lanes * j, &greatest[0]);
    }
    UNROLLED for (int k = 1; k < 4; k++) larger((const float *)&greatest[k], &greatest[0]);
    *result = greatest[0];
}

GRF_INLINE void forward(const tile *t, float *o, size_t o_stride, float *logsums) {
    const grf_attention *a = t->a;
    score(t);
    f32x16 greatest;
    greatest_scores(t, &greatest);
    int drops = a->dropout.threshold > 0;
    f32x16 sums;
    if (drops) exponentials(t, &greatest, 1, &sums);
    else exponentials(t, &greatest, 0, &sums);

    i32x16 none = sums == 0;
    f32x16 zero = {0}, infinite = zero + INFINITY, logs = sums, factor = a->dropout.scale / sums;
    log2_positive(&logs);
    logs = (logs + greatest) * ln_2;
    choose(&none, &infinite, &logs, &logs);
    choose(&none, &zero, &factor, &factor);
    store(logsums + t->first, t->rows, &logs);
    FOR_CHUNKS(t, c, n) {
        f32x16 sum[lanes] = {{0}};
        FOR_RUNS(t, j, end)
            accumulate(t->weights + lanes * j, a->v + j * a->v_stride + c, a->v_stride, end - j, n, sum);
        UNROLLED for (int k = 0; k < lanes; k++) sum[k] *= factor;
        transpose(sum);
        for (size_t i = 0; i < t->rows; i++) store(o + (t->first + i) * o_stride + c, n, &sum[i]);
    }
}

KERNEL(void, grf_attention_forward, (const grf_attention *a, float *o, size_t o_stride, float *logsums, float *scratch),
       (a, o, o_stride, logsums, scratch)) {
    if (a->dropout.threshold > 0) draw_bits(&a->dropout, a->queries * a->keys, a->bits);
    for (size_t first = 0; first < a->queries; first += lanes) {
        tile t;
        begin(&t, a, first, scratch);
        forward(&t, o, o_stride, logsums);
    }
}

// MARK: Means

// Adds every key's weights over the queries of the tile.
GRF_INLINE void add_weights(const tile *t, const float *logsums, float *sums, size_t stride) {
    f32x16 logs = (f32x16){0} + INFINITY;
    memcpy(&logs, logsums + t->first, t->rows * sizeof(float));
    logs *= log2_e;
    score(t);
    FOR_RUNS(t, first, end)
        for (size_t j = first; j < end; j++) {
            f32x16 p;
            load(t->weights + lanes * j, lanes, &p);
            p -= logs;
            exp2_bounded(&p);
            sums[j * stride] += total(&p);
        }
}

KERNEL(void, grf_attention_means, (const grf_attention *a, const float *logsums, float *means, size_t stride,
                                   float *scratch),
       (a, logsums, means, stride, scratch)) {
    size_t seeing = 0;
    for (size_t i = 0; i < a->queries; i++) seeing += logsums[i] != INFINITY;
    for (size_t j = 0; j < a->keys; j++) means[j * stride] = 0;
    if (seeing == 0) return;
    for (size_t first = 0; first < a->queries; first += lanes) {
        tile t;
        begin(&t, a, first, scratch);
        add_weights(&t, logsums, means, stride);
    }
    for (size_t j = 0; j < a->keys; j++) means[j * stride] *= 1 / (float)seeing;
}

// MARK: Backward

// weights[j] = 2^(weights[j] - logs), gradients[j] = the same after dropout, but for its scale; gives the sums of the
// former, which are 1 but for rounding.
GRF_INLINE void recompute(const tile *t, const f32x16 *logs, int drops, f32x16 *sums) {
    *sums = (f32x16){0};
    FOR_RUNS(t, first, end) {
        u32x16 words;
        FOR_KEYS(t, j, first, end, drops, words) {
            f32x16 p;
            load(t->weights + lanes * j, lanes, &p);
            p -= *logs;
            exp2_bounded(&p);
            *sums += p;
            store(t->weights + lanes * j, lanes, &p);
            if (drops) {
                drop(&words, &p);
                store(t->gradients + lanes * j, lanes, &p);
            }
        }
    }
}

// From the gradients of the dropped weights to those of the scores, weights (drop(gradients) - mean): `mean` is
// weighted and divided by the weights' sums, so that a query's gradients add up to 0 and a lone key's is 0.
GRF_INLINE void softmax_gradient(const tile *t, const f32x16 *sums, int drops) {
    f32x16 mean = {0};
    FOR_RUNS(t, first, end) {
        u32x16 words;
        FOR_KEYS(t, j, first, end, drops, words) {
            f32x16 p, g;
            load(t->weights + lanes * j, lanes, &p);
            load(t->gradients + lanes * j, lanes, &g);
            if (drops) {
                drop(&words, &g);
                store(t->gradients + lanes * j, lanes, &g);
            }
            mean += p * g;
        }
    }
    i32x16 none = *sums == 0;
    f32x16 zero = {0};
    mean /= *sums;
    choose(&none, &zero, &mean, &mean);
    FOR_RUNS(t, first, end)
        for (size_t j = first; j < end; j++) {
            f32x16 p, g;
            load(t->weights + lanes * j, lanes, &p);
            load(t->gradients + lanes * j, lanes, &g);
            g = p * (g - mean);
            store(t->gradients + lanes * j, lanes, &g);
        }
}

GRF_INLINE void backward(const tile *t, const float *d_o, size_t o_stride, const float *logsums,
                         float *dq, float *dk, float *dv) {
    const grf_attention *a = t->a;
    int drops = a->dropout.threshold > 0;
    const float *d_rows = d_o + t->first * o_stride, *q_rows = a->q + t->first * a->q_stride;
    f32x16 logs = (f32x16){0} + INFINITY, sums;
    memcpy(&logs, logsums + t->first, t->rows * sizeof(float));
    logs *= log2_e;

    score(t);
    if (drops) recompute(t, &logs, 1, &sums);
    else recompute(t, &logs, 0, &sums);
    const float *dropped = drops ? t->gradients : t->weights;
    FOR_CHUNKS(t, c, n) {
        f32x16 d[lanes];
        read_rows(d_rows + c, o_stride, t->rows, n, a->dropout.scale, d);
        FOR_RUNS(t, j, end)
            products(d, dropped + lanes * j, lanes, end - j, lanes, dv + j * a->v_stride + c, a->v_stride, n, 1);
    }
    FOR_CHUNKS(t, c, n) {
        f32x16 d[lanes];
        read_rows(d_rows + c, o_stride, t->rows, n, a->dropout.scale, d);
        transpose(d);
        FOR_RUNS(t, j, end)
            products(d, a->v + j * a->v_stride + c, a->v_stride, end - j, n, t->gradients + lanes * j, lanes, lanes,
                     c > 0);
    }
    if (drops) softmax_gradient(t, &sums, 1);
    else softmax_gradient(t, &sums, 0);
    FOR_CHUNKS(t, c, n) {
        f32x16 q[lanes], sum[lanes] = {{0}};
        read_rows(q_rows + c, a->q_stride, t->rows, n, a->scale, q);
        FOR_RUNS(t, j, end) {
            products(q, t->gradients + lanes * j, lanes, end - j, lanes, dk + j * a->k_stride + c, a->k_stride, n, 1);
            accumulate(t->gradients + lanes * j, a->k + j * a->k_stride + c, a->k_stride, end - j, n, sum);
        }
        UNROLLED for (int k = 0; k < lanes; k++) sum[k] *= a->scale;
        transpose(sum);
        for (size_t i = 0; i < t->rows; i++) add_to(dq + (t->first + i) * a->q_stride + c, n, &sum[i]);
    }
}

KERNEL(void, grf_attention_backward, (const grf_attention *a, const float *o, const float *d_o, size_t o_stride,
                                      const float *logsums, float *dq, float *dk, float *dv, float *scratch),
       (a, o, d_o, o_stride, logsums, dq, dk, dv, scratch)) {
    (void)o;
    for (size_t first = 0; first < a->queries; first += lanes) {
        tile t;
        begin(&t, a, first, scratch);
        backward(&t, d_o, o_stride, logsums, dq, dk, dv);
    }
}
