/// A list of SHA-256 digests as `sha256sum` writes and checks it.
///
/// Names are bytes: two spellings that Unicode holds equal are two files. Lines that are no digests are kept.
package struct ChecksumList: Equatable, Sendable {
  package static let fileName = "SHA256SUMS"

  private struct Entry: Equatable, Sendable {
    let name: [UInt8]
    /// 64 lower-case hexadecimal digits.
    let digest: String
  }

  private static let digits = 64
  private static let backslash = UInt8(ascii: "\\")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private var entries: [Entry] = []
  private var otherLines: [[UInt8]] = []

  package init() {}

  package init(parsing text: [UInt8]) {
    for line in text.split(separator: Self.newline) {
      if let entry = Self.entry(line) { entries.append(entry) } else { otherLines.append(Array(line)) }
    }
  }

  /// The digests that are told of a file: none, one, or several where the list contradicts itself.
  package func digests(of name: String) -> [String] {
    let name = Array(name.utf8)
    return entries.filter { $0.name == name }.map(\.digest)
  }

  /// Sets a file's digest.
  package mutating func record(_ digest: String, of name: String) {
    let name = Array(name.utf8)
    entries.removeAll { $0.name == name }
    entries.append(Entry(name: name, digest: digest))
  }

  /// The list as a file: other lines, then the digests in the order of the names' bytes.
  package var bytes: [UInt8] {
    var bytes = otherLines.flatMap { $0 + [Self.newline] }
    for entry in entries.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
      let name = Self.escaped(entry.name)
      if name != entry.name { bytes.append(Self.backslash) }
      bytes += Array(entry.digest.utf8) + Array("  ".utf8) + name + [Self.newline]
    }
    return bytes
  }

  /// `DIGEST  NAME` or `DIGEST *NAME`, with a backslash before it where the name is escaped.
  private static func entry(_ line: ArraySlice<UInt8>) -> Entry? {
    var line = line
    if line.last == carriageReturn { line.removeLast() }
    let isEscaped = line.first == backslash
    if isEscaped { line.removeFirst() }
    let digest = line.prefix(digits)
    line = line.dropFirst(digits)
    guard digest.count == digits, digest.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }), line.count > 2,
      line.removeFirst() == UInt8(ascii: " "), [UInt8(ascii: " "), UInt8(ascii: "*")].contains(line.removeFirst()),
      let name = isEscaped ? unescaped(line) : Array(line)
    else { return nil }
    return Entry(name: name, digest: String(decoding: digest, as: UTF8.self).lowercased())
  }

  private static func escaped(_ name: [UInt8]) -> [UInt8] {
    name.flatMap { byte -> [UInt8] in
      switch byte {
      case backslash: [backslash, backslash]
      case newline: [backslash, UInt8(ascii: "n")]
      case carriageReturn: [backslash, UInt8(ascii: "r")]
      default: [byte]
      }
    }
  }

  private static func unescaped(_ name: ArraySlice<UInt8>) -> [UInt8]? {
    var plain: [UInt8] = []
    var bytes = name.makeIterator()
    while let byte = bytes.next() {
      guard byte == backslash else {
        plain.append(byte)
        continue
      }
      switch bytes.next() {
      case backslash: plain.append(backslash)
      case UInt8(ascii: "n"): plain.append(newline)
      case UInt8(ascii: "r"): plain.append(carriageReturn)
      default: return nil
      }
    }
    return plain
  }
}
