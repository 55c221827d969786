import Conversion
import Shards
import TestSupport
import Testing

/// Frames that the sequence file has no bytes for.
@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)")) struct `Frames without bytes` {
  /// `COVAREP` of one video, ten rows in chunks of two, of which rows 4 and 5 were never written.
  private static func write(_ bench: Workbench, type: String = "f4", filter: String = "") throws {
    _ = try Python.run(
      """
      import sys, h5py, numpy as np
      with h5py.File(sys.argv[1], "w") as f:
          g = f.create_group("COVAREP/data/a")
          g["intervals"] = np.array([[i, i + 1] for i in range(10)], "f8")
          d = g.create_dataset("features", (10, 3), "\(type)", chunks=(2, 2)\(filter))
          d[:4] = np.arange(12).reshape(4, 3) + 1
          d[6:] = np.arange(12).reshape(4, 3) + 101
      """, bench.file("raw.csd"))
    try bench.write([.labels([("a", [(0, 3, 1), (3, 7, 2), (7, 10, 3)])])], to: "labels.csd")
  }

  private static let inputs = ["raw.csd", "labels.csd"]

  @Test func `stop a conversion, which names what is missing and the option to keep them`() throws {
    let bench = try Workbench()
    try Self.write(bench)
    let error = try #require(throws: (any Error).self) { try bench.convert(from: Self.inputs) }
    #expect(
      "\(error)"
        == bench.file("raw.csd")
        + ": COVAREP/data/a/features: 2 of 10 chunks were never written, the first for rows 4 to 5; "
        + "fetch the whole file, or keep the frames masked (--absent mask)")
  }

  /// Read by the workers, and through libhdf5.
  @Test(arguments: [("f4", ""), ("f8", ", compression=4"), (">f4", ""), ("f4", ", fletcher32=True")])
  func `are invalid, not zeros, where that is asked for`(type: String, filter: String) throws {
    let bench = try Workbench()
    try Self.write(bench, type: type, filter: filter)
    try bench.convert([.absent: "mask", .normalize: "none", .folds: "none"], from: Self.inputs)
    let dataset = try bench.sound("out")
    #expect(dataset.samples.map { $0["audio"].valid } == [[1, 1, 1], [1, 0, 0, 1], [1, 1, 1]])
    #expect(dataset.samples[1]["audio"].values == [10, 11, 12, 0, 0, 0, 0, 0, 0, 101, 102, 103])
    #expect(
      try bench.sound("out").ledger() == [
        LedgerEntry(
          id: "a[1]", modality: "audio", reason: .absent, detail: "the file has no bytes for 2 of its 4 rows")
      ])
  }

  @Test func `have no part in the statistics`() throws {
    let bench = try Workbench()
    try Self.write(bench)
    try bench.convert([.absent: "mask", .folds: "none"], from: Self.inputs)
    #expect(try bench.sound("out").statistics("audio").count == [8, 8, 8])
  }

  @Test func `are none where no column without bytes is selected`() throws {
    let bench = try Workbench()
    _ = try Python.run(
      """
      import sys, h5py, numpy as np
      with h5py.File(sys.argv[1], "w") as f:
          g = f.create_group("COVAREP/data/a")
          g["intervals"] = np.array([[i, i + 1] for i in range(4)], "f8")
          g.create_dataset("features", (4, 4), "f4", chunks=(2, 2))[:, :2] = 1
      """, bench.file("raw.csd"))
    try bench.convert([.absent: "mask", .select: "audio=0-1", .labels: "none", .normalize: "none"])
    let dataset = try bench.sound("out")
    #expect(try dataset.sample("a")["audio"].valid == [1, 1, 1, 1])
    #expect(try bench.sound("out").ledger().isEmpty)
  }

  @Test func `can only be masked where values that are not finite are`() throws {
    let bench = try Workbench()
    try Self.write(bench)
    #expect(throws: ConversionError.absentNotMasked(modality: "audio", nonfinite: "zero")) {
      try bench.convert([.absent: "mask", .nonfinite: "zero"], from: Self.inputs)
    }
  }
}
