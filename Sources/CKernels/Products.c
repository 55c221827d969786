#include "CKernels.h"
#include "Tile.h"

// Matrix products in tiles that stay in registers: a few rows of A against sixteen or thirty-two columns of B, one fused
// multiplication and addition an element and step of the depth, in the order of the depth. So an element depends on the
// numbers that it is made of and on nothing else: not on the tile's shape, its place in the matrix, the clone (portable
// apart, which does not fuse), or how a product is cut into pieces that are added one after another.

// So much of the depth at a time that sixteen columns of B stay in the first cache.
enum { depth_chunk = 128, most_rows = 12 };

GRF_INLINE void begin_tile(const grf_product *p, const float *c, size_t column, size_t n, int rows, int panels,
                           f32x16 sums[most_rows][2]) {
    UNROLLED for (int j = 0; j < panels; j++) {
        f32x16 first = {0};
        if (p->bias) load(p->bias + column + lanes * j, n, &first);
        UNROLLED for (int i = 0; i < rows; i++) {
            if (p->adds) load(c + (size_t)i * p->c_row + lanes * j, n, &first);
            sums[i][j] = first;
        }
    }
}

/// `rows` rows from `row` on and the `panels` panels from the one that begins at `column` on, the last of which has `n`
/// columns.
GRF_INLINE void tile(const grf_product *p, size_t row, size_t column, size_t n, int rows, int panels) {
    const float *a = p->a + row * p->a_row, *b = p->b + column / lanes * p->b_panel;
    float *c = p->c + row * p->c_row + column;
    size_t a_row = p->a_row, a_depth = p->a_depth, b_panel = p->b_panel, b_depth = p->b_depth;
    f32x16 sums[most_rows][2];
    begin_tile(p, c, column, n, rows, panels, sums);
    for (size_t k = 0; k < p->depth; k++) {
        f32x16 v[2];
        UNROLLED for (int j = 0; j < panels; j++) load(b + (size_t)j * b_panel + k * b_depth, lanes, &v[j]);
        UNROLLED for (int i = 0; i < rows; i++) {
            float x = a[(size_t)i * a_row + k * a_depth];
            UNROLLED for (int j = 0; j < panels; j++) sums[i][j] += x * v[j];
        }
    }
    UNROLLED for (int i = 0; i < rows; i++)
        UNROLLED for (int j = 0; j < panels; j++) store(c + (size_t)i * p->c_row + lanes * j, n, &sums[i][j]);
}

GRF_INLINE void tile_of(const grf_product *p, size_t row, size_t column, size_t n, size_t rows, int most, int panels) {
#define ROWS(count)                                                                                                    \
    case count:                                                                                                        \
        if (count <= most) tile(p, row, column, n, count, panels);                                                     \
        return;
    switch (rows) {
        ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8) ROWS(9) ROWS(10) ROWS(11) ROWS(12)
    }
#undef ROWS
}

/// The columns from `first` to `end`, in tiles of at most `most` rows, as even as they can be, and `panels` panels.
GRF_INLINE void columns_of(const grf_product *p, size_t first, size_t end, int most, int panels) {
    size_t tiles = (p->rows + (size_t)most - 1) / (size_t)most, row = 0;
    for (; tiles > 0; tiles--) {
        size_t rows = (p->rows - row) / tiles, column = first;
        if (panels == 2)
            for (; column + 2 * lanes <= end; column += 2 * lanes) tile_of(p, row, column, lanes, rows, most, 2);
        for (; column + lanes <= end; column += lanes) tile_of(p, row, column, lanes, rows, most, 1);
        if (column < end) tile_of(p, row, column, end - column, rows, most, 1);
        row += rows;
    }
}

/// The last columns of a B that is not packed: sixteen floats are not there to be read.
GRF_INLINE void last_columns(const grf_product *p, size_t whole, int most) {
    float panel[depth_chunk * lanes];
    const float *b = p->b + whole / lanes * p->b_panel;
    for (size_t k = 0; k < p->depth; k++) {
        f32x16 v;
        load(b + k * p->b_depth, p->columns - whole, &v);
        store(panel + lanes * k, lanes, &v);
    }
    grf_product edge = *p;
    edge.b = panel;
    edge.b_panel = 0;
    edge.b_depth = lanes;
    columns_of(&edge, whole, p->columns, most, 1);
}

GRF_INLINE void multiply(const grf_product *p, int most, int panels) {
    size_t whole = p->columns - p->columns % lanes;
    grf_product part = *p;
    for (size_t k = 0; k < p->depth || k == 0; k += depth_chunk) {
        part.depth = p->depth - k < depth_chunk ? p->depth - k : depth_chunk;
        part.a = p->a + k * p->a_depth;
        part.b = p->b + k * p->b_depth;
        if (p->b_depth == lanes || whole == p->columns) {
            columns_of(&part, 0, p->columns, most, panels);
        } else {
            if (whole > 0) columns_of(&part, 0, whole, most, panels);
            last_columns(&part, whole, most);
        }
        part.bias = NULL;
        part.adds = 1;
    }
}

CLONES(void, grf_multiply, (const grf_product *p), (p), multiply(p, 2, 1), multiply(p, 6, 1), multiply(p, 6, 1),
       multiply(p, 12, 2))

// MARK: Packing

KERNEL(void, grf_pack_transposed, (const float *w, size_t rows, size_t columns, size_t stride, float *panels),
       (w, rows, columns, stride, panels)) {
    for (size_t r = 0; r < rows; r += lanes) {
        size_t there = rows - r < lanes ? rows - r : lanes;
        for (size_t c = 0; c < columns; c += lanes) {
            size_t n = columns - c < lanes ? columns - c : lanes;
            f32x16 x[lanes];
            read_rows(w + r * stride + c, stride, there, n, 1, x);
            transpose(x);
            for (size_t i = 0; i < n; i++) store(panels + (r / lanes * columns + c + i) * lanes, lanes, &x[i]);
        }
    }
}
