/// Finds what a user probably meant.
public enum NearestName {
  /// The candidate with the fewest edits from `name`, if few enough to be a likely slip; case does not count.
  public static func of(_ name: String, in candidates: some Sequence<String>) -> String? {
    let limit = max(2, name.count / 3)
    let wanted = Array(name.lowercased())
    return candidates.map { ($0, distance(wanted, Array($0.lowercased()))) }
      .filter { $0.1 <= limit }
      .min { $0.1 < $1.1 }?.0
  }

  /// ` (did you mean "x"?)`, or nothing.
  public static func hint(_ name: String, in candidates: some Sequence<String>) -> String {
    of(name, in: candidates).map { " (did you mean \"\($0)\"?)" } ?? ""
  }

  /// The Levenshtein distance, by one row of its table.
  static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let substituted = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
