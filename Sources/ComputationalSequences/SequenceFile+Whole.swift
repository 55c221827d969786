extension SequenceFile {
  /// Reads a numeric dataset whole, as Doubles `[rows, columns]`: for labels and intervals, never for features.
  package func readDoubles(_ info: DatasetInfo) throws -> [Double] {
    guard let storage = try rawStorage(of: info) else { return try readDoubles(info, rows: 0..<info.rows) }
    var reader = BandReader()
    return try reader.readDoubles(of: storage)
  }

  /// The intervals of an entry.
  package func readIntervals(of entry: SequenceRoot.Entry, in root: SequenceRoot) throws -> Intervals {
    var intervals = Intervals()
    try intervals.append(readDoubles(entry.intervals), path: path, entry: root.label(entry.id))
    return intervals
  }
}
