internal import CKernels
internal import Files
package import PackedSequences

/// A worker's reader: takes raw chunks from the file, undoes their filters, and hands out bands of rows.
///
/// Memory is what one band needs (``RawStorage/workingBytes(selected:)``), whatever the size of the dataset.
package struct BandReader: ~Copyable {
  private let inflater = Inflater()
  private var stored = ScratchBuffer()
  private var inflated = ScratchBuffer()
  private var unshuffled = ScratchBuffer()
  private var band = ScratchBuffer()

  package init() {}

  /// Gives back buffers that an unusually large chunk made grow.
  package mutating func trim(to bytes: Int) {
    stored.trim(to: bytes)
    inflated.trim(to: bytes)
    unshuffled.trim(to: bytes)
    band.trim(to: bytes)
  }

  /// Reads the bands that hold wanted rows, in row order; a chunk is read at most once, and not at all where it holds
  /// no wanted row or no selected column.
  ///
  /// - Parameters:
  ///   - wanted: runs of rows, sorted by start; they may overlap.
  ///   - selection: which columns, in which order.
  ///   - body: receives the bands.
  /// - Throws: ``SequenceError/damagedChunk(path:dataset:row:column:reason:)``, or what `body` throws.
  package mutating func readBands(
    of storage: borrowing RawStorage, wanted: [RowRun], selection: ColumnSelection,
    _ body: (_ firstRow: Int, _ values: Span<Float>, _ overflows: BandOverflows) throws -> Void
  ) throws {
    let grid = storage.grid
    let placements = (0..<grid.gridColumns).map { selection.placements(in: grid.columns(ofGridColumn: $0)) }
    let passesThrough =
      storage.info.element == .float32 && grid.holdsRowsWithoutPadding && selection.isIdentity
    var wantedIndex = 0
    for gridRow in 0..<grid.gridRows {
      let rows = grid.rows(ofGridRow: gridRow)
      // Runs are sorted by start only, so the first that ends later may hide longer ones before it: none are skipped
      // for good unless they end before this band.
      while wantedIndex < wanted.count && wanted[wantedIndex].end <= rows.lowerBound { wantedIndex += 1 }
      let candidates = wanted[wantedIndex...].prefix { $0.start < rows.upperBound }
      guard candidates.contains(where: { $0.range.overlaps(rows) }) else { continue }
      if passesThrough {
        let values = unsafe try chunk(gridRow, 0, of: storage, rows: rows.count)
        // SAFETY: the chunk holds `rows` rows of Floats and stays as it is while `body` runs.
        let floats = unsafe UnsafeBufferPointer(values.bindMemory(to: Float.self))
        try body(rows.lowerBound, unsafe floats.span.extracting(first: rows.count * selection.count), .none)
        continue
      }
      let target = unsafe band.take(rows.count * selection.count * 4).bindMemory(to: Float.self)
      var overflows = BandOverflows(rows: storage.info.element == .float32 ? 0 : rows.count)
      for gridColumn in 0..<grid.gridColumns where !placements[gridColumn].sources.isEmpty {
        let values = unsafe try chunk(gridRow, gridColumn, of: storage, rows: rows.count)
        unsafe place(
          values, of: storage, rows: rows.count, placements[gridColumn], into: target, stride: selection.count,
          &overflows)
      }
      try body(rows.lowerBound, unsafe UnsafeBufferPointer(target).span, overflows)
    }
  }

  /// Reads a numeric dataset whole, as Doubles `[rows, columns]`.
  package mutating func readDoubles(of storage: borrowing RawStorage) throws -> [Double] {
    var values = [Double](repeating: 0, count: storage.info.rows * storage.info.columns)
    let times = storage.info.times
    let isSeconds = times.isIdentity
    let grid = storage.grid
    for gridRow in 0..<grid.gridRows {
      let rows = grid.rows(ofGridRow: gridRow)
      for gridColumn in 0..<grid.gridColumns {
        let source = unsafe try chunk(gridRow, gridColumn, of: storage, rows: rows.count)
        for row in rows {
          for column in grid.columns(ofGridColumn: gridColumn) {
            let index = grid.offset(row: row, column: column)
            // SAFETY: the chunk holds these rows of elements of this type.
            let value =
              storage.info.element == .float32
              ? unsafe Double(source.loadUnaligned(fromByteOffset: index * 4, as: Float.self))
              : unsafe source.loadUnaligned(fromByteOffset: index * 8, as: Double.self)
            values[row * grid.columns + column] = isSeconds ? value : times.seconds(value)
          }
        }
      }
    }
    return values
  }

  /// Reads a dataset of fixed-width strings (one column), band by band in row order.
  package mutating func readStrings(
    of storage: borrowing RawStorage, _ body: (_ row: Int, _ text: Span<UInt8>) throws -> Void
  ) throws {
    let width = storage.info.elementBytes
    for gridRow in 0..<storage.grid.gridRows {
      let rows = storage.grid.rows(ofGridRow: gridRow)
      let source = unsafe try chunk(gridRow, 0, of: storage, rows: rows.count)
      for row in rows {
        let start = storage.grid.offset(row: row, column: 0) * width
        // SAFETY: the chunk holds these rows of strings of this width.
        let bytes = unsafe UnsafeBufferPointer(
          rebasing: UnsafeBufferPointer(source.bindMemory(to: UInt8.self))[start..<start + width])
        try body(row, unsafe bytes.span)
      }
    }
  }

  /// One chunk with its filters undone: at least `rows` rows of it. One that no file holds is all NaN.
  private mutating func chunk(
    _ gridRow: Int, _ gridColumn: Int, of storage: borrowing RawStorage, rows: Int
  ) throws(SequenceError) -> UnsafeMutableRawBufferPointer {
    let least = storage.grid.elements(rows: rows) * storage.info.elementBytes
    guard let chunk = storage.chunks[gridRow * storage.grid.gridColumns + gridColumn] else {
      let target = unsafe inflated.take(least)
      if storage.info.element == .float32 {
        _ = unsafe target.initializeMemory(as: Float.self, repeating: .nan)
      } else {
        _ = unsafe target.initializeMemory(as: Double.self, repeating: .nan)
      }
      return unsafe target
    }
    func damaged(_ reason: String) -> SequenceError {
      .damagedChunk(
        path: storage.source.file.path, dataset: storage.info.object,
        row: storage.grid.rows(ofGridRow: gridRow).lowerBound,
        column: storage.grid.columns(ofGridColumn: gridColumn).lowerBound, reason: reason)
    }
    guard chunk.bytes >= 0, chunk.address >= 0, chunk.bytes <= storage.source.size,
      chunk.address <= storage.source.size - chunk.bytes
    else { throw damaged("it lies beyond the end of the file") }
    var bytes = unsafe stored.take(chunk.bytes)
    try SequenceError.wrapping { () throws(FileError) in
      try unsafe storage.source.file.read(into: bytes, at: chunk.address)
    }
    for (index, filter) in storage.info.filters.enumerated().reversed() where chunk.filterMask >> index & 1 == 0 {
      switch filter {
      case .deflate:
        guard storage.chunkBytes / 1100 <= bytes.count else { throw damaged("it is too short for its rows") }
        let target = unsafe inflated.take(storage.chunkBytes)
        if let reason = unsafe inflater.inflate(UnsafeRawBufferPointer(bytes), into: target) { throw damaged(reason) }
        unsafe bytes = target
      case .lzf:
        guard storage.chunkBytes / 1100 <= bytes.count else { throw damaged("it is too short for its rows") }
        let target = unsafe inflated.take(storage.chunkBytes)
        if let reason = unsafe LZF.decompress(UnsafeRawBufferPointer(bytes), into: target) { throw damaged(reason) }
        unsafe bytes = target
      case .shuffle(let width):
        let target = unsafe unshuffled.take(bytes.count)
        // SAFETY: both buffers have the same length.
        unsafe grf_unshuffle(bytes.baseAddress, target.baseAddress, bytes.count, width)
        unsafe bytes = target
      case .other(let name): throw damaged("the filter \(name) cannot be undone")
      }
    }
    guard bytes.count >= least else { throw damaged("it is too short for its rows") }
    return unsafe bytes
  }

  private func place(
    _ values: UnsafeMutableRawBufferPointer, of storage: borrowing RawStorage, rows: Int,
    _ placement: (sources: [Int], targets: [Int]), into target: UnsafeMutableBufferPointer<Float>, stride: Int,
    _ overflows: inout BandOverflows
  ) {
    let width = storage.grid.chunkColumns
    let count = placement.sources.count
    unsafe placement.sources.withUnsafeBytes { sources in
      unsafe placement.targets.withUnsafeBytes { targets in
        // SAFETY: non-negative Ints are size_t bit for bit; the chunk holds `rows` rows of `width` elements, the
        // target `rows` rows of `stride`, the overflows a number a row, and every placement lies within both.
        let sources = unsafe sources.bindMemory(to: Int.self).baseAddress
        let targets = unsafe targets.bindMemory(to: Int.self).baseAddress
        if storage.info.element == .float32 {
          unsafe grf_place_columns_f32(
            values.bindMemory(to: Float.self).baseAddress, rows, width, sources, targets, count, target.baseAddress,
            stride)
        } else {
          let doubles = unsafe values.bindMemory(to: Double.self).baseAddress
          overflows.total += unsafe overflows.byRow.withUnsafeMutableBufferPointer {
            unsafe grf_place_columns_f64(
              doubles, rows, width, sources, targets, count, target.baseAddress, stride, $0.baseAddress)
          }
        }
      }
    }
  }
}
