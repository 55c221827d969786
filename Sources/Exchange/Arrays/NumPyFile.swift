internal import Files

/// The arrays of an `.npz`.
final class NumPyFile: ArrayFile {
  let path: String
  let arrays: [ArrayInfo]
  private let entries: [String: (member: ZipDirectory.Member, header: ArrayHeader)]

  /// Reads the directory and every array's header.
  init(_ path: String) throws {
    self.path = path
    let directory = try ZipDirectory(try File(reading: path))
    var arrays: [ArrayInfo] = []
    var entries: [String: (member: ZipDirectory.Member, header: ArrayHeader)] = [:]
    for member in directory.members where member.name.hasSuffix(".npy") {
      let key = String(member.name.dropLast(4))
      do {
        let header = try ArrayHeader(MemberReader(path, member))
        entries[key] = (member, header)
        arrays.append(
          ArrayInfo(
            key: key, shape: header.shape, typeName: header.type.description, isText: header.type.isText,
            isBinary16: header.type.kind == .float && header.type.bytes == 2))
      } catch let problem as ArrayProblem {
        // An array that nobody wants may be whatever it is.
        arrays.append(
          ArrayInfo(
            key: key, shape: [], typeName: "", isText: false, isBinary16: false,
            problem: problem.error(path: path, array: key)))
      }
    }
    self.arrays = arrays.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    self.entries = entries
  }

  func rows(of info: ArrayInfo, scratch: () -> String) throws -> any RowReader {
    if let problem = info.problem { throw problem }
    guard let (member, _) = entries[info.key] else {
      throw ExchangeError.unknownArray(path: path, option: "array", key: info.key, keys: arrays.map(\.key))
    }
    let reader = try MemberReader(path, member)
    let header = try ArrayHeader(reader)
    if header.isFortran { return try FortranRows(reader, header, path: path, key: info.key, scratch: scratch()) }
    return NumPyRows(reader, header, path: path, key: info.key)
  }
}

extension ArrayProblem {
  func error(path: String, array: String) -> ExchangeError {
    switch self {
    case .objects: .objectArray(path: path, array: array)
    case .damaged(let problem): .damagedArray(path: path, array: array, problem: problem)
    }
  }
}

/// Rows as they lie in the file.
private final class NumPyRows: RowReader {
  private let reader: MemberReader
  private let header: ArrayHeader
  private let path: String
  private let key: String

  init(_ reader: MemberReader, _ header: ArrayHeader, path: String, key: String) {
    (self.reader, self.header, self.path, self.key) = (reader, header, path, key)
  }

  func next(_ count: Int) throws -> ArrayRows {
    let rowBytes = header.shape.dropFirst().reduce(header.type.bytes, *)
    let bytes = try reader.read(count * rowBytes)
    do { return try header.type.decoded(bytes) } catch let problem as ArrayProblem {
      throw problem.error(path: path, array: key)
    }
  }
}

/// Rows of an array in Fortran's order, whose first index runs fastest: its content is laid down in a file, from which
/// each block of rows is gathered.
private final class FortranRows: RowReader {
  private let header: ArrayHeader
  private let path: String
  private let key: String
  private let file: File
  private var row = 0

  init(_ reader: MemberReader, _ header: ArrayHeader, path: String, key: String, scratch: String) throws {
    (self.header, self.path, self.key) = (header, path, key)
    file = try File(creating: scratch)
    var offset = 0
    while reader.left > 0 {
      let bytes = try reader.read(min(1 << 20, reader.left))
      try file.write(bytes, at: offset)
      offset += bytes.count
    }
  }

  deinit { try? Folder.removeAll(file.path) }

  func next(_ count: Int) throws -> ArrayRows {
    let (size, rows) = (header.type.bytes, header.shape[0])
    let inner = Array(header.shape.dropFirst())
    let width = inner.reduce(1, *)
    var bytes = [UInt8](repeating: 0, count: count * width * size)
    // The place of each element of a row in the file's order, and in ours.
    var index = Array(repeating: 0, count: inner.count)
    for place in 0..<width {
      let target = zip(index, inner).reduce(0) { $0 * $1.1 + $1.0 }
      let column = try file.read(bytes: count * size, at: (place * rows + row) * size)
      for r in 0..<count {
        for byte in 0..<size { bytes[(r * width + target) * size + byte] = column[r * size + byte] }
      }
      for axis in index.indices {
        index[axis] += 1
        if index[axis] < inner[axis] { break }
        index[axis] = 0
      }
    }
    row += count
    do { return try header.type.decoded(bytes) } catch let problem as ArrayProblem {
      throw problem.error(path: path, array: key)
    }
  }
}
