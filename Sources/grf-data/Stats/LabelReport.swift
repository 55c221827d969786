import Shards
import Terminals

/// How one label column is distributed, split by split.
struct LabelReport {
  let splits: [SplitSummary]
  /// The place of the column.
  let label: Int

  /// Splits side by side.
  private static let across = 3
  private static let barWidth = 12

  var lines: [String] {
    Array(
      stride(from: 0, to: splits.count, by: Self.across)
        .map { lines(of: splits[$0..<min($0 + Self.across, splits.count)]) }.joined(separator: [""]))
  }

  private func lines(of splits: ArraySlice<SplitSummary>) -> [String] {
    let labels = splits.map { $0.labels[label] }
    let name = labels.first?.name.printable ?? ""
    let columns = splits.flatMap { [TextTable.Column.number($0.name), .text("")] }
    var table = TextTable([.text("")] + columns, indent: 2)
    func add(_ title: String, _ cells: (LabelSummary) -> (String, String)) {
      table.add([title] + labels.flatMap { [cells($0).0, cells($0).1] })
    }
    add("mean") { ($0.mean.map { Format.fixed($0, 3) } ?? "–", "") }
    add("deviation") { ($0.deviation.map { Format.fixed($0, 3) } ?? "–", "") }
    add("negative") { (Format.count($0.negative), Format.percent($0.negative, of: $0.count)) }
    add("neutral") { (Format.count($0.neutral), Format.percent($0.neutral, of: $0.count)) }
    add("positive") { (Format.count($0.positive), Format.percent($0.positive, of: $0.count)) }
    for (place, value) in (-3...3).enumerated() {
      let title = value == 0 ? "near  0" : "near \(value < 0 ? "" : "+")\(value)"
      add(title) { label in
        let greatest = max(1, label.histogram.max() ?? 1)
        let share = Double(label.histogram[place]) / Double(greatest)
        return (Format.count(label.histogram[place]), Bar.solid(share, width: Self.barWidth))
      }
    }
    return ["label \(name)".cut(to: 80)] + table.lines()
  }
}
