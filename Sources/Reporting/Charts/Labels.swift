internal import Terminals

/// Names as labels of a drawing, which has little room: as whole as it allows, and each unlike the others.
///
/// Lengths are columns: wide characters take two. Control characters are spelled out before anything is cut.
enum Labels {
  /// As much of the beginning as there is room for.
  static func beginning(_ text: String, to length: Int) -> String { text.printable.cut(to: length) }

  /// As much of the beginning and of the end as there is room for.
  static func ends(_ text: String, to length: Int) -> String {
    let text = text.printable
    guard text.displayWidth > length else { return text }
    let first = length / 2
    return head(text, first) + "…" + String(head(String(text.reversed()), max(length - first - 1, 0)).reversed())
  }

  /// Names on a line each: their beginnings where these differ, else beginnings and ends, else with their places.
  static func apart(_ names: [String], to length: Int) -> [String] {
    for cut in [beginning, ends] {
      let labels = names.map { cut($0, length) }
      if Set(labels).count == names.count { return labels }
    }
    return numbered(names.map { [ends($0, to: length)] }) { place in
      let number = " (\(place + 1))"
      return [ends(names[place], to: max(length - number.count, 0)) + number]
    }.map { $0[0] }
  }

  /// Names on up to two lines each, broken between words; cut in the middle where that is not enough.
  static func wrapped(_ names: [String], to width: Int) -> [[String]] {
    let lines = names.map { wrapped($0, to: width) }
    return numbered(lines) { place in
      let number = " (\(place + 1))"
      return halves(ends(names[place], to: max(2 * width - number.count, 0)) + number, width)
    }
  }

  /// A name on up to two lines, broken between words; cut in the middle where that is not enough.
  static func wrapped(_ name: String, to width: Int) -> [String] {
    let text = name.printable
    if text.displayWidth <= width { return [text] }
    let places = text.indices.dropFirst().reversed().filter { String(text[..<$0]).displayWidth <= width }
    // Spaces are left out where a line ends; after other marks, nothing is.
    for place in places where text[place] == " " {
      let rest = String(text[text.index(after: place)...])
      if rest.displayWidth <= width { return [String(text[..<place]), rest] }
    }
    for place in places where "-+_/,;".contains(text[text.index(before: place)]) {
      if String(text[place...]).displayWidth <= width { return [String(text[..<place]), String(text[place...])] }
    }
    return halves(ends(text, to: 2 * width), width)
  }

  private static func halves(_ text: String, _ width: Int) -> [String] {
    let first = head(text, width)
    let rest = String(text.dropFirst(first.count))
    return rest.isEmpty ? [first] : [first, head(rest, width)]
  }

  /// The beginning that takes at most so many columns.
  private static func head(_ text: String, _ width: Int) -> String {
    var columns = 0
    return String(
      text.prefix { character in
        columns += String(character).displayWidth
        return columns <= width
      })
  }

  /// Labels of which those that are alike are replaced.
  private static func numbered(_ labels: [[String]], _ replacement: (Int) -> [String]) -> [[String]] {
    let counts = Dictionary(grouping: labels) { $0 }.mapValues(\.count)
    return labels.enumerated().map { counts[$1] ?? 0 > 1 ? replacement($0) : $1 }
  }
}
