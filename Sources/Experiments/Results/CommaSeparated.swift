/// Comma-separated values, quoted as in RFC 4180, lines ended as on Unix.
enum CommaSeparated {
  static func line(_ cells: [String]) -> String { cells.map(quoted).joined(separator: ",") + "\n" }

  /// The shortest decimal that reads back the same, or nothing.
  static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

  private static func quoted(_ text: String) -> String {
    let isSpecial = text.unicodeScalars.contains { [",", "\"", "\n", "\r"].contains($0) }
    guard isSpecial || text.hasPrefix(" ") || text.hasSuffix(" ") else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
