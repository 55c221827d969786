/// Entries that do not fit, in one line.
extension SequenceError {
  private static let remedy = "repair them, or leave them out (--skip-unfit)"

  static func text(of entries: [UnfitEntry]) -> String {
    guard let first = entries.first, entries.count > 1 else {
      return entries.first.map { "\($0.error), or leave it out (--skip-unfit)" } ?? "no entry is unfit"
    }
    // Entries of a root that have the same problem are named together.
    var groups: [(root: String, problem: String, ids: [String])] = []
    var places: [[String]: Int] = [:]
    for entry in entries {
      let problem = entry.error.unfitness
      if let place = places[[entry.root, problem]] {
        groups[place].ids.append(entry.id)
      } else {
        places[[entry.root, problem]] = groups.count
        groups.append((entry.root, problem, [entry.id]))
      }
    }
    let list = groups.map { "\($0.ids.joined(separator: ", ")) of \"\($0.root)\": \($0.problem)" }
    return "\(first.error.path.map { "\($0): " } ?? "")\(entries.count) entries do not fit: "
      + "\(list.joined(separator: "; ")); \(remedy)"
  }

  /// What is wrong with one entry, for a list that names it.
  package var unfitness: String {
    switch self {
    case .missingObject(_, let object): "\(Self.leaf(object)) is missing"
    case .wrongRank(_, let dataset, let found): "\(Self.leaf(dataset)) of \(found) dimension\(found == 1 ? "" : "s")"
    case .wrongIntervalWidth(_, _, let found): "intervals of \(found) column\(found == 1 ? "" : "s")"
    case .lengthMismatch(_, _, let features, let intervals): "\(features) rows of features, but \(intervals) intervals"
    case .dimensionMismatch(_, _, let found, let expected, _): "\(found) columns, but most have \(expected)"
    case .kindMismatch: "text where most have numbers, or the reverse"
    case .unsupportedType(_, let dataset, let found): "\(Self.leaf(dataset)) hold \(found)"
    case .invalidInterval(_, _, let row, let start, let end): "row \(row) has the interval [\(start), \(end)]"
    case .unreadable(_, let object, let reason): "\(Self.leaf(object)) cannot be read (\(reason))"
    default: description
    }
  }

  /// Whether an entry's intervals make no sense.
  package var isOfIntervals: Bool {
    if case .invalidInterval = self { return true }
    return false
  }

  private static func leaf(_ object: String) -> Substring { object.split(separator: "/").last ?? "" }

  /// The file that an entry's fault is in.
  private var path: String? {
    switch self {
    case .missingObject(let path, _), .wrongRank(let path, _, _), .wrongIntervalWidth(let path, _, _),
      .lengthMismatch(let path, _, _, _), .dimensionMismatch(let path, _, _, _, _), .kindMismatch(let path, _, _),
      .unsupportedType(let path, _, _), .invalidInterval(let path, _, _, _, _), .unreadable(let path, _, _):
      path
    default: nil
    }
  }
}
