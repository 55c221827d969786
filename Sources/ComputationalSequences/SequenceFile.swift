internal import CHDF5
internal import Files
internal import PackedSequences

/// An open `.csd` file: its computational sequences, and ways to read them.
///
/// Opening reads the structure (roots, entries, shapes, storage) and the metadata, none of the values. libhdf5 allows
/// one thread only, so an instance stays on the thread that made it; what goes to workers is ``RawStorage``.
public final class SequenceFile {
  public let path: String
  public let roots: [SequenceRoot]
  let handle: HDF5Handle
  let source: RawStorage.Source
  /// Whether bytes that are not HDF5's stand before its part of the file.
  private let hasUserBlock: Bool

  /// - Throws: ``SequenceError`` where the file is missing, empty, not HDF5, not a computational sequence, or where an
  ///   entry contradicts itself or its neighbours.
  public init(_ path: String) throws(SequenceError) {
    HDF5.start()
    CrashGuard.note(path)
    self.path = path
    guard let status = try SequenceError.wrapping({ () throws(FileError) in try FileStatus.of(path) }) else {
      throw .notFound(path: path)
    }
    guard status.isRegularFile else { throw .notHDF5(path: path, found: .unknown) }
    guard status.size > 0 else { throw .emptyFile(path: path) }
    CrashGuard.allow(bytes: status.size)
    CrashGuard.enterLibrary(.structure)
    defer { CrashGuard.leaveLibrary() }
    source = try SequenceError.wrapping { () throws(FileError) in try RawStorage.Source(path) }
    guard let handle = HDF5.openFile(path) else { throw try Self.whyNotOpened(path, source) }
    self.handle = handle
    hasUserBlock = HDF5.userBlock(of: self.handle) > 0
    roots = try Inventory(path: path, file: self.handle).roots(of: self.handle)
  }

  private static func whyNotOpened(_ path: String, _ source: RawStorage.Source) throws(SequenceError) -> SequenceError {
    let reason = HDF5.lastReason()
    let head = try SequenceError.wrapping { () throws(FileError) in
      try source.file.read(bytes: min(source.size, FileKind.headBytes), at: 0)
    }
    let kind = FileKind(head: head)
    return kind == .hdf5
      ? .unreadable(path: path, object: "the file", reason: reason) : .notHDF5(path: path, found: kind)
  }

  /// Where the values of a dataset lie, or nil where they must be read through libhdf5
  /// (``readDoubles(_:rows:)``, ``readStrings(_:rows:)``).
  package func rawStorage(of info: DatasetInfo) throws(SequenceError) -> RawStorage? {
    guard info.isRaw else { return nil }
    CrashGuard.enterLibrary(.structure)
    defer { CrashGuard.leaveLibrary() }
    let dataset = try open(info)
    switch info.layout {
    case .contiguous:
      let rowBytes = info.columns * info.elementBytes
      let rows = max(1, min(info.rows, RawStorage.contiguousBand / max(1, rowBytes)))
      guard info.rows > 0, info.columns > 0 else { return storage(info, rows: rows, columns: max(1, info.columns), []) }
      guard let address = HDF5.address(of: dataset) else { return nil }
      let chunks = stride(from: 0, to: info.rows, by: rows).map { row in
        StoredChunk(
          address: address + row * rowBytes, bytes: min(rows, info.rows - row) * rowBytes, filterMask: ~0)
      }
      return storage(info, rows: rows, columns: info.columns, chunks)
    case .chunked(let rows, let columns):
      // HDF5 1.10 leaves the user block out of the addresses of chunks (not of contiguous datasets), 2.0 counts it in:
      // libhdf5's own path knows.
      if hasUserBlock { return nil }
      var chunks: [StoredChunk] = []
      for row in stride(from: 0, to: info.rows, by: rows) {
        for column in stride(from: 0, to: info.columns, by: columns) {
          // A chunk that was never written holds fill values, which libhdf5 knows.
          guard let chunk = HDF5.chunk(of: dataset, row: row, column: column) else { return nil }
          chunks.append(chunk)
        }
      }
      return storage(info, rows: rows, columns: columns, chunks)
    case .other: return nil
    }
  }

  private func storage(_ info: DatasetInfo, rows: Int, columns: Int, _ chunks: [StoredChunk]) -> RawStorage {
    RawStorage(source: source, info: info, chunkRows: rows, chunkColumns: columns, chunks: chunks)
  }

  /// Rows of a numeric dataset through libhdf5, as Doubles `[rows, columns]`.
  package func readDoubles(_ info: DatasetInfo, rows: Range<Int>) throws(SequenceError) -> [Double] {
    CrashGuard.enterLibrary(.values)
    defer { CrashGuard.leaveLibrary() }
    let dataset = try open(info)
    var values = [Double](repeating: 0, count: rows.count * info.columns)
    guard HDF5.readDoubles(dataset, rows: rows, columns: info.columns, into: &values) else { throw unreadable(info) }
    return values
  }

  /// Rows of a string dataset through libhdf5: those of fixed width whole, with their padding; the others without what
  /// follows a NUL.
  package func readStrings(_ info: DatasetInfo, rows: Range<Int>) throws(SequenceError) -> [[UInt8]] {
    CrashGuard.enterLibrary(.values)
    defer { CrashGuard.leaveLibrary() }
    let dataset = try open(info)
    if case .fixedString(let width) = info.element {
      guard let bytes = HDF5.readFixedStrings(dataset, rows: rows, width: width) else { throw unreadable(info) }
      return (0..<rows.count).map { Array(bytes[$0 * width..<($0 + 1) * width]) }
    }
    guard let type = HDF5Handle.type(H5Dget_type(dataset.id)),
      let strings = HDF5.strings(of: dataset, type: type, rows: rows)
    else { throw unreadable(info) }
    return strings
  }

  /// How many rows to read at a time through libhdf5: whole chunks, about four megabytes.
  package static func bandThroughHDF5(_ info: DatasetInfo) -> Int {
    let wanted = max(1, (1 << 22) / max(8, info.columns * 8))
    guard case .chunked(let rows, _) = info.layout else { return wanted }
    return max(1, wanted / rows) * rows
  }

  private func open(_ info: DatasetInfo) throws(SequenceError) -> HDF5Handle {
    try HDF5.open(info.object, of: handle, path: path)
  }

  private func unreadable(_ info: DatasetInfo) -> SequenceError { HDF5.unreadable(info.object, of: handle, path: path) }
}
