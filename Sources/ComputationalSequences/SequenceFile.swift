internal import CHDF5
internal import Files
internal import PackedSequences

/// An open `.csd` file: its computational sequences, and ways to read them.
///
/// Opening reads the structure (roots, entries, shapes, storage) and the metadata, none of the values. libhdf5 allows
/// one thread only, so an instance stays on the thread that made it; what goes to workers is ``RawStorage``.
public final class SequenceFile {
  public let path: String
  public private(set) var roots: [SequenceRoot]
  let handle: HDF5Handle
  let source: RawStorage.Source
  /// Whether bytes that are not HDF5's stand before its part of the file.
  let hasUserBlock: Bool
  /// Of the dataset that was asked about last: bands and passes ask again.
  var lastPlaces: (object: String, places: DatasetPlaces)?

  /// - Throws: ``SequenceError`` where the file is missing, empty, not HDF5, or not a computational sequence. Entries that
  ///   contradict themselves or their neighbours are told by ``SequenceRoot/unfit``.
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

  /// Reads every interval, and leaves out the entries whose intervals make no sense.
  ///
  /// - Throws: ``SequenceError`` where intervals cannot be read.
  func leaveOutInvalidIntervals() throws {
    roots = try roots.map { root in
      var fit: [SequenceRoot.Entry] = []
      var unfit = root.unfit
      for entry in root.entries {
        do {
          _ = try readIntervals(of: entry, in: root)
          fit.append(entry)
        } catch let error as SequenceError where error.isOfIntervals {
          unfit.append(UnfitEntry(root: root.name, id: entry.id, error: error))
        }
      }
      return SequenceRoot(
        name: root.name, file: root.file, metadata: root.metadata, entries: fit,
        unfit: unfit.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) })
    }
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

  /// Rows of a numeric dataset through libhdf5, as Doubles `[rows, columns]`.
  package func readDoubles(
    _ info: DatasetInfo, rows: Range<Int>, absent policy: AbsentValues = .refused
  ) throws(SequenceError) -> [Double] {
    CrashGuard.enterLibrary(.values)
    defer { CrashGuard.leaveLibrary() }
    let absent = try places(of: info, absent: policy).absent
    let dataset = try open(info)
    var values = [Double](repeating: 0, count: rows.count * info.columns)
    guard HDF5.readDoubles(dataset, rows: rows, columns: info.columns, into: &values) else { throw unreadable(info) }
    absent?.mark(&values, rows: rows, columns: info.columns, with: .nan)
    return info.times.isIdentity ? values : values.map(info.times.seconds)
  }

  /// Rows of a dataset of 64-bit integers as Floats `[rows, columns]`; nil where it holds other numbers.
  func readWideIntegers(
    _ info: DatasetInfo, rows: Range<Int>, absent policy: AbsentValues
  ) throws(SequenceError) -> [Float]? {
    CrashGuard.enterLibrary(.values)
    defer { CrashGuard.leaveLibrary() }
    let absent = try places(of: info, absent: policy).absent
    guard var values = HDF5.readWideIntegers(try open(info), rows: rows, columns: info.columns) else { return nil }
    absent?.mark(&values, rows: rows, columns: info.columns, with: .nan)
    return values
  }

  /// Rows of a string dataset through libhdf5: those of fixed width whole, with their padding; the others without what
  /// follows a NUL.
  package func readStrings(_ info: DatasetInfo, rows: Range<Int>) throws(SequenceError) -> [[UInt8]] {
    CrashGuard.enterLibrary(.values)
    defer { CrashGuard.leaveLibrary() }
    _ = try places(of: info, absent: .refused)
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
