import Foundation
import JSONValues
import TestSupport
import Testing

@testable import ComputationalSequences

@Suite struct `A sequence writer` {
  typealias Storage = SequenceWriter.Storage

  /// Opens the file given first as `f`.
  private let opening = "import sys, h5py, numpy as np\nf = h5py.File(sys.argv[1])\n"

  private func write(
    _ path: String, userBlock: Int = 0, root: String = "COVAREP", metadata: [SequenceWriter.Metadata] = [],
    _ body: (borrowing SequenceWriter) throws -> Void
  ) throws {
    let writer = try SequenceWriter(creating: path, userBlock: userBlock)
    try writer.addRoot(root, metadata: metadata)
    try body(writer)
    try writer.close()
  }

  /// Rows r, columns c: the value 100·r + c; row r lasts from r/4 to (r + 1)/4 seconds.
  private func table(_ rows: Int, _ columns: Int) -> (SequenceWriter.Features, SequenceWriter.Intervals) {
    let values = (0..<rows * columns).map { Float(100 * ($0 / columns) + $0 % columns) }
    let times = (0..<rows).flatMap { [Double($0) / 4, Double($0 + 1) / 4] }
    return (.float32(values, columns: columns), .float64(times))
  }

  private func written(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  @Test(
    .disabled(if: Python.isMissing, "\(Python.skipReason)"),
    arguments: [
      (Storage.contiguous, "None None None False False"),
      (Storage(gzip: 4), "(7, 5) gzip 4 False False"),
      (Storage(.oneChunk, gzip: 9, shuffle: true), "(7, 5) gzip 9 True False"),
      (Storage(.chunked(rows: 3)), "(3, 5) None None False False"),
      (Storage(.chunked(rows: 3, columns: 2), gzip: 1), "(3, 2) gzip 1 False False"),
      (Storage(.chunked(rows: 64, columns: 64), shuffle: true), "(7, 5) None None True False"),
      (Storage(.oneChunk, gzip: 4, fletcher32: true), "(7, 5) gzip 4 False True"),
    ])
  func `stores an entry as asked, and others read the same values`(storage: Storage, expected: String) throws {
    let folder = try TemporaryFolder()
    let (features, intervals) = table(7, 5)
    try write(folder.file("a.csd")) {
      try $0.addEntry("v1", to: "COVAREP", features: features, intervals: intervals, storage: storage)
    }
    let script = """
      d = f["COVAREP/data/v1/features"]
      print(d.chunks, d.compression, d.compression_opts, d.shuffle, d.fletcher32)
      assert d.dtype == np.float32 and f["COVAREP/data/v1/intervals"].dtype == np.float64
      assert (d[:] == 100 * np.arange(7)[:, None] + np.arange(5)).all()
      assert (f["COVAREP/data/v1/intervals"][:] == np.arange(7)[:, None] / 4 + [0, 0.25]).all()
      """
    #expect(try Python.run(opening + script, folder.file("a.csd")) == expected)
  }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"), arguments: [0, 512, 4096])
  func `writes several roots, their metadata, f64 and a user block`(userBlock: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    let standard = SequenceWriter.Metadata.standard(
      root: "FACET 4.1", description: "faces", dimensionNames: ["x", "ÿ"], dataset: "made", creator: "a test")
    let metadata = standard.filter { $0.key != "contact" } + [.init("contact", text: "not JSON: {naïve")]
    try write(path, userBlock: userBlock, root: "FACET 4.1", metadata: metadata) { writer in
      try writer.addEntry(
        "v 1", to: "FACET 4.1", features: .float64([1e300, -.infinity, .nan, -0.0], columns: 2),
        intervals: .float32([-0.1, 0, 0, 0.1]))
      try writer.addRoot("empty", metadata: [])
    }
    let script = """
      import json
      assert f.userblock_size == int(sys.argv[2]) and list(f) == ["FACET 4.1", "empty"] and list(f["empty/data"]) == []
      m = f["FACET 4.1/metadata"]
      assert all(m[k].shape == (1,) and h5py.check_string_dtype(m[k].dtype).length is None for k in m)
      assert json.loads(m["dimension names"][0]) == ["x", "ÿ"] and json.loads(m["md5"][0]) is None
      assert json.loads(m["alignment compatible"][0]) is True and m["contact"][0].decode() == "not JSON: {naïve"
      d = f["FACET 4.1/data/v 1/features"]
      assert d.dtype == np.float64 and d[0, 0] == 1e300 and d[0, 1] == -np.inf and np.isnan(d[1, 0])
      assert f["FACET 4.1/data/v 1/intervals"].dtype == np.float32
      print(len(m))
      """
    #expect(try Python.run(opening + script, path, String(userBlock)) == "13")
  }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"))
  func `writes fixed and variable-length strings, each entry of its own width`() throws {
    let folder = try TemporaryFolder()
    let times = SequenceWriter.Intervals.float64([0, 1, 1, 2, 2, 3])
    let entries: [(String, SequenceWriter.Features, Storage)] = [
      ("fixed", .fixedStrings(["a", "", "three"]), .contiguous),
      ("wide", .fixedStrings(["a", "b", "c"], width: 9), Storage(gzip: 4)),
      ("unicode", .fixedStrings(["naïve", "日本", "sp"]), .contiguous),
      ("empties", .fixedStrings(["", "", ""]), .contiguous),
      ("variable", .variableStrings(["naïve", "", "a much longer word"]), .contiguous),
      ("compressed", .variableStrings(["x", "yy", "日本"]), Storage(gzip: 4)),
    ]
    try write(folder.file("a.csd"), root: "words") { writer in
      for (entry, features, storage) in entries {
        try writer.addEntry(entry, to: "words", features: features, intervals: times, storage: storage)
      }
    }
    let script = """
      for e, v in f["words/data"].items():
          assert v["features"].shape == (3, 1)
          print(e, v["features"].dtype.str, *[w.decode() for w in v["features"][:, 0]], sep="|")
      """
    #expect(
      try Python.run(opening + script, folder.file("a.csd")) == """
        compressed||O|x|yy|日本
        empties||S1|||
        fixed||S5|a||three
        unicode||S6|naïve|日本|sp
        variable||O|naïve||a much longer word
        wide||S9|a|b|c
        """)
  }

  @Test(
    .disabled(if: Python.isMissing, "\(Python.skipReason)"),
    arguments: [
      (Storage.contiguous, "None (0, 5)"), (Storage(gzip: 4), "None (0, 5)"), (Storage(.oneChunk), "None (0, 5)"),
      (Storage(.chunked(rows: 16, columns: 2), gzip: 4), "(16, 2) (None, 5)"),
    ])
  func `writes entries without rows`(storage: Storage, expected: String) throws {
    let folder = try TemporaryFolder()
    let (features, intervals) = table(0, 5)
    try write(folder.file("a.csd")) {
      try $0.addEntry("v", to: "COVAREP", features: features, intervals: intervals, storage: storage)
      try $0.addEntry("w", to: "COVAREP", features: .variableStrings([]), intervals: intervals, storage: storage)
    }
    let script = """
      d = f["COVAREP/data/v/features"]
      assert d[:].shape == (0, 5) and f["COVAREP/data/v/intervals"][:].shape == (0, 2)
      assert f["COVAREP/data/w/features"][:].shape == (0, 1)
      print(d.chunks, d.maxshape)
      """
    #expect(try Python.run(opening + script, folder.file("a.csd")) == expected)
  }

  @Test(
    .disabled(if: Python.isMissing, "\(Python.skipReason)"),
    arguments: [
      Storage(.chunked(rows: 3, columns: 2), gzip: 4, filterMasks: [0: 1, 5: 1, 8: 1]),
      Storage(.chunked(rows: 3, columns: 2), gzip: 4, shuffle: true, filterMasks: [0: 1, 4: 2, 8: 3]),
      Storage(.chunked(rows: 3), shuffle: true, filterMasks: [1: 1]),
      Storage(.oneChunk, gzip: 4, shuffle: true, fletcher32: true, filterMasks: [0: 0b100]),
    ])
  func `writes single chunks that skip filters`(storage: Storage) throws {
    let folder = try TemporaryFolder()
    let (features, intervals) = table(7, 5)
    try write(folder.file("a.csd")) {
      try $0.addEntry("v1", to: "COVAREP", features: features, intervals: intervals, storage: storage)
    }
    let script = """
      d = f["COVAREP/data/v1/features"]
      assert (d[:] == 100 * np.arange(7)[:, None] + np.arange(5)).all()
      print(*sorted(i.filter_mask for i in map(d.id.get_chunk_info, range(d.id.get_num_chunks())) if i.filter_mask))
      """
    let masks = storage.filterMasks.values.sorted().map(String.init).joined(separator: " ")
    #expect(try Python.run(opening + script, folder.file("a.csd")) == masks)
  }

  @Test(
    .disabled(if: Python.isMissing, "\(Python.skipReason)"),
    arguments: [(1, 1), (15_000, 74), (5000, 47), (40, 2), (1_000_000, 2), (3, 1000)])
  func `picks the chunks that h5py picks`(rows: Int, columns: Int) throws {
    let layout = Storage().resolved(shape: [rows, columns], elementBytes: 4)
    let script = """
      import sys, h5py
      print(*h5py._hl.filters.guess_chunk((int(sys.argv[1]), int(sys.argv[2])), None, 4))
      """
    let chunk = (layout.chunk ?? []).map(String.init).joined(separator: " ")
    #expect(try Python.run(script, String(rows), String(columns)) == chunk)
  }

  @Test func `gives the same bytes for the same calls`() throws {
    let folder = try TemporaryFolder()
    for name in ["a.csd", "b.csd"] {
      let standard = SequenceWriter.Metadata.standard(
        root: "COVAREP", description: "", dimensionNames: ["a", "b"], dataset: "", creator: "")
      try write(folder.file(name), metadata: standard) { writer in
        for entry in 0..<40 {
          let (features, intervals) = table(entry, 2)
          try writer.addEntry(
            "v\(entry)", to: "COVAREP", features: features, intervals: intervals, storage: Storage(gzip: 4))
        }
        try writer.addEntry("w", to: "COVAREP", features: .variableStrings(["a"]), intervals: .float64([0, 1]))
      }
      // Long enough for a time stamp in seconds to differ.
      if name == "a.csd" { Thread.sleep(forTimeInterval: 1.1) }
    }
    #expect(try written(folder.file("a.csd")) == written(folder.file("b.csd")))
  }

  @Test(arguments: ["", ".", "a/b", "a\0b"])
  func `refuses names that HDF5 reads otherwise`(name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    let failure = SequenceError.cannotWrite(
      path: path, object: "\"\(name)\"", reason: "not a name in HDF5 (empty, a dot, or with a slash); rename it")
    #expect(throws: failure) { try write(path, root: name) { _ in } }
    #expect(throws: failure) {
      try write(path) { writer in
        try writer.addEntry(name, to: "COVAREP", features: .variableStrings([]), intervals: .float64([]))
      }
    }
  }

  @Test func `refuses an entry that is there already`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    #expect(
      throws: SequenceError.cannotWrite(path: path, object: "COVAREP/data/v", reason: "name already exists")
    ) {
      try write(path) { writer in
        for _ in 0..<2 {
          try writer.addEntry("v", to: "COVAREP", features: .variableStrings([]), intervals: .float64([]))
        }
      }
    }
  }

  @Test func `says that a folder is missing`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("none/a.csd")
    #expect(
      throws: SequenceError.cannotWrite(
        path: path, object: "the file", reason: "No such file or directory; check the path")
    ) { _ = try SequenceWriter(creating: path) }
  }

  #if os(Linux)
    @Test func `says that the disk is full`() throws {
      #expect(
        throws: SequenceError.cannotWrite(
          path: "/dev/full", object: "the file",
          reason: "No space left on device; free space there, or choose another place")
      ) { _ = try SequenceWriter(creating: "/dev/full") }
    }
  #endif
}
