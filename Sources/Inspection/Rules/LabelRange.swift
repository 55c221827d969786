/// The rule about labels beyond their scale: a sentiment is from −3 to 3, an emotion from 0 to 3.
struct LabelRange {
  /// By column; nil where the scale is not known.
  private let ranges: [ClosedRange<Double>?]
  private let names: [String]

  private static let emotions: Set = ["happy", "happiness", "sad", "sadness", "anger", "surprise", "disgust", "fear"]

  /// - Parameter names: of the columns; a single one without a name of its own is taken for the sentiment.
  init(names: [String]) {
    self.names = names
    ranges = names.map { name in
      let name = name.lowercased()
      if name == "sentiment" || names == ["label_0"] { return -3...3 }
      return Self.emotions.contains(name) ? 0...3 : nil
    }
  }

  /// - Parameter values: `[rows, columns]`.
  func inspect(_ values: [Double], starts: [Double], entry: String, into findings: inout Findings) {
    let columns = ranges.count
    for row in starts.indices {
      for (column, range) in ranges.enumerated() {
        guard let range, case let value = values[row * columns + column], value.isFinite, !range.contains(value) else {
          continue
        }
        findings.add(
          .labelRange,
          Place(
            entry: entry, row: row, column: column, time: starts[row], detail: "\(names[column]) is \(value.short)"))
      }
    }
  }
}
