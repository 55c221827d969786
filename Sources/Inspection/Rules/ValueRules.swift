internal import ComputationalSequences
internal import Preprocessing

/// The rules about the values of one entry, band by band.
struct ValueRules {
  let entry: String
  let starts: [Double]
  let columns: Int
  /// A label of 0 is an opinion, not a lost frame.
  let isLabels: Bool
  private(set) var kinds: ColumnKinds
  private var flags: [UInt8] = []

  init(entry: String, starts: [Double], columns: Int, isLabels: Bool) {
    self.entry = entry
    self.starts = starts
    self.columns = columns
    self.isLabels = isLabels
    kinds = ColumnKinds(columns: columns)
  }

  private func place(_ row: Int, _ column: Int? = nil) -> Place {
    Place(entry: entry, row: row, column: column, time: starts[row])
  }

  mutating func inspect(
    _ values: Span<Float>, firstRow: Int, overflows: BandOverflows, into findings: inout Findings
  ) {
    guard columns > 0 else { return }
    let rows = values.count / columns
    if flags.count < rows { flags = Array(repeating: 0, count: rows) }
    kinds.add(values)
    if RowTests.finiteRows(values, dimension: columns, into: &flags) > 0 {
      for row in 0..<rows where flags[row] == 0 {
        inspectBroken(values.extracting(row * columns..<(row + 1) * columns), firstRow + row, overflows[row], &findings)
      }
    }
    guard !isLabels else { return }
    RowTests.zeroRows(values, dimension: columns, into: &flags)
    for row in 0..<rows where flags[row] != 0 { findings.add(.zeroFrames, place(firstRow + row)) }
  }

  private func inspectBroken(_ values: Span<Float>, _ row: Int, _ overflows: Int, _ findings: inout Findings) {
    var firstInfinite: Int?
    for column in 0..<columns where !values[column].isFinite {
      if values[column].isNaN {
        findings.add(.nan, place(row, column))
      } else {
        findings.add(values[column] > 0 ? .positiveInfinity : .negativeInfinity, place(row, column))
        firstInfinite = firstInfinite ?? column
      }
    }
    if overflows > 0 { findings.add(.overflow, count: overflows, place(row, firstInfinite)) }
  }

  func inspect(token: Span<UInt8>, row: Int, into findings: inout Findings) {
    var length = token.count
    while length > 0 && token[length - 1] == 0 { length -= 1 }
    if EmptyToken.matches(token.extracting(first: length)) { findings.add(.zeroFrames, place(row)) }
  }
}
