import ComputationalSequences
import TestSupport
import Testing

@Suite struct `Tokens` {
  typealias Storage = SequenceWriter.Storage

  private static let words = ["a", "", "three", "naïve", "日本", "sp", "x", "a much longer one", "y", "z"]

  /// Both ways of reading, cut at the first NUL.
  private func read(_ path: String) throws -> (raw: [String]?, throughHDF5: [String]) {
    let file = try SequenceFile(path)
    let info = try #require(file.roots.first?.entries.first).features
    #expect(try #require(file.roots.first).holdsTokens && info.columns == 1)
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    let throughHDF5 = try file.readStrings(info, rows: 0..<info.rows).map(text)
    // Row by row gives the same.
    #expect(try (0..<info.rows).map { try text(file.readStrings(info, rows: $0..<$0 + 1)[0]) } == throughHDF5)
    guard let storage = try file.rawStorage(of: info) else { return (nil, throughHDF5) }
    var raw: [String] = []
    var reader = BandReader()
    try reader.readStrings(of: storage) { row, bytes in
      #expect(row == raw.count)
      raw.append(text((0..<bytes.count).map { bytes[$0] }))
    }
    return (raw, throughHDF5)
  }

  @Test(
    arguments: [
      Storage.contiguous, Storage(gzip: 4), Storage(.oneChunk, gzip: 9, shuffle: true), Storage(.chunked(rows: 3)),
      Storage(.chunked(rows: 4, columns: 5), gzip: 1), Storage(.oneChunk, gzip: 4, fletcher32: true),
      Storage(.chunked(rows: 3), gzip: 4, shuffle: true, filterMasks: [0: 1, 1: 2, 2: 3]),
    ], [0, 1, 10])
  func `of one width are read as they were written`(storage: Storage, count: Int) throws {
    if count < 10 && !storage.filterMasks.isEmpty { return }
    let folder = try TemporaryFolder()
    let words = Array(Self.words.prefix(count))
    for width in [nil, 40] {
      let times = (0..<2 * count).map { Double($0) }
      let features = SequenceWriter.Features.fixedStrings(words, width: width)
      try Example.write(folder.file("a.csd"), features: features, intervals: .float64(times), storage: storage)
      let found = try read(folder.file("a.csd"))
      #expect(found.throughHDF5 == words && found.raw == (storage.fletcher32 && count > 0 ? nil : words))
    }
  }

  @Test(arguments: [Storage.contiguous, Storage(gzip: 4), Storage(.chunked(rows: 3))], [0, 1, 10])
  func `of any length are read as they were written`(storage: Storage, count: Int) throws {
    let folder = try TemporaryFolder()
    let words = Array(Self.words.prefix(count))
    let times = (0..<2 * count).map { Double($0) }
    try Example.write(
      folder.file("a.csd"), features: .variableStrings(words), intervals: .float64(times), storage: storage)
    let found = try read(folder.file("a.csd"))
    #expect(found.throughHDF5 == words && found.raw == nil)
  }

  @Test(
    .disabled(if: Python.isMissing, "\(Python.skipReason)"), arguments: ["STR_NULLTERM", "STR_NULLPAD", "STR_SPACEPAD"])
  func `padded in any way are read alike`(padding: String) throws {
    let folder = try TemporaryFolder()
    try Scripted.write(
      folder.file("a.csd"),
      """
      g = f.create_group("words/data/v")
      g["intervals"] = times(3)
      t = h5py.h5t.C_S1.copy()
      t.set_size(6)
      t.set_strpad(h5py.h5t.\(padding))
      d = h5py.Dataset(h5py.h5d.create(g.id, b"features", t, h5py.h5s.create_simple((3, 1))))
      d[...] = np.array([[b"one"], [b""], [b"three"]], "S6")
      """)
    let found = try read(folder.file("a.csd"))
    let words = ["one", "", "three"].map {
      $0 + String(repeating: padding == "STR_SPACEPAD" ? " " : "", count: 6 - $0.count)
    }
    #expect(found.throughHDF5 == words && found.raw == words)
  }
}
