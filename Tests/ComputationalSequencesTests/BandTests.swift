import ComputationalSequences
import PackedSequences
import TestSupport
import Testing

/// Numbers through raw chunks and through libhdf5, against what was written.
@Suite struct `Bands of rows` {
  typealias Storage = SequenceWriter.Storage

  static let storages: [Storage] = [
    .contiguous, Storage(), Storage(gzip: 4), Storage(gzip: 9, shuffle: true), Storage(.oneChunk),
    Storage(.oneChunk, gzip: 6, shuffle: true), Storage(.oneChunk, gzip: 0), Storage(.chunked(rows: 1), gzip: 1),
    Storage(.chunked(rows: 3)), Storage(.chunked(rows: 3, columns: 2)),
    Storage(.chunked(rows: 3, columns: 2), gzip: 4), Storage(.chunked(rows: 4, columns: 1), gzip: 4, shuffle: true),
    Storage(.chunked(rows: 16, columns: 3), shuffle: true), Storage(.chunked(rows: 64, columns: 64), gzip: 4),
    Storage(.chunked(rows: 5, columns: 4), gzip: 4, fletcher32: true), Storage(.oneChunk, fletcher32: true),
  ]

  static let masked: [Storage] = [
    Storage(.chunked(rows: 3, columns: 2), gzip: 4, filterMasks: [0: 1, 5: 1, 8: 1]),
    Storage(.chunked(rows: 3, columns: 2), gzip: 4, shuffle: true, filterMasks: [0: 1, 1: 3, 4: 2, 8: 3]),
    Storage(.chunked(rows: 3), shuffle: true, filterMasks: [1: 1]),
    Storage(.oneChunk, gzip: 4, shuffle: true, filterMasks: [0: 2]),
    Storage(.chunked(rows: 4), gzip: 4, shuffle: true, fletcher32: true, filterMasks: [0: 0b100, 1: 0b110]),
  ]

  static let shapes = [(0, 5), (1, 1), (1, 6), (7, 5), (33, 2), (100, 13)]

  /// Ordinary numbers with the odd ones among them.
  private static func value(_ row: Int, _ column: Int, isDouble: Bool) -> Double {
    switch (row * 31 + column * 7) % 19 {
    case 0: -0.0
    case 1: .nan
    case 2: .infinity
    case 3: isDouble ? 1e300 : 3e38
    case 4: isDouble ? -1e39 : -.infinity
    case 5: isDouble ? 1e-46 : 1e-40
    case 6: 0.1
    default: Double(1000 * row + column) / 7
    }
  }

  /// Subsets of rows, sorted by start.
  private static func wantedRows(_ rows: Int) -> [[RowRun]] {
    let all = RowRun(start: 0, count: rows)
    guard rows > 1 else { return [[], [all]] }
    let last = RowRun(start: rows - 1, count: 1)
    return [
      [], [all], [RowRun(start: 0, count: 1)], [last], [all, RowRun(start: rows / 2, count: 1), last],
      [RowRun(start: 0, count: 0), RowRun(start: rows / 3, count: rows / 3), RowRun(start: rows / 2, count: rows / 4)],
      [RowRun(start: 0, count: 2), RowRun(start: 1, count: rows - 2), RowRun(start: rows / 2, count: 0), last],
      stride(from: 1, to: rows, by: 6).map { RowRun(start: $0, count: 1) },
    ]
  }

  private static func selections(_ columns: Int) -> [ColumnSelection] {
    let all = Array(0..<columns)
    let lists = [
      all, all.reversed(), [columns - 1], all.filter { $0 % 2 == 1 } + all.filter { $0 % 4 == 0 }, [columns / 2, 0],
    ]
    return lists.filter { !$0.isEmpty && Set($0).count == $0.count }.map {
      ColumnSelection(columns: $0, width: columns)
    }
  }

  private func check(_ storage: Storage, rows: Int, columns: Int, isDouble: Bool, userBlock: Int = 0) throws {
    let folder = try TemporaryFolder()
    let source = { (row: Int, column: Int) in Self.value(row, column, isDouble: isDouble) }
    let values = (0..<rows * columns).map { source($0 / columns, $0 % columns) }
    let writer = try SequenceWriter(creating: folder.file("a.csd"), userBlock: userBlock)
    try writer.addRoot("r", metadata: [])
    try writer.addEntry(
      "v", to: "r",
      features: isDouble ? .float64(values, columns: columns) : .float32(values.map { Float($0) }, columns: columns),
      intervals: .float64((0..<2 * rows).map { Double($0) }), storage: storage)
    try writer.close()

    let file = try SequenceFile(folder.file("a.csd"))
    let entry = try #require(file.roots.first?.entries.first)
    let info = entry.features
    #expect(info.rows == rows && info.columns == columns && info.element == (isDouble ? .float64 : .float32))
    let raw = try file.rawStorage(of: info)
    let isUnknown = info.filters.contains { if case .other = $0 { true } else { false } }
    let isHidden = userBlock > 0 && storage != .contiguous
    #expect((raw == nil) == (isUnknown || isHidden), "\(storage)")
    for wanted in Self.wantedRows(rows) {
      for selection in Self.selections(columns) {
        let comment = "\(storage) \(rows)x\(columns) \(wanted) \(selection.columns)"
        try Bands.throughHDF5(file, info, wanted: wanted, selection: selection)
          .expect(source, wanted: wanted, selection: selection, "libhdf5 \(comment)")
        guard let raw else { continue }
        try Bands.raw(raw, wanted: wanted, selection: selection)
          .expect(source, wanted: wanted, selection: selection, "raw \(comment)")
      }
    }
    let whole = try file.readDoubles(info)
    #expect(whole.count == values.count)
    #expect(zip(whole, values).allSatisfy { $0 == (isDouble ? $1 : Double(Float($1))) || ($0.isNaN && $1.isNaN) })
  }

  @Test(arguments: storages, shapes)
  func `are the rows that were written, of Floats`(storage: Storage, shape: (Int, Int)) throws {
    try check(storage, rows: shape.0, columns: shape.1, isDouble: false)
  }

  @Test(arguments: storages, shapes)
  func `are the rows that were written, of Doubles`(storage: Storage, shape: (Int, Int)) throws {
    try check(storage, rows: shape.0, columns: shape.1, isDouble: true)
  }

  @Test(arguments: masked, [false, true])
  func `honour each chunk's filter mask`(storage: Storage, isDouble: Bool) throws {
    try check(storage, rows: 7, columns: 5, isDouble: isDouble)
  }

  @Test(arguments: [512, 2048], [Storage.contiguous, Storage(.chunked(rows: 3, columns: 2), gzip: 4, shuffle: true)])
  func `are found behind a user block`(userBlock: Int, storage: Storage) throws {
    try check(storage, rows: 7, columns: 5, isDouble: false, userBlock: userBlock)
  }

  @Test func `of a contiguous dataset are cut at a quarter megabyte`() throws {
    try check(.contiguous, rows: 3000, columns: 70, isDouble: false)
  }

  @Test(arguments: [Storage(.chunked(rows: 10, columns: 2), gzip: 4), .contiguous])
  func `are not read where no row is wanted`(storage: Storage) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Example.write(path, rows: 40, columns: 4, storage: storage)
    let file = try SequenceFile(path)
    let entry = try #require(file.roots.first?.entries.first)
    let raw = try #require(try file.rawStorage(of: entry.features))
    let none = try Bands.raw(raw, wanted: [RowRun(start: 3, count: 0)], selection: .all(4))
    #expect(none == Bands())
  }

  @Test func `need the memory of one chunk, stored, inflated and selected`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Example.write(path, rows: 40, columns: 4, storage: Storage(.chunked(rows: 10), gzip: 4))
    let file = try SequenceFile(path)
    let entry = try #require(file.roots.first?.entries.first)
    let raw = try #require(try file.rawStorage(of: entry.features))
    #expect(raw.chunkSizes.count == 4)
    #expect(raw.workingBytes(selected: 3) == raw.chunkSizes.max().map { $0 + 2 * 10 * 4 * 4 + 10 * 3 * 4 })
  }
}
