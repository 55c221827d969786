internal import CHDF5
internal import Files

/// The datasets of any HDF5 file, whatever its groups: arrays of numbers or strings, of any rank, read by rows through
/// libhdf5.
///
/// For files that are no computational sequences. As with ``SequenceFile``, an instance stays on the thread that made
/// it.
package final class HDF5Arrays {
  package struct Item: Sendable, Equatable {
    /// Without the slash at its start.
    package let path: String
    /// Empty for a single value.
    package let shape: [Int]
    package let typeName: String
    package let content: Content
    /// Rows of a chunk; 1 where there are no chunks.
    package let chunkRows: Int

    /// Elements of a row, row-major.
    package var width: Int { shape.dropFirst().reduce(1, *) }
  }

  package enum Content: Sendable, Equatable {
    /// What binary32 holds exactly; `isBinary16` where it is that.
    case float32(isBinary16: Bool)
    /// All other numbers, as binary64.
    case float64
    case strings
    /// Neither numbers nor strings.
    case other
  }

  package let path: String
  /// In byte order of their paths.
  package let items: [Item]
  private let handle: HDF5Handle
  /// Items that were looked at: all their bytes are there.
  private var wholeItems: Set<String> = []

  /// Groups within groups beyond this are left alone: links may lead in circles.
  private static let greatestDepth = 8
  /// A shape beyond this comes from damage.
  private static let greatestCount = 1 << 44

  /// - Throws: ``SequenceError`` where the file is missing, empty or not HDF5.
  package init(_ path: String) throws(SequenceError) {
    HDF5.start()
    CrashGuard.note(path)
    self.path = path
    if let status = try SequenceError.wrapping({ () throws(FileError) in try FileStatus.of(path) }) {
      CrashGuard.allow(bytes: status.size)
    }
    CrashGuard.enterLibrary(.structure)
    defer { CrashGuard.leaveLibrary() }
    guard let handle = HDF5.openFile(path) else {
      throw .unreadable(path: path, object: "the file", reason: HDF5.lastReason())
    }
    self.handle = handle
    var items: [Item] = []
    try Self.list(self.handle, path: path, prefix: "", depth: 0, into: &items)
    self.items = items.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private static func list(
    _ group: borrowing HDF5Handle, path: String, prefix: String, depth: Int, into items: inout [Item]
  ) throws(SequenceError) {
    guard let links = HDF5.names(in: group) else {
      throw .unreadable(path: path, object: prefix.isEmpty ? "the file" : prefix, reason: HDF5.lastReason())
    }
    for link in links {
      guard let name = link.text else { throw .notText(path: path, object: prefix + link.lossy) }
      // A link that leads nowhere is nobody's.
      guard let object = HDF5.openObject(group, name) else { continue }
      if HDF5.isGroup(object) {
        guard depth < greatestDepth, let inner = HDF5.openGroup(group, name) else { continue }
        try list(inner, path: path, prefix: "\(prefix)\(name)/", depth: depth + 1, into: &items)
      } else if let dataset = HDF5.openDataset(group, name), let shape = HDF5.shape(of: dataset) {
        items.append(try item(dataset, file: path, path: prefix + name, shape: shape))
      }
    }
  }

  private static func item(
    _ dataset: borrowing HDF5Handle, file: String, path: String, shape: [Int]
  ) throws(SequenceError) -> Item {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(1, size))
      guard !overflow, product < greatestCount else {
        throw .unreadable(path: file, object: path, reason: "its shape \(shape) cannot be")
      }
      count = product
    }
    let (content, name) = HDF5.arrayContent(of: dataset)
    // Deflate shrinks to 1/1032 at best; what was never written, or is claimed by damage, is not worth its memory.
    let stored = Int(clamping: H5Dget_storage_size(dataset.id))
    guard count <= 1 << 20 || count / 1100 <= stored else {
      throw .unreadable(path: file, object: path, reason: "\(shape) values cannot be in \(stored) bytes")
    }
    return Item(
      path: path, shape: shape, typeName: name, content: content, chunkRows: HDF5.chunkRows(of: dataset))
  }

  /// Rows of an array of numbers that binary32 holds exactly.
  package func readFloats(_ item: Item, rows: Range<Int>) throws(SequenceError) -> [Float] {
    CrashGuard.enterLibrary(.values)
    defer { CrashGuard.leaveLibrary() }
    let dataset = try open(item)
    guard let values = HDF5.readFloats(dataset, rows: rows, shape: item.shape) else { throw unreadable(item) }
    return values
  }

  /// Rows of an array of numbers.
  package func readDoubles(_ item: Item, rows: Range<Int>) throws(SequenceError) -> [Double] {
    CrashGuard.enterLibrary(.values)
    defer { CrashGuard.leaveLibrary() }
    let dataset = try open(item)
    guard let values = HDF5.readDoubles(dataset, rows: rows, shape: item.shape) else { throw unreadable(item) }
    return values
  }

  /// Rows of an array of strings, without what follows a NUL.
  package func readStrings(_ item: Item, rows: Range<Int>) throws(SequenceError) -> [[UInt8]] {
    CrashGuard.enterLibrary(.values)
    defer { CrashGuard.leaveLibrary() }
    let dataset = try open(item)
    guard let strings = HDF5.readStrings(dataset, rows: rows, shape: item.shape) else { throw unreadable(item) }
    return strings
  }

  private func open(_ item: Item) throws(SequenceError) -> HDF5Handle {
    let dataset = try HDF5.open(item.path, of: handle, path: path)
    if wholeItems.insert(item.path).inserted, let problem = HDF5.missing(item.path, in: handle, path: path) {
      throw .absentBytes(path: path, dataset: item.path, problem: problem, remedy: "fetch what is missing")
    }
    return dataset
  }

  private func unreadable(_ item: Item) -> SequenceError { HDF5.unreadable(item.path, of: handle, path: path) }
}
