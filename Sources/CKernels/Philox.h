#pragma once

#include "CKernels.h"
#include "Vector.h"

// Dropout's random bits, 256 elements at a time: the rounds of one counter wait for each other, so that four vectors of
// eight counters go side by side.

enum { drawn = 256, drawn_words = 8 };

/// The words that elements 256 `run` ... read, in that order: word w % 4 of the sixteen counters 32 `run` + 16 (w / 4)
/// ..., by lane.
GRF_INLINE void draw(const grf_dropout_stream *stream, size_t run, u32x16 words[drawn_words]) {
    const u64x8 count = {0, 1, 2, 3, 4, 5, 6, 7};
    // Words lie in the low halves of wider lanes, as the products need them; what stands in the high halves is never
    // read: factors are cut, and only fresh products are shifted down.
    const uint64_t low = 0xffffffff;
    u64x8 c0[4], c1[4], c2[4], c3[4];
    UNROLLED for (int h = 0; h < 4; h++) {
        c0[h] = count + (uint64_t)(uint32_t)(32 * run + 8 * (size_t)h);
        c1[h] = (u64x8){0} + stream->counter[0];
        c2[h] = (u64x8){0} + stream->counter[1];
        c3[h] = (u64x8){0} + stream->counter[2];
    }
    uint32_t k0 = stream->key[0], k1 = stream->key[1];
    UNROLLED for (int round = 0; round < 10; round++) {
        UNROLLED for (int h = 0; h < 4; h++) {
            u64x8 p0 = (c0[h] & low) * 0xD2511F53u, p1 = (c2[h] & low) * 0xCD9E8D57u;
            c0[h] = (p1 >> 32) ^ c1[h] ^ k0;
            c1[h] = p1;
            c2[h] = (p0 >> 32) ^ c3[h] ^ k1;
            c3[h] = p0;
        }
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
#define JOINED(c, h)                                                                                                   \
    __builtin_shufflevector(__builtin_convertvector(c[h], u32x8), __builtin_convertvector(c[h + 1], u32x8), 0, 1, 2, 3,\
                            4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    UNROLLED for (int half = 0; half < 2; half++) {
        words[4 * half] = JOINED(c0, 2 * half);
        words[4 * half + 1] = JOINED(c1, 2 * half);
        words[4 * half + 2] = JOINED(c2, 2 * half);
        words[4 * half + 3] = JOINED(c3, 2 * half);
    }
#undef JOINED
}

/// Which of the elements 16 `part` ... of a run are kept: all ones or all zeros by lane.
GRF_INLINE void kept(const u32x16 words[drawn_words], int part, uint32_t threshold, i32x16 *mask) {
    u32x16 word = words[part / 2];
    i32x16 bits = (i32x16)(part % 2 ? word >> 16 : word & 0xffff);
    *mask = bits >= (int32_t)threshold;
}

/// What the elements 16 `part` ... are multiplied by.
GRF_INLINE void factors(const u32x16 words[drawn_words], int part, const grf_dropout_stream *stream, f32x16 *factor) {
    i32x16 mask;
    kept(words, part, stream->threshold, &mask);
    *factor = (f32x16)(mask & (i32x16)((f32x16){0} + stream->scale));
}

/// Runs `call` as FOR_LANES does, with `factor` telling what each element is multiplied by: 0 or the stream's scale.
#define FOR_DROPPED(i, n, factor, count, stream, call)                                                                 \
    do {                                                                                                               \
        f32x16 factor = (f32x16){0} + (stream).scale;                                                                  \
        if ((stream).threshold == 0) {                                                                                 \
            FOR_LANES(i, n, count, call);                                                                              \
            break;                                                                                                     \
        }                                                                                                              \
        size_t start_ = 0;                                                                                             \
        u32x16 words_[drawn_words];                                                                                    \
        for (; start_ + drawn <= (count); start_ += drawn) {                                                           \
            draw(&(stream), start_ / drawn, words_);                                                                   \
            UNROLLED for (int part_ = 0; part_ < drawn / lanes; part_++) {                                             \
                enum { n = lanes };                                                                                    \
                size_t i = start_ + lanes * (size_t)part_;                                                             \
                factors(words_, part_, &(stream), &factor);                                                            \
                call;                                                                                                  \
            }                                                                                                          \
        }                                                                                                              \
        if (start_ == (count)) break;                                                                                  \
        draw(&(stream), start_ / drawn, words_);                                                                       \
        for (int part_ = 0; start_ + lanes * (size_t)part_ < (count); part_++) {                                       \
            size_t i = start_ + lanes * (size_t)part_;                                                                 \
            size_t n = (count)-i < lanes ? (count)-i : lanes;                                                          \
            factors(words_, part_, &(stream), &factor);                                                                \
            call;                                                                                                      \
        }                                                                                                              \
    } while (0)
