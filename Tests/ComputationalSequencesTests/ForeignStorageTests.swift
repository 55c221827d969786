import ComputationalSequences
import PackedSequences
import TestSupport
import Testing

/// Types, layouts and filters that h5py can write and we do not: the same values as h5py reads.
@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)")) struct `Files of other writers` {
  /// Opens what `script` made of `d`, the features of one entry, and holds every way of reading against h5py's.
  @discardableResult private func check(_ script: String, isRaw: Bool) throws -> DatasetInfo {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    let printed = try Scripted.write(path, script + "\nprint(d[:].astype('>f8').tobytes().hex())")
    let expected = try #require(doubles(hex: printed))
    let file = try SequenceFile(path)
    let entry = try #require(file.roots.first?.entries.first)
    let info = entry.features
    let source = { (row: Int, column: Int) in expected[row * info.columns + column] }
    #expect(info.rows * info.columns == expected.count)
    let raw = try file.rawStorage(of: info)
    #expect((raw != nil) == isRaw, "\(info)")
    let everyOther = stride(from: info.columns - 1, through: 0, by: -2).map { $0 }
    for selection in [ColumnSelection.all(info.columns), ColumnSelection(columns: everyOther, width: info.columns)] {
      for wanted in [[RowRun(start: 0, count: info.rows)], [RowRun(start: info.rows / 2, count: 1)]] {
        try Bands.throughHDF5(file, info, wanted: wanted, selection: selection)
          .expect(source, wanted: wanted, selection: selection, "libhdf5 \(info)")
        guard let raw else { continue }
        try Bands.raw(raw, wanted: wanted, selection: selection)
          .expect(source, wanted: wanted, selection: selection, "raw \(info)")
      }
    }
    #expect(try zip(file.readDoubles(info), expected).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
    #expect(try file.readIntervals(of: entry, in: #require(file.roots.first)).count == info.rows)
    return info
  }

  private func doubles(hex: String) -> [Double]? {
    let digits = Array(hex.utf8)
    let doubles = stride(from: 0, to: digits.count, by: 16).compactMap { start -> Double? in
      UInt64(String(decoding: digits[start..<start + 16], as: UTF8.self), radix: 16).map { Double(bitPattern: $0) }
    }
    return doubles.count * 16 == digits.count ? doubles : nil
  }

  @Test(arguments: [
    ">f4", ">f8", "f2", ">f2", "i1", "u1", "<i2", ">i2", "<u2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8",
  ])
  func `hold numbers of any type`(type: String) throws {
    let info = try check("d = entry('v', (np.arange(45) - 20).reshape(9, 5).astype('\(type)'))", isRaw: false)
    guard case .otherNumber = info.element else {
      Issue.record("\(info.element)")
      return
    }
    try check("d = entry('v', table(9, 5, '\(type)'), chunks=(4, 2), compression=3, shuffle=True)", isRaw: false)
  }

  @Test(arguments: ["<f4", ">f4", "<f8", ">f8", "i4"])
  func `hold intervals of any number type`(type: String) throws {
    try check("d = entry('v', table(5, 2), times(5, '\(type)'))", isRaw: true)
  }

  @Test func `are compact`() throws {
    try check(
      """
      g = f.create_group("COVAREP/data/v")
      g["intervals"] = times(5)
      p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
      p.set_layout(h5py.h5d.COMPACT)
      i = h5py.h5d.create(g.id, b"features", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((5, 3)), p)
      d = h5py.Dataset(i)
      d[...] = table(5, 3)
      """, isRaw: false)
  }

  @Test(arguments: ["0", "2.5"])
  func `have chunks that were never written`(fill: String) throws {
    try check(
      """
      entry("v", table(0, 4), times(100))
      del f["COVAREP/data/v/features"]
      d = f.create_dataset(
          "COVAREP/data/v/features", (100, 4), "f4", chunks=(10, 3), compression=4, fillvalue=\(fill))
      d[33:47, :2] = 7
      """, isRaw: false)
  }

  /// Fill values where measurements should be are an aborted download, not data.
  @Test(arguments: [("chunks=(1, 10))[0] = 1", 40), ("chunks=(50, 10), compression=4)[0] = 1", 28)])
  func `of which next to nothing was written are refused`(rest: String, stored: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Scripted.write(
      path,
      """
      entry("v", table(0, 4), times(20000))
      del f["COVAREP/data/v/features"]
      f.create_dataset("COVAREP/data/v/features", (20000, 10), "f4", \(rest)
      """)
    let reason = "20000 x 10 values cannot be in \(stored) bytes"
    #expect(
      SequenceError.ofOpening(path) == .unreadable(path: path, object: "COVAREP/data/v/features", reason: reason))
  }

  @Test func `leave partial chunks unfiltered`() throws {
    try check(
      """
      g = f.create_group("COVAREP/data/v")
      g["intervals"] = times(10)
      p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
      p.set_chunk((4, 3))
      p.set_deflate(4)
      if not hasattr(p, "set_chunk_opts"):
          import ctypes, glob, os
          d = os.path.dirname(h5py.__file__)
          found = glob.glob(os.path.join(d, "..", "h5py.libs", "libhdf5-*")) + glob.glob(os.path.join(d, "..", "h5py.libs", "libhdf5.so*"))
          library = ctypes.CDLL(found[0])
          library.H5Pset_chunk_opts.argtypes = [ctypes.c_int64, ctypes.c_uint]
          assert library.H5Pset_chunk_opts(p.id, 2) >= 0
      i = h5py.h5d.create(g.id, b"features", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((10, 5)), p)
      d = h5py.Dataset(i)
      d[...] = table(10, 5)
      """, isRaw: false)
  }

  @Test(arguments: [
    ("p.set_deflate(4); p.set_shuffle()", true), ("p.set_shuffle(); p.set_shuffle(); p.set_deflate(1)", false),
    ("p.set_deflate(4); p.set_deflate(9)", false), ("p.set_fletcher32(); p.set_deflate(4)", false),
    ("p.set_shuffle(); p.set_deflate(4); p.set_fletcher32()", false),
  ])
  func `apply filters in any order`(filters: String, isRaw: Bool) throws {
    try check(
      """
      g = f.create_group("COVAREP/data/v")
      g["intervals"] = times(50)
      p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
      p.set_chunk((7, 3))
      \(filters)
      i = h5py.h5d.create(g.id, b"features", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((50, 5)), p)
      d = h5py.Dataset(i)
      d[...] = table(50, 5)
      """, isRaw: isRaw)
  }

  @Test(arguments: ["compression='lzf'", "compression='lzf', shuffle=True, chunks=(64, 128), maxshape=(None, None)"])
  func `are compressed with LZF`(options: String) throws {
    let info = try check("d = entry('v', table(500, 5) % 9, \(options))", isRaw: true)
    #expect(info.filters.contains(.lzf))
    try check("d = entry('v', table(500, 5, 'i4') % 9, fletcher32=True, \(options))", isRaw: false)
  }

  @Test func `use filters that libhdf5 knows`() throws {
    try check("d = entry('v', table(50, 5, 'i4'), chunks=(7, 3), scaleoffset=0)", isRaw: false)
  }

  @Test(arguments: [
    ("chunks=(7, 3)", true), ("chunks=(7, 3), compression=4", true), ("chunks=(50, 5), compression=4", true),
    ("chunks=(7, 3), maxshape=(None, 5), compression=4", true), ("chunks=(7, 3), maxshape=(None, None)", true),
    ("chunks=(50, 5)", true), ("", true),
  ])
  func `index their chunks in newer ways`(options: String, isRaw: Bool) throws {
    try check(
      """
      f.close()
      f = h5py.File(sys.argv[1], "w", libver=("earliest", "v110"))
      d = entry("v", table(50, 5)\(options.isEmpty ? "" : ", ")\(options))
      """, isRaw: isRaw)
  }

  @Test func `keep values in another file, or in another dataset`() throws {
    let folder = try TemporaryFolder()
    try check(
      """
      g = f.create_group("COVAREP/data/v")
      g["intervals"] = times(5)
      d = g.create_dataset("features", (5, 3), "f4", external=[("\(folder.file("outside"))", 0, h5py.h5f.UNLIMITED)])
      d[...] = table(5, 3)
      """, isRaw: false)
    try check(
      """
      entry("w", table(5, 3)); entry("v", table(5, 3))
      del f["COVAREP/data/v/features"]
      layout = h5py.VirtualLayout(shape=(5, 3), dtype="f4")
      layout[:] = h5py.VirtualSource(f["COVAREP/data/w/features"])
      d = f.create_virtual_dataset("COVAREP/data/v/features", layout)
      """, isRaw: false)
  }

  /// By number, by the name that the file gives them, and by none.
  @Test(arguments: [
    (32015, "", "Zstandard"), (32001, "blosc", "Blosc"), (32004, "LZ4", "LZ4"), (32008, "bitshuffle", "Bitshuffle"),
    (32026, "", "Blosc2"), (31999, "", "number 31999"),
  ])
  func `with a filter that is not available are refused by its name`(id: Int, given: String, name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Scripted.write(
      path,
      """
      g = f.create_group("COVAREP/data/v")
      g["intervals"] = times(5)
      p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
      p.set_chunk((5, 3))
      p.set_filter(\(id), h5py.h5z.FLAG_OPTIONAL)
      i = h5py.h5d.create(g.id, b"features", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((5, 3)), p)
      i.write_direct_chunk((0, 0), b"compressed" * 5)
      """)
    let file = try SequenceFile(path)
    let info = try #require(file.roots.first?.entries.first).features
    let expected = SequenceError.missingFilter(path: path, dataset: "COVAREP/data/v/features", filter: name)
    #expect(throws: expected) { try file.rawStorage(of: info) }
    #expect(throws: expected) { try file.readDoubles(info) }
  }

  @Test func `with a filter that is not available, but was never used, are read`() throws {
    try check(
      """
      g = f.create_group("COVAREP/data/v")
      g["intervals"] = times(5)
      p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
      p.set_chunk((3, 2))
      p.set_filter(32015, h5py.h5z.FLAG_OPTIONAL)
      i = h5py.h5d.create(g.id, b"features", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((5, 3)), p)
      d = h5py.Dataset(i)
      d[...] = table(5, 3)
      """, isRaw: false)
  }

  @Test func `hold intervals in chunks and big-endian, read as Doubles`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Scripted.write(
      path,
      """
      g = f.create_group("r/data/v")
      g["features"] = table(5, 2)
      g.create_dataset("intervals", data=np.array([[i + .1, i + .6] for i in range(5)], ">f4"), chunks=(2, 1))
      """)
    let file = try SequenceFile(path)
    let root = try #require(file.roots.first)
    let intervals = try file.readIntervals(of: #require(root.entries.first), in: root)
    #expect(intervals.starts == (0..<5).map { Double(Float($0) + Float(0.1)) })
    #expect(intervals.ends == (0..<5).map { Double(Float($0) + Float(0.6)) })
  }
}
