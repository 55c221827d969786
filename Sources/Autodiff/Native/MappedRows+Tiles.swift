internal import CKernels

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
