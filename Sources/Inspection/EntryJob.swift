internal import ComputationalSequences
internal import PackedSequences
internal import Segments

/// What is found in one entry.
struct EntryReport: Sendable {
  var findings = Findings()
  var stretches: [Stretch] = []
  /// Nil where the features are strings, or where there are no rows.
  var kinds: ColumnKinds?
}

extension EntryReport {
  /// Of an entry that cannot be inspected.
  init(of entry: String, _ error: SequenceError) {
    self.init()
    let rule: Rule =
      switch error {
      case .invalidInterval: .unfit
      case .absentBytes: .absent
      default: .unreadable
      }
    let detail =
      switch error {
      case .absentBytes(_, let dataset, let problem, _): "\(dataset.split(separator: "/").last ?? ""): \(problem)"
      case .missingFilter(_, _, let filter): "compressed by the filter \(filter)"
      case .damagedChunk(_, let dataset, let row, let column, let reason):
        "\(dataset.split(separator: "/").last ?? ""), the chunk at row \(row), column \(column): \(reason)"
      default: error.unfitness
      }
    findings.add(rule, Place(entry: entry, detail: detail))
  }
}

/// Inspects one entry, on whichever thread: raw parts are read there, the others came from libhdf5 before or are read
/// through `file`, on the thread that may call it.
struct EntryJob: Sendable {
  private let path: String
  private let entry: SequenceRoot.Entry
  private let label: String
  private let isLabels: Bool
  /// Of labels.
  private let range: LabelRange?
  private let intervals: RawStorage?
  private let features: RawStorage?

  init(_ entry: SequenceRoot.Entry, of root: SequenceRoot, in file: SequenceFile, isLabels: Bool) throws {
    path = file.path
    self.entry = entry
    label = root.label(entry.id)
    self.isLabels = isLabels
    range = isLabels && !root.holdsTokens ? LabelRange(names: LabelColumns.names(of: root)) : nil
    intervals = try file.rawStorage(of: entry.intervals)
    features = try file.rawStorage(of: entry.features)
  }

  var isRaw: Bool { (intervals != nil && features != nil) || entry.rows == 0 }

  /// Bytes that the job takes: the intervals and what is made of them, and one band.
  var workingBytes: Int {
    entry.rows * 128 + (features?.workingBytes(selected: entry.features.columns) ?? 1 << 23)
  }

  /// Inspects the entry; one that cannot be read is a finding.
  func report(_ reader: inout BandReader, file: SequenceFile?) throws -> EntryReport {
    do { return try inspect(&reader, file) } catch let error as SequenceError {
      return EntryReport(of: entry.id, error)
    }
  }

  private func inspect(_ reader: inout BandReader, _ file: SequenceFile?) throws -> EntryReport {
    var report = EntryReport()
    guard entry.rows > 0 else { return report }
    var times = Intervals()
    try times.append(doubles(entry.intervals, intervals, &reader, file), path: path, entry: label)
    let rules = IntervalRules(entry: entry.id, intervals: times)
    let order = rules.order()
    let isNumeric = entry.features.element.isNumeric
    let labels =
      isLabels && isNumeric
      ? try (values: doubles(entry.features, features, &reader, file), columns: entry.features.columns) : nil
    rules.inspect(order: order, labels: labels, into: &report.findings)
    if let labels, let range {
      range.inspect(labels.values, starts: times.starts, entry: entry.id, into: &report.findings)
    }
    if !isLabels {
      let timing = EntryTiming(entry: entry.id, starts: times.starts, order: order, into: &report.findings)
      report.stretches = timing.stretches
    }
    var values = ValueRules(
      entry: entry.id, starts: times.starts, columns: entry.features.columns, isLabels: isLabels)
    if isNumeric {
      try inspectNumbers(&values, &report.findings, &reader, file)
      report.kinds = values.kinds
    } else {
      try inspectTokens(values, &report.findings, &reader, file)
    }
    return report
  }

  private func doubles(
    _ info: DatasetInfo, _ storage: RawStorage?, _ reader: inout BandReader, _ file: SequenceFile?
  ) throws -> [Double] {
    if let storage { return try reader.readDoubles(of: storage) }
    return try file?.readDoubles(info) ?? []
  }

  private func inspectNumbers(
    _ rules: inout ValueRules, _ findings: inout Findings, _ reader: inout BandReader, _ file: SequenceFile?
  ) throws {
    let wanted = [RowRun(start: 0, count: entry.rows)]
    let selection = ColumnSelection.all(entry.features.columns)
    if let features {
      try reader.readBands(of: features, wanted: wanted, selection: selection) { first, values, overflows in
        rules.inspect(values, firstRow: first, overflows: overflows, into: &findings)
      }
    } else {
      try file?.readBands(of: entry.features, wanted: wanted, selection: selection) { first, values, overflows in
        rules.inspect(values, firstRow: first, overflows: overflows, into: &findings)
      }
    }
  }

  private func inspectTokens(
    _ rules: ValueRules, _ findings: inout Findings, _ reader: inout BandReader, _ file: SequenceFile?
  ) throws {
    guard !isLabels else { return }
    if let features {
      return try reader.readStrings(of: features) { row, token in
        rules.inspect(token: token, row: row, into: &findings)
      }
    }
    guard let file else { return }
    let step = SequenceFile.bandThroughHDF5(entry.features)
    for start in stride(from: 0, to: entry.rows, by: step) {
      let rows = start..<min(start + step, entry.rows)
      for (index, token) in try file.readStrings(entry.features, rows: rows).enumerated() {
        rules.inspect(token: token.span, row: start + index, into: &findings)
      }
    }
  }
}
