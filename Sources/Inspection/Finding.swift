/// Where something was found; what does not apply is nil.
package struct Place: Sendable, Equatable {
  package var entry: String?
  /// The row in the file, from 0.
  package var row: Int?
  package var column: Int?
  /// The start of the row, in seconds.
  package var time: Double?
  package var detail: String?

  package init(
    entry: String? = nil, row: Int? = nil, column: Int? = nil, time: Double? = nil, detail: String? = nil
  ) {
    self.entry = entry
    self.row = row
    self.column = column
    self.time = time
    self.detail = detail
  }
}

/// How often a rule found something in a sequence, and where first.
package struct Finding: Sendable, Equatable {
  /// How many places are kept.
  package static let keptPlaces = 5

  package let rule: Rule
  package fileprivate(set) var count = 0
  /// Of ``Rule/overlapping``: how many pairs are rows that follow each other in the file, where that is not ``count``.
  package var countInFileOrder: Int? { rule == .overlapping && inFileOrder != count ? inFileOrder : nil }
  fileprivate var inFileOrder = 0
  /// The first ``keptPlaces``, by entry, then in the order in which the rule looks.
  package fileprivate(set) var places: [Place] = []
}

/// Findings by rule, gathered piece by piece in constant memory.
struct Findings: Sendable {
  private var byRule: [Finding] = Rule.allCases.map { Finding(rule: $0) }
  private static let index = Dictionary(uniqueKeysWithValues: Rule.allCases.enumerated().map { ($1, $0) })

  /// Those that found anything, in the order of the rules.
  var list: [Finding] { byRule.filter { $0.count > 0 } }

  mutating func add(_ rule: Rule, count: Int = 1, _ place: @autoclosure () -> Place) {
    guard let index = Self.index[rule] else { return }
    byRule[index].count += count
    if byRule[index].places.count < Finding.keptPlaces { byRule[index].places.append(place()) }
  }

  /// Counts what would have been found, had the rows been taken in the order of the file.
  mutating func addInFileOrder(_ rule: Rule) {
    guard let index = Self.index[rule] else { return }
    byRule[index].inFileOrder += 1
  }

  /// Adds what was found in a later piece.
  mutating func append(_ other: Findings) {
    for index in byRule.indices {
      byRule[index].count += other.byRule[index].count
      byRule[index].inFileOrder += other.byRule[index].inFileOrder
      byRule[index].places += other.byRule[index].places.prefix(Finding.keptPlaces - byRule[index].places.count)
    }
  }
}

extension Double {
  /// The number for people: at most four decimals.
  var short: String {
    let rounded = (self * 1e4).rounded() / 1e4
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
