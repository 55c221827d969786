import ComputationalSequences
import Files
import PackedSequences
import TestSupport
import Testing

@Suite struct `A damaged file` {
  typealias Storage = SequenceWriter.Storage

  /// The bytes at which each chunk of the example's features begins, found by what was written.
  private func offsets(of storage: RawStorage, in bytes: [UInt8]) -> [Int] {
    // zlib streams of level 4 begin with these two bytes.
    let starts = bytes.indices.dropLast().filter { bytes[$0] == 0x78 && bytes[$0 + 1] == 0x5E }
    return Array(starts.prefix(storage.chunkSizes.count))
  }

  @Test func `with a flipped byte in a chunk says which chunk it is`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Example.write(path, rows: 40, columns: 6, storage: Storage(.chunked(rows: 16, columns: 4), gzip: 4))
    let bytes = try File.contents(of: path)
    let file = try SequenceFile(path)
    let info = file.roots[0].entries[0].features
    let storage = try #require(try file.rawStorage(of: info))
    let starts = offsets(of: storage, in: bytes)
    #expect(starts.count == 6)
    let whole = try Bands.raw(storage, wanted: [RowRun(start: 0, count: 40)], selection: .all(6))
    var unnoticed = 0
    for (index, start) in starts.enumerated() {
      let (row, column) = (index / 2 * 16, index % 2 * 4)
      for offset in 0..<storage.chunkSizes[index] {
        let damaged = folder.file("damaged.csd")
        var copy = bytes
        copy[start + offset] ^= 0x10
        try Folder.removeAll(damaged)
        try File(creating: damaged).write(copy, at: 0)
        let file = try SequenceFile(damaged)
        let storage = try #require(try file.rawStorage(of: file.roots[0].entries[0].features))
        do {
          // Bits that mean nothing may change; values may not.
          let found = try Bands.raw(storage, wanted: [RowRun(start: 0, count: 40)], selection: .all(6))
          #expect(found == whole, "byte \(offset) of chunk \(index)")
          unnoticed += 1
        } catch SequenceError.damagedChunk(damaged, info.object, row, column, let reason) {
          #expect(reason.hasPrefix("its deflate stream is corrupt") || reason.hasPrefix("it inflates to another size"))
        }
        // A chunk that is not wanted does not matter.
        let others = ColumnSelection(columns: column == 0 ? [5] : [1], width: 6)
        _ = try Bands.raw(storage, wanted: [RowRun(start: 0, count: 40)], selection: others)
        let elsewhere = RowRun(start: row == 0 ? 20 : 0, count: 1)
        _ = try Bands.raw(storage, wanted: [elsewhere], selection: .all(6))
      }
    }
    #expect(unnoticed < storage.chunkSizes.reduce(0, +) / 20)
  }

  @Test func `with a damaged chunk is refused by every way of reading it`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Example.write(path, rows: 40, columns: 2, storage: Storage(.oneChunk, gzip: 4))
    var bytes = try File.contents(of: path)
    let start = try #require(bytes.indices.dropLast().first { bytes[$0] == 0x78 && bytes[$0 + 1] == 0x5E })
    bytes[start + 10] ^= 0xFF
    try Folder.removeAll(path)
    try File(creating: path).write(bytes, at: 0)
    let file = try SequenceFile(path)
    let info = file.roots[0].entries[0].features
    #expect(throws: SequenceError.self) { try file.readDoubles(info) }
    #expect(throws: SequenceError.self) { try file.readDoubles(info, rows: 0..<1) }
    #expect(throws: SequenceError.self) {
      try Bands.throughHDF5(file, info, wanted: [RowRun(start: 0, count: 1)], selection: .all(2))
    }
  }

  @Test(arguments: [Storage.contiguous, Storage(.chunked(rows: 5), gzip: 4)])
  func `that is cut while it is open is an error`(storage: Storage) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Example.write(path, rows: 40, columns: 2, storage: storage)
    let file = try SequenceFile(path)
    let raw = try #require(try file.rawStorage(of: file.roots[0].entries[0].features))
    try Folder.rename(path, to: folder.file("b.csd"))
    _ = try Bands.raw(raw, wanted: [RowRun(start: 0, count: 40)], selection: .all(2))
    try ThisProcess.truncate(folder.file("b.csd"))
    #expect(throws: SequenceError.self) {
      try Bands.raw(raw, wanted: [RowRun(start: 0, count: 40)], selection: .all(2))
    }
  }

  @Test(arguments: [Storage.contiguous, Storage(gzip: 4, shuffle: true)])
  func `of any length is refused or gives the same values, without a crash`(storage: Storage) async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Example.write(path, entries: ["u", "v", "w"], rows: 30, columns: 3, storage: storage)
    await #expect(processExitsWith: .success) { [path = path as String] in
      let expected = try Reading.of(path)
      let bytes = try File.contents(of: path)
      for length in Array(stride(from: 0, to: bytes.count, by: 61)) + [bytes.count - 1] {
        let cut = path + ".cut"
        try Folder.removeAll(cut)
        try File(creating: cut).write(Array(bytes[..<length]), at: 0)
        do {
          let found = try Reading.of(cut)
          #expect(found == expected, "\(length) bytes")
        } catch is SequenceError {}
      }
    }
  }

  @Test(arguments: [Storage.contiguous, Storage(gzip: 4, shuffle: true)])
  func `of zeros from any byte on is refused or gives values, without a trap`(storage: Storage) async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Example.write(path, entries: ["u", "v", "w"], rows: 30, columns: 3, storage: storage)
    await #expect(processExitsWith: .success) { [path = path as String] in
      let bytes = try File.contents(of: path)
      for length in stride(from: 8, to: bytes.count, by: 61) {
        let cut = path + ".cut"
        try Folder.removeAll(cut)
        try File(creating: cut).write(bytes[..<length] + [UInt8](repeating: 0, count: bytes.count - length), at: 0)
        do { _ = try Reading.of(cut) } catch is SequenceError {}
      }
    }
  }
}

/// Everything that a file gives.
enum Reading {
  static func of(_ path: String) throws -> [[Double]] {
    let file = try SequenceFile(path)
    return try file.roots.flatMap { root in
      try root.entries.flatMap { entry in
        let intervals = try file.readIntervals(of: entry, in: root)
        return [intervals.starts, intervals.ends, try file.readDoubles(entry.features)]
      }
    }
  }
}
