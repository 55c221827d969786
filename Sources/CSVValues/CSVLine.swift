/// A line of comma-separated values, quoted as in RFC 4180, ended as on Unix.
package enum CSVLine {
  package static func text(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\n"
  }

  /// The shortest decimal that reads back the same, or nothing.
  package static func number(_ value: (some BinaryFloatingPoint)?) -> String { value.map { "\($0)" } ?? "" }

  private static func quoted(_ text: String) -> String {
    let isSpecial = text.unicodeScalars.contains { [",", "\"", "\n", "\r"].contains($0) }
    // Readers may drop spaces at the ends of a field that is not quoted.
    guard isSpecial || text.hasPrefix(" ") || text.hasSuffix(" ") else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
