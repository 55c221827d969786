/// Text as a terminal shows it.
extension String {
  /// The columns that the text takes: two for the wide characters of East Asian scripts and for emoji.
  package var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

  /// The text, or its start and `…` where it takes more than `width` columns.
  package func cut(to width: Int) -> String {
    if displayWidth <= width { return self }
    var text = ""
    var columns = 1
    for character in self {
      columns += character.displayWidth
      if columns > width { break }
      text.append(character)
    }
    return width > 0 ? text + "…" : ""
  }

  /// The text without anything that a terminal would obey: control characters and reversals of direction are spelled
  /// out. For whatever comes out of files.
  package var printable: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x00..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069:
        text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The text in lines of at most `width` columns, broken at spaces.
  ///
  /// - Parameters:
  ///   - indent: columns before every line, which count.
  ///   - breaksWords: whether words that are longer than a line are broken, too; otherwise they stick out, as paths that
  ///     are to be copied must.
  package func wrapped(to width: Int = 80, indent: Int = 0, breaksWords: Bool = true) -> [String] {
    let room = max(1, width - indent)
    var lines: [String] = []
    var line = ""
    for word in split(whereSeparator: \.isWhitespace) {
      if !line.isEmpty && line.displayWidth + 1 + String(word).displayWidth > room {
        lines.append(line)
        line = ""
      }
      if !line.isEmpty { line += " " }
      for character in word {
        if breaksWords && !line.isEmpty && line.displayWidth + character.displayWidth > room {
          lines.append(line)
          line = ""
        }
        line.append(character)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { String(repeating: " ", count: indent) + $0 }
  }
}

extension Character {
  fileprivate var displayWidth: Int {
    guard let scalar = unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
    }
  }
}
