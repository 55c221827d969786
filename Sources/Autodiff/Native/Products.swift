internal import CBLAS
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

/// Matrix products through OpenBLAS, which runs on the calling thread only.
enum Product {
  /// OpenBLAS keeps to one thread from here on: groups run in parallel, products do not.
  private static let isReady: Bool = {
    openblas_set_num_threads(1)
    return true
  }()

  /// `result = a bᵀ`, or added to it: a `[m, k]`, b `[n, k]`, result `[m, n]`.
  static func timesTransposed(_ a: Matrix, _ b: Matrix, into result: Matrix, adds: Bool) {
    precondition(a.columns == b.columns && result.rows == a.rows && result.columns == b.rows)
    // SAFETY: a matrix has rows × columns floats; the shapes were just checked.
    unsafe product(
      CblasNoTrans, CblasTrans, a.rows, b.rows, a.columns, a.block.start, a.columns, b.block.start, b.columns, adds,
      result)
  }

  /// `result = a b`, or added to it: a `[m, k]`, b `[k, n]`, result `[m, n]`.
  static func times(_ a: Matrix, _ b: Matrix, into result: Matrix, adds: Bool) {
    precondition(a.columns == b.rows && result.rows == a.rows && result.columns == b.columns)
    // SAFETY: as above.
    unsafe product(
      CblasNoTrans, CblasNoTrans, a.rows, b.columns, a.columns, a.block.start, a.columns, b.block.start, b.columns,
      adds, result)
  }

  /// `result += aᵀ b`: a `[k, m]`, b `[k, n]`, result `[m, n]`.
  static func addTransposedTimes(_ a: Matrix, _ b: Matrix, into result: Matrix) {
    precondition(a.rows == b.rows && result.rows == a.columns && result.columns == b.columns)
    // SAFETY: as above.
    unsafe product(
      CblasTrans, CblasNoTrans, a.columns, b.columns, a.rows, a.block.start, a.columns, b.block.start, b.columns, true,
      result)
  }

  /// `result += rows wᵀ`, from rows where they lie: rows `[m, k]`, w `[n, k]`, result `[m, n]`.
  ///
  /// - Parameter tile: `rows.tileRows × k` floats, for rows that are widened first.
  static func addTimesTransposed(_ rows: MappedRows, _ w: Matrix, into result: Matrix, tile: Block) {
    precondition(rows.columns == w.columns && result.rows == rows.rows && result.columns == w.rows)
    unsafe rows.forEachTile(tile) { range, start in
      let target = unsafe result.block.start + range.lowerBound * result.columns
      // SAFETY: the tile has range.count rows, and so has what is left of the result from its first row.
      unsafe product(
        CblasNoTrans, CblasTrans, range.count, w.rows, w.columns, start, rows.columns, w.block.start, w.columns, true,
        Matrix(Block(start: target, count: range.count * result.columns), range.count, result.columns))
    }
  }

  /// `result += aᵀ rows`, from rows where they lie: a `[k, m]`, rows `[k, n]`, result `[m, n]`.
  static func addTransposedTimes(_ a: Matrix, _ rows: MappedRows, into result: Matrix, tile: Block) {
    precondition(a.rows == rows.rows && result.rows == a.columns && result.columns == rows.columns)
    unsafe rows.forEachTile(tile) { range, start in
      // SAFETY: as above, for a's rows.
      unsafe product(
        CblasTrans, CblasNoTrans, a.columns, rows.columns, range.count, a.block.start + range.lowerBound * a.columns,
        a.columns, start, rows.columns, true, result)
    }
  }

  private static func product(
    _ transposeA: CBLAS_TRANSPOSE, _ transposeB: CBLAS_TRANSPOSE, _ m: Int, _ n: Int, _ k: Int,
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int, _ adds: Bool,
    _ result: Matrix
  ) {
    guard m > 0, n > 0 else { return }
    if k == 0 {
      if !adds { result.block.clear() }
      return
    }
    precondition(isReady)
    unsafe cblas_sgemm(
      CblasRowMajor, transposeA, transposeB, blasint(m), blasint(n), blasint(k), 1, a, blasint(aStride), b,
      blasint(bStride), adds ? 1 : 0, result.block.start, blasint(result.columns))
  }
}

extension Block {
  /// self = the rows, as floats.
  func copy(_ rows: MappedRows, tile: Block) {
    precondition(count == rows.rows * rows.columns, "\(rows.rows) rows of \(rows.columns) in \(count) floats")
    unsafe rows.forEachTile(tile) { range, source in
      // SAFETY: the rows of `range` lie within both.
      unsafe (start + range.lowerBound * rows.columns).update(from: source, count: range.count * rows.columns)
    }
  }
}

extension MappedRows {
  /// How many rows are widened at a time.
  static let tileRows = 64

  /// The floats of a tile; 0 where nothing has to be widened.
  var tileCount: Int { format == .f32 ? 0 : min(rows, Self.tileRows) * columns }

  /// Gives all rows as floats: at once where they are floats, else tile by tile, widened.
  func forEachTile(_ tile: Block, _ body: (_ rows: Range<Int>, _ start: UnsafePointer<Float>) -> Void) {
    guard rows > 0, let start = unsafe start else { return }
    if format == .f32 {
      // SAFETY: rows of floats, aligned as the shard format has them.
      unsafe body(0..<rows, start.assumingMemoryBound(to: Float.self))
      return
    }
    precondition(tile.count >= tileCount)
    let halves = unsafe start.assumingMemoryBound(to: UInt16.self)
    for first in Swift.stride(from: 0, to: rows, by: Self.tileRows) {
      let range = first..<min(first + Self.tileRows, rows)
      // SAFETY: the rows of `range` lie within the mapping, and as many floats within the tile.
      switch format {
      case .f16: unsafe grf_widen_f16(halves + first * columns, tile.start, range.count * columns)
      default: unsafe grf_widen_bf16(halves + first * columns, tile.start, range.count * columns)
      }
      unsafe body(range, UnsafePointer(tile.start))
    }
  }
}
