import ComputationalSequences
import PackedSequences
import Testing

/// What a reader handed out, row by row.
struct Bands: Equatable {
  var values: [Int: [Float]] = [:]
  var overflows: [Int: Int] = [:]
  private var lastRow = -1

  /// Where a reader broke its promises: rows out of order or doubled, sums that do not add up, bands nobody wanted.
  private(set) var faults: [String] = []

  /// Collects the bands of wanted rows through raw chunks.
  static func raw(
    _ storage: RawStorage, wanted: [RowRun], selection: ColumnSelection
  ) throws -> Bands {
    var bands = Bands()
    var reader = BandReader()
    try reader.readBands(of: storage, wanted: wanted, selection: selection) {
      bands.add(firstRow: $0, $1, $2, columns: selection.count, wanted: wanted)
    }
    return bands
  }

  /// The same through libhdf5.
  static func throughHDF5(
    _ file: SequenceFile, _ info: DatasetInfo, wanted: [RowRun], selection: ColumnSelection,
    absent: AbsentValues = .refused
  ) throws -> Bands {
    var bands = Bands()
    try file.readBands(of: info, wanted: wanted, selection: selection, absent: absent) {
      bands.add(firstRow: $0, $1, $2, columns: selection.count, wanted: wanted)
    }
    return bands
  }

  private mutating func add(
    firstRow: Int, _ span: Span<Float>, _ found: BandOverflows, columns: Int, wanted: [RowRun]
  ) {
    let rows = span.count / columns
    if span.count != rows * columns || rows == 0 { faults.append("\(span.count) values from row \(firstRow)") }
    if firstRow <= lastRow { faults.append("row \(firstRow) after row \(lastRow)") }
    if !wanted.contains(where: { $0.range.overlaps(firstRow..<firstRow + rows) }) {
      faults.append("nobody wanted rows \(firstRow)..<\(firstRow + rows)")
    }
    for row in 0..<rows {
      values[firstRow + row] = (0..<columns).map { span[row * columns + $0] }
      overflows[firstRow + row] = found[row]
    }
    if found.total != (0..<rows).reduce(0, { $0 + found[$1] }) { faults.append("overflows from row \(firstRow)") }
    lastRow = firstRow + rows - 1
  }

  /// Expects the wanted rows to be there and every row handed out to be `source`'s, as Floats.
  func expect(
    _ source: (_ row: Int, _ column: Int) -> Double, wanted: [RowRun], selection: ColumnSelection, _ comment: String
  ) {
    #expect(faults == [], "\(comment)")
    let missing = wanted.flatMap { Array($0.range) }.filter { values[$0] == nil }
    #expect(missing == [], "\(comment)")
    for (row, found) in values {
      let doubles = selection.columns.map { source(row, $0) }
      let isSame = zip(doubles, found).allSatisfy { Self.isSame(Float($0), $1) }
      let overflowed = doubles.count { $0.isFinite && !Float($0).isFinite }
      guard isSame, overflows[row] == overflowed else {
        Issue.record("row \(row): \(doubles) became \(found), \(overflows[row] ?? -1) overflows; \(comment)")
        return
      }
    }
  }

  /// Bit for bit; a NaN is a NaN.
  static func isSame(_ left: Float, _ right: Float) -> Bool {
    left.bitPattern == right.bitPattern || (left.isNaN && right.isNaN)
  }
}
