/// A word of a command line that a user is to type.
package enum ShellWord {
  /// The text in quotes where a shell would take it apart.
  package static func quoted(_ text: String) -> String {
    let plain = text.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789/._-+=@%".unicodeScalars.contains($0))
    }
    return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
