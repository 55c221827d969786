#pragma once

#include <zlib.h>

// Swift imports no function-like macros. Both are for deflate streams without zlib's own frame, as a zip archive holds
// them: that is what the negative window size asks for.

static inline int grf_deflate_init(z_streamp stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}

static inline int grf_inflate_init(z_streamp stream) { return inflateInit2(stream, -MAX_WBITS); }
