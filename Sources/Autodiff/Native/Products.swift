internal import CKernels

/// A block read as `[rows, columns]`, row-major.
struct Matrix {
  let block: Block
  let rows: Int
  let columns: Int

  init(_ block: Block, _ rows: Int, _ columns: Int) {
    precondition(block.count == rows * columns, "\(block.count) floats as [\(rows), \(columns)]")
    self.block = block
    self.rows = rows
    self.columns = columns
  }
}

/// The transpose of a weight matrix, packed for products: `[rows, columns]` in panels of sixteen columns.
struct Panels {
  let block: Block
  let rows: Int
  let columns: Int

  /// The floats that a matrix takes when packed.
  static func count(rows: Int, columns: Int) -> Int { rows * ((columns + 15) / 16 * 16) }

  init(_ block: Block, rows: Int, columns: Int) {
    precondition(block.count == Self.count(rows: rows, columns: columns), "panels of another size")
    self.block = block
    self.rows = rows
    self.columns = columns
  }
}

/// What a product's elements begin with.
enum ProductStart {
  case zero
  /// A number for each column.
  case bias(Block)
  /// What the result holds: the product is added.
  case result
}

/// Matrix products: every element is one chain of fused multiplications and additions in the order of the depth, so that it
/// is the same on every processor, in whatever matrix its row lies; see `grf_product`.
enum Product {
  /// `result = start + a b`: a `[m, k]`, b `[k, n]`, result `[m, n]`.
  static func times(_ a: Matrix, _ b: Panels, from start: ProductStart, into result: Matrix) {
    precondition(a.columns == b.rows && result.rows == a.rows && result.columns == b.columns)
    // SAFETY: a matrix has rows × columns floats; the shapes were just checked.
    unsafe times(a.block.start, rows: a.rows, b, from: start, into: result.block)
  }

  /// `result = a b`, or added to it: a `[m, k]`, b `[k, n]`, result `[m, n]`.
  static func times(_ a: Matrix, _ b: Matrix, into result: Matrix, adds: Bool) {
    precondition(a.columns == b.rows && result.rows == a.rows && result.columns == b.columns)
    // SAFETY: as above.
    var product = unsafe grf_product(
      rows: a.rows, columns: b.columns, depth: a.columns, a: UnsafePointer(a.block.start), a_row: a.columns, a_depth: 1,
      b: UnsafePointer(b.block.start), b_panel: 16, b_depth: b.columns, c: result.block.start, c_row: b.columns,
      bias: nil, adds: adds ? 1 : 0)
    unsafe grf_multiply(&product)
  }

  /// `result += aᵀ b`, or `result = aᵀ b`: a `[k, m]`, b `[k, n]`, result `[m, n]`.
  static func transposedTimes(_ a: Matrix, _ b: Matrix, into result: Matrix, adds: Bool) {
    precondition(a.rows == b.rows && result.rows == a.columns && result.columns == b.columns)
    // SAFETY: as above.
    unsafe transposedTimes(a.block.start, b.block.start, depth: a.rows, into: result, adds: adds)
  }

  /// `result = start + rows w`, from rows where they lie: rows `[m, k]`, w `[k, n]`, result `[m, n]`.
  ///
  /// - Parameter tile: `rows.tileCount` floats, for rows that are widened first.
  static func times(_ rows: MappedRows, _ w: Panels, from start: ProductStart, into result: Matrix, tile: Block) {
    precondition(rows.columns == w.rows && result.rows == rows.rows && result.columns == w.columns)
    unsafe rows.forEachTile(tile) { range, source in
      let target = result.block[range.lowerBound * w.columns..<range.upperBound * w.columns]
      // SAFETY: the tile has range.count rows.
      unsafe times(source, rows: range.count, w, from: start, into: target)
    }
  }

  /// `result += aᵀ rows`, from rows where they lie: a `[k, m]`, rows `[k, n]`, result `[m, n]`.
  static func addTransposedTimes(_ a: Matrix, _ rows: MappedRows, into result: Matrix, tile: Block) {
    precondition(a.rows == rows.rows && result.rows == a.columns && result.columns == rows.columns)
    unsafe rows.forEachTile(tile) { range, source in
      // SAFETY: as above, for a's rows.
      unsafe transposedTimes(
        a.block.start + range.lowerBound * a.columns, source, depth: range.count, into: result, adds: true)
    }
  }

  private static func times(
    _ a: UnsafePointer<Float>, rows: Int, _ b: Panels, from start: ProductStart, into result: Block
  ) {
    precondition(result.count == rows * b.columns)
    var product = unsafe grf_product(
      rows: rows, columns: b.columns, depth: b.rows, a: a, a_row: b.rows, a_depth: 1, b: UnsafePointer(b.block.start),
      b_panel: 16 * b.rows, b_depth: 16, c: result.start, c_row: b.columns, bias: nil, adds: 0)
    switch start {
    case .zero: break
    case .bias(let bias):
      precondition(bias.count == b.columns)
      unsafe product.bias = UnsafePointer(bias.start)
    case .result: unsafe product.adds = 1
    }
    unsafe grf_multiply(&product)
  }

  private static func transposedTimes(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, depth: Int, into result: Matrix, adds: Bool
  ) {
    var product = unsafe grf_product(
      rows: result.rows, columns: result.columns, depth: depth, a: a, a_row: 1, a_depth: result.rows, b: b,
      b_panel: 16, b_depth: result.columns, c: result.block.start, c_row: result.columns, bias: nil,
      adds: adds ? 1 : 0)
    unsafe grf_multiply(&product)
  }
}

extension Panels {
  /// Packs the transpose of a matrix `[columns, rows]`.
  init(transposed matrix: Matrix, in block: Block) {
    self.init(block, rows: matrix.columns, columns: matrix.rows)
    // SAFETY: the block has the panels' size, which was just checked.
    unsafe grf_pack_transposed(matrix.block.start, matrix.rows, matrix.columns, matrix.columns, block.start)
  }
}
