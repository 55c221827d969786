import ComputationalSequences
import Foundation
import PackedSequences
import TestSupport
import Testing

/// libhdf5 reads zeros where a file has no bytes. Here that is an error, or NaN where it is asked for.
@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)")) struct `Bytes that do not exist` {
  /// Expects the features that a script made of a file to be refused, for a reason; returns the file.
  @discardableResult private func expectRefused(
    _ path: String, _ problem: String, _ comment: Comment? = nil
  ) throws -> (file: SequenceFile, info: DatasetInfo) {
    let file = try SequenceFile(path)
    let info = try #require(file.roots.first?.entries.first).features
    for read in [{ _ = try file.rawStorage(of: info) }, { _ = try file.readDoubles(info) }] {
      let error = #expect(throws: SequenceError.self, comment) { try read() }
      guard case .absentBytes(path, info.object, let found, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(found == problem)
    }
    return (file, info)
  }

  private func bands(_ file: SequenceFile, _ info: DatasetInfo) throws -> [Int: [Float]] {
    let wanted = [RowRun(start: 0, count: info.rows)]
    let all = ColumnSelection.all(info.columns)
    let throughHDF5 = try Bands.throughHDF5(file, info, wanted: wanted, selection: all, absent: .notANumber)
    guard let raw = try file.rawStorage(of: info, absent: .notANumber) else { return throughHDF5.values }
    let values = try Bands.raw(raw, wanted: wanted, selection: all).values
    #expect(values.allSatisfy { zip($1, throughHDF5.values[$0] ?? []).allSatisfy { Bands.isSame($0, $1) } })
    return values
  }

  @Test(arguments: ["", ", compression=4", ", fletcher32=True"])
  func `are chunks that were never written`(options: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Scripted.write(
      path,
      """
      g = f.create_group("COVAREP/data/v")
      g["intervals"] = times(100)
      d = g.create_dataset("features", (100, 4), "f4", chunks=(10, 3)\(options))
      d[33:47, :2] = 7
      """)
    let (file, info) = try expectRefused(path, "18 of 20 chunks were never written, the first for rows 0 to 9")
    let rows = try bands(file, info)
    #expect(rows[33]?[..<3] == [7, 7, 0] && rows[30]?[..<3] == [0, 0, 0])
    #expect(
      rows[33]?[3].isNaN == true && rows[29]?.allSatisfy(\.isNaN) == true && rows[50]?.allSatisfy(\.isNaN) == true)
  }

  @Test func `are whole datasets that were never written`() throws {
    let folder = try TemporaryFolder()
    for (name, options) in [("a.csd", ""), ("b.csd", ", chunks=(3, 4)")] {
      try Scripted.write(
        folder.file(name),
        """
        g = f.create_group("COVAREP/data/v")
        g["intervals"] = times(5)
        g.create_dataset("features", (5, 4), "f4"\(options))
        """)
    }
    try expectRefused(folder.file("a.csd"), "nothing was ever written")
    try expectRefused(folder.file("b.csd"), "nothing was ever written")
  }

  @Test func `are the zeros at the end of a file that a downloader had allocated`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Scripted.write(
      path,
      """
      g = f.create_group("COVAREP/data/v")
      g["intervals"] = times(30000)
      g["features"] = np.ones((30000, 20), "f4")
      offset = g["features"].id.get_offset()
      f.close()
      with open(sys.argv[1], "r+b") as g: g.seek(offset + 400000); g.write(bytes(2000000))
      """)
    let size = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    let zeros = size - (try Data(contentsOf: URL(filePath: path)).lastIndex { $0 != 0 } ?? 0) - 1
    let (file, info) = try expectRefused(path, "its bytes lie among the \(zeros) zeros that the file ends with")
    let rows = try bands(file, info)
    #expect(rows[0] == Array(repeating: 1, count: 20) && rows[29_999]?.allSatisfy(\.isNaN) == true)
    #expect(!rows.values.joined().contains(0))
  }

  @Test func `are not a few zeros that the values end with`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Scripted.write(path, "entry('v', np.concatenate([np.ones((5000, 20), 'f4'), np.zeros((5000, 20), 'f4')]))")
    let file = try SequenceFile(path)
    let info = try #require(file.roots.first?.entries.first).features
    let values = try file.readDoubles(info)
    #expect(values.count { $0 == 1 } == 100_000 && values.count { $0 == 0 } == 100_000)
  }

  @Test func `are those of virtual datasets whose source is gone`() throws {
    let folder = try TemporaryFolder()
    let script = """
      entry("v", table(5, 3))
      with h5py.File("\(folder.path)/source.h5", "w") as s: s.create_dataset("d", data=table(3, 3), chunks=(2, 2))
      del f["COVAREP/data/v/features"]
      layout = h5py.VirtualLayout(shape=(5, 3), dtype="f4")
      layout[1:4] = h5py.VirtualSource("source.h5", "d", shape=(3, 3))
      layout[0] = layout[4] = h5py.VirtualSource("source.h5", "e", shape=(3,))
      f.create_virtual_dataset("COVAREP/data/v/features", layout)
      """
    let path = folder.file("a.csd")
    try Scripted.write(path, script)
    try expectRefused(path, "its values lie in the dataset e, which is missing, in source.h5")
    try Scripted.write(
      path, script + "\nwith h5py.File('\(folder.path)/source.h5', 'a') as s: s['e'] = np.ones(3, 'f4')")
    let file = try SequenceFile(path)
    #expect(try file.readDoubles(#require(file.roots.first?.entries.first).features).suffix(6) == [6, 7, 8, 1, 1, 1])
    try FileManager.default.removeItem(atPath: folder.file("source.h5"))
    try expectRefused(path, "its values lie in the file source.h5, which is missing")
  }

  @Test func `are what no source of a virtual dataset covers, and sources that were never written`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    for (made, rows, problem) in [
      ("data=table(3, 3)", 3, "its virtual sources have only 9 of its 15 values"),
      (
        "shape=(5, 3), dtype='f4', chunks=(2, 2)", 5,
        "its values lie in the dataset d, parts of which were never written, in source.h5"
      ),
    ] {
      try Scripted.write(
        path,
        """
        entry("v", table(5, 3))
        with h5py.File("\(folder.path)/source.h5", "w") as s: s.create_dataset("d", \(made))[0] = 1
        del f["COVAREP/data/v/features"]
        layout = h5py.VirtualLayout(shape=(5, 3), dtype="f4")
        layout[:\(rows)] = h5py.VirtualSource("source.h5", "d", shape=(\(rows), 3))
        f.create_virtual_dataset("COVAREP/data/v/features", layout)
        """)
      try expectRefused(path, problem)
    }
  }

  @Test func `are those of external files that are gone or too short`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    let outside = folder.file("outside")
    try Scripted.write(
      path,
      """
      g = f.create_group("COVAREP/data/v")
      g["intervals"] = times(5)
      d = g.create_dataset("features", (5, 3), "f4", external=[("\(outside)", 0, h5py.h5f.UNLIMITED)])
      d[...] = table(5, 3)
      """)
    try Data(repeating: 1, count: 59).write(to: URL(filePath: outside))
    try expectRefused(path, "its values lie in the file \(outside), which is too short for them")
    try FileManager.default.removeItem(atPath: outside)
    try expectRefused(path, "its values lie in the file \(outside), which is missing")
  }

  @Test func `are refused in intervals and in strings whatever is asked for`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Scripted.write(
      path,
      """
      g = f.create_group("words/data/v")
      g.create_dataset("intervals", (50, 2), "f8", chunks=(10, 2))[:10] = times(10)
      g.create_dataset("features", (50, 1), "S5", chunks=(10, 1))[:10] = b"word"
      """)
    let file = try SequenceFile(path)
    let root = try #require(file.roots.first)
    let entry = try #require(root.entries.first)
    #expect(throws: SequenceError.self) { try file.readIntervals(of: entry, in: root) }
    #expect(throws: SequenceError.self) { try file.readStrings(entry.features, rows: 0..<50) }
  }
}
