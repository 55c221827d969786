/// What a modality may be called, in options, tensors and manifests.
public enum ModalityName {
  /// Names match `[A-Za-z][A-Za-z0-9_]*` and are not the words that the shard format uses itself.
  public static func isValid(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetter(first), name != "labels", name != "sample" else { return false }
    return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
  }

  /// A valid name made of any text: lower case, other characters `_`; `m_` before what would not begin with a
  /// letter, `_` after a word of the format's own.
  public static func sanitized(_ text: String) -> String {
    var name = String(
      decoding: text.lowercased().unicodeScalars.map { scalar -> UInt8 in
        guard scalar.isASCII, case let byte = UInt8(scalar.value), isLetter(byte) || isDigit(byte) else {
          return UInt8(ascii: "_")
        }
        return byte
      }, as: UTF8.self)
    if let first = name.utf8.first, isLetter(first) {} else { name = "m_" + name }
    return isValid(name) ? name : name + "_"
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
