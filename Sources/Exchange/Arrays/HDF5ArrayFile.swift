internal import ComputationalSequences

/// The arrays of an HDF5 file, by their paths.
final class HDF5ArrayFile: ArrayFile {
  let path: String
  let arrays: [ArrayInfo]
  private let file: HDF5Arrays
  private let items: [String: HDF5Arrays.Item]

  init(_ path: String) throws {
    self.path = path
    let file = try HDF5Arrays(path)
    self.file = file
    items = Dictionary(file.items.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    arrays = file.items.map { item in
      let isReadable = item.content != .other
      return ArrayInfo(
        key: item.path, shape: item.shape, typeName: item.typeName, isText: item.content == .strings,
        isBinary16: item.content == .float32(isBinary16: true), chunkRows: item.chunkRows,
        problem: isReadable
          ? nil
          : .damagedArray(
            path: path, array: item.path, problem: "holds \(item.typeName), but numbers or text are wanted"))
    }
  }

  func rows(of info: ArrayInfo, scratch: () -> String) throws -> any RowReader {
    if let problem = info.problem { throw problem }
    guard let item = items[info.key] else {
      throw ExchangeError.unknownArray(path: path, option: "array", key: info.key, keys: arrays.map(\.key))
    }
    return HDF5Rows(file, item)
  }
}

private final class HDF5Rows: RowReader {
  private let file: HDF5Arrays
  private let item: HDF5Arrays.Item
  private var row = 0

  init(_ file: HDF5Arrays, _ item: HDF5Arrays.Item) { (self.file, self.item) = (file, item) }

  func next(_ count: Int) throws -> ArrayRows {
    defer { row += count }
    let rows = row..<row + count
    switch item.content {
    case .float32: return .float32(try file.readFloats(item, rows: rows))
    case .float64: return .float64(try file.readDoubles(item, rows: rows))
    case .strings, .other: return .texts(try file.readStrings(item, rows: rows))
    }
  }
}
