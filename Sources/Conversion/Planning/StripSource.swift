internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing
internal import Segments

/// Where the rows of a strip are: taken by the thread that may call libhdf5, used by any.
struct StripSource: Sendable {
  /// One entry of the strip; its rows are counted on from those before it.
  struct Part: Sendable {
    let entry: SequenceRoot.Entry
    let label: String
    /// Raw places of the intervals, or their values where only libhdf5 can read them.
    let intervals: Reading<[Double]>
    /// Raw places of the features; nil where only libhdf5 can read them.
    let features: RawStorage?
    /// Values of the features that no file holds.
    let absent: AbsentBytes?
  }

  enum Reading<Values: Sendable>: Sendable {
    case raw(RawStorage)
    case values(Values)
  }

  let path: String
  /// What is done about values of the features that no file holds.
  let absent: AbsentValues
  let parts: [Part]

  init(_ entries: [Int], of root: SequenceRoot, in file: SequenceFile, absent: AbsentValues = .refused) throws {
    path = file.path
    self.absent = absent
    parts = try entries.map { index in
      let entry = root.entries[index]
      let storage = try file.rawStorage(of: entry.intervals)
      return Part(
        entry: entry, label: root.label(entry.id),
        intervals: try storage.map { .raw($0) }
          ?? .values(try file.readDoubles(entry.intervals, rows: 0..<entry.intervals.rows)),
        features: try file.rawStorage(of: entry.features, absent: absent),
        absent: try file.absentBytes(of: entry.features))
    }
  }

  /// Whether workers can read the features without libhdf5.
  var isRaw: Bool { parts.allSatisfy { $0.features != nil || $0.entry.rows == 0 } }

  /// Rows of the strip in which a selected column has no bytes; nil where there are none.
  func absentRows(_ selection: ColumnSelection) -> RowFlags? {
    guard parts.contains(where: { $0.absent != nil }) else { return nil }
    var flags = RowFlags(rows: parts.reduce(1) { $0 + $1.entry.rows })
    var offset = 0
    for part in parts {
      for area in part.absent?.areas ?? [] where selection.columns.contains(where: area.columns.contains) {
        for row in area.rows { flags[offset + row] = true }
      }
      offset += part.entry.rows
    }
    return flags
  }

  /// Bytes that reading the strip takes.
  func workingBytes(selected: Int) -> Int {
    parts.reduce(0) { result, part in
      // Intervals: two Doubles a row and what is made of them; features: a band.
      let features = part.features?.workingBytes(selected: selected) ?? (1 << 23)
      return max(result, features) + part.entry.rows * 64
    }
  }

  func readIntervals(_ reader: inout BandReader) throws -> (all: Intervals, byPart: [[Double]]) {
    var intervals = Intervals()
    var byPart: [[Double]] = []
    for part in parts {
      let values: [Double]
      switch part.intervals {
      case .values(let given): values = given
      case .raw(let storage): values = try reader.readDoubles(of: storage)
      }
      try intervals.append(values, path: path, entry: part.label)
      byPart.append(values)
    }
    return (intervals, byPart)
  }

  /// The part that holds a row of the strip, and the row within it.
  func place(of row: Int) -> (part: Part, row: Int)? {
    var row = row
    for part in parts {
      if row < part.entry.rows { return (part, row) }
      row -= part.entry.rows
    }
    return nil
  }
}
