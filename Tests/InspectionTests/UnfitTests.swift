import ComputationalSequences
import Foundation
import Inspection
import TestSupport
import Testing

@Suite struct `What cannot be inspected` {
  /// Entries `a` to `d` of two columns, of which `b` has three and `c` an interval that ends before it starts.
  private func write(_ path: String, root: String = "COVAREP") throws {
    let writer = try SequenceWriter(creating: path)
    try writer.addRoot(root, metadata: [])
    for (id, columns, end) in [("a", 2, 1.0), ("b", 3, 1.0), ("c", 2, -1.0), ("d", 2, 1.0)] {
      try writer.addEntry(
        id, to: root, features: .float32((0..<columns).map { $0 == 0 ? .nan : 1 }, columns: columns),
        intervals: .float64([0, end]))
    }
    try writer.close()
  }

  @Test func `is found entry by entry, and hides no other finding`() throws {
    let folder = try TemporaryFolder()
    try write(folder.file("a.csd"))
    let report = try Doctor.inspect([folder.file("a.csd")], threads: 2)
    #expect(report.counts("COVAREP")["unfit-entry"] == 2 && report.counts("COVAREP")["nan"] == 2)
    #expect(
      report.places(.unfit, "COVAREP").map { "\($0.entry ?? ""): \($0.detail ?? "")" } == [
        "b: 3 columns, but most have 2", "c: row 0 has the interval [0.0, -1.0]",
      ])
  }

  @Test func `is a file of several, of which the others are inspected`() throws {
    let folder = try TemporaryFolder()
    try write(folder.file("a.csd"))
    try Data("no HDF5".utf8).write(to: URL(filePath: folder.file("b.csd")))
    try write(folder.file("c.csd"), root: "FACET 4.2")
    let report = try Doctor.inspect([folder.path], threads: 1)
    #expect(report.sequences.map(\.root) == ["COVAREP", "FACET 4.2"])
    #expect(report.unreadable.map(\.path) == [folder.file("b.csd")])
    #expect(report.unreadable.first?.problem.contains("not an HDF5 file") == true)
  }

  @Test func `is the error where it is all there is`() throws {
    let folder = try TemporaryFolder()
    try Data("no HDF5".utf8).write(to: URL(filePath: folder.file("b.csd")))
    #expect(throws: SequenceError.notHDF5(path: folder.file("b.csd"), found: .unknown)) {
      try Doctor.inspect([folder.file("b.csd")], threads: 1)
    }
  }
}
