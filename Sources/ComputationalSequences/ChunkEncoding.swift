/// Builds the stored bytes of single chunks, for those whose filters are not the dataset's.
struct ChunkEncoding {
  let layout: DatasetLayout
  let content: DatasetContent

  /// - Parameters:
  ///   - index: the chunk's number, counted row by row.
  ///   - mask: a bit for each filter to skip, the dataset's first filter lowest.
  /// - Returns: the first row and column, and the bytes. Beyond the dataset's edge a chunk holds zeros.
  func chunk(_ index: Int, mask: UInt32) -> (offset: [Int], bytes: [UInt8]) {
    guard let chunk = layout.chunk, chunk.count == 2,
      let grid = ChunkGrid(
        rows: layout.shape[0], columns: layout.shape[1], chunkRows: chunk[0], chunkColumns: chunk[1])
    else { preconditionFailure("only chunked tables have chunks") }
    precondition(index < grid.count, "a chunk of the dataset")
    let area = grid.area(of: index)
    var bytes = raw(area.rows, area.columns, of: grid)
    var bit: UInt32 = 1
    if layout.shuffle {
      if mask & bit == 0 { bytes = Self.shuffled(bytes, width: content.elementBytes) }
      bit <<= 1
    }
    if let level = layout.gzip, mask & bit == 0 { bytes = Deflation.zlib(bytes, level: level) }
    return ([area.rows.lowerBound, area.columns.lowerBound], bytes)
  }

  private func raw(_ rows: Range<Int>, _ columns: Range<Int>, of grid: ChunkGrid) -> [UInt8] {
    let width = content.elementBytes
    var bytes = [UInt8](repeating: 0, count: grid.chunkElements * width)
    for row in rows {
      for column in columns {
        let start = grid.offset(row: row, column: column) * width
        bytes.replaceSubrange(start..<start + width, with: elementBytes(at: row * grid.columns + column))
      }
    }
    return bytes
  }

  private func elementBytes(at index: Int) -> [UInt8] {
    switch content {
    case .float32(let values): (0..<4).map { UInt8(truncatingIfNeeded: values[index].bitPattern >> (8 * $0)) }
    case .float64(let values): (0..<8).map { UInt8(truncatingIfNeeded: values[index].bitPattern >> (8 * $0)) }
    case .bytes(let bytes, let width): Array(bytes[index * width..<(index + 1) * width])
    case .strings: preconditionFailure("variable-length strings do not lie in chunks")
    }
  }

  /// HDF5's shuffle filter: the first byte of every element, then the second, and so on.
  private static func shuffled(_ bytes: [UInt8], width: Int) -> [UInt8] {
    let count = bytes.count / width
    return (0..<bytes.count).map { bytes[$0 % count * width + $0 / count] }
  }
}
