/// Builds the stored bytes of single chunks, for those whose filters are not the dataset's.
struct ChunkEncoding {
  let layout: DatasetLayout
  let content: DatasetContent

  /// - Parameters:
  ///   - index: the chunk's number, counted row by row.
  ///   - mask: a bit for each filter to skip, the dataset's first filter lowest.
  /// - Returns: the first row and column, and the bytes. Beyond the dataset's edge a chunk holds zeros.
  func chunk(_ index: Int, mask: UInt32) -> (offset: [Int], bytes: [UInt8]) {
    guard let shape = layout.chunk, shape.count == 2 else { preconditionFailure("only chunked tables have chunks") }
    let across = (layout.shape[1] + shape[1] - 1) / shape[1]
    let offset = [index / across * shape[0], index % across * shape[1]]
    precondition(offset[0] < layout.shape[0], "a chunk of the dataset")
    var bytes = raw(offset: offset, chunk: shape)
    var bit: UInt32 = 1
    if layout.shuffle {
      if mask & bit == 0 { bytes = Self.shuffled(bytes, width: content.elementBytes) }
      bit <<= 1
    }
    if let level = layout.gzip, mask & bit == 0 { bytes = Deflation.zlib(bytes, level: level) }
    return (offset, bytes)
  }

  private func raw(offset: [Int], chunk: [Int]) -> [UInt8] {
    let width = content.elementBytes
    let columns = min(chunk[1], layout.shape[1] - offset[1])
    var bytes = [UInt8](repeating: 0, count: chunk[0] * chunk[1] * width)
    for row in 0..<min(chunk[0], layout.shape[0] - offset[0]) {
      for column in 0..<columns {
        let element = elementBytes(at: (offset[0] + row) * layout.shape[1] + offset[1] + column)
        let start = (row * chunk[1] + column) * width
        bytes.replaceSubrange(start..<start + width, with: element)
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
