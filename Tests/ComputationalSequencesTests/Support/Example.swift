import ComputationalSequences

/// A small file with one root.
enum Example {
  /// Writes entries `[rows, columns]` of counting Floats, a row a quarter second.
  static func write(
    _ path: String, root: String = "COVAREP", entries: [String] = ["v"], rows: Int = 3, columns: Int = 2,
    storage: SequenceWriter.Storage = .contiguous
  ) throws {
    let writer = try SequenceWriter(creating: path)
    try writer.addRoot(root, metadata: [])
    for entry in entries {
      try writer.addEntry(
        entry, to: root, features: .float32((0..<rows * columns).map { Float($0) }, columns: columns),
        intervals: .float64((0..<rows).flatMap { [Double($0) / 4, Double($0 + 1) / 4] }), storage: storage)
    }
    try writer.close()
  }

  /// Writes one entry.
  static func write(
    _ path: String, root: String = "COVAREP", features: SequenceWriter.Features, intervals: SequenceWriter.Intervals,
    storage: SequenceWriter.Storage = .contiguous
  ) throws {
    let writer = try SequenceWriter(creating: path)
    try writer.addRoot(root, metadata: [])
    try writer.addEntry("v", to: root, features: features, intervals: intervals, storage: storage)
    try writer.close()
  }
}
