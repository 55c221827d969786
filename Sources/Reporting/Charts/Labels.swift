/// Names as labels of a drawing, which has little room: as whole as it allows, and each unlike the others.
enum Labels {
  /// As much of the beginning as there is room for.
  static func beginning(_ text: String, to length: Int) -> String {
    text.count <= length ? text : text.prefix(max(length - 1, 0)) + "…"
  }

  /// As much of the beginning and of the end as there is room for.
  static func ends(_ text: String, to length: Int) -> String {
    guard text.count > length else { return text }
    let first = length / 2
    return text.prefix(first) + "…" + text.suffix(max(length - first - 1, 0))
  }

  /// Names on a line each: their beginnings where these differ, else beginnings and ends, else with their places.
  static func apart(_ names: [String], to length: Int) -> [String] {
    for cut in [beginning, ends] {
      let labels = names.map { cut($0, length) }
      if Set(labels).count == names.count { return labels }
    }
    return numbered(names.map { [ends($0, to: length)] }) { place, lines in
      let number = " (\(place + 1))"
      return [ends(names[place], to: max(length - number.count, 0)) + number]
    }.map { $0[0] }
  }

  /// Names on up to two lines each, broken between words; cut in the middle where that is not enough.
  static func wrapped(_ names: [String], to width: Int) -> [[String]] {
    let lines = names.map { wrapped($0, to: width) }
    return numbered(lines) { place, _ in
      let number = " (\(place + 1))"
      return halves(ends(names[place], to: max(2 * width - number.count, 0)) + number, width)
    }
  }

  /// A name on up to two lines, broken between words; cut in the middle where that is not enough.
  static func wrapped(_ name: String, to width: Int) -> [String] {
    if name.count <= width { return [name] }
    let characters = Array(name)
    // Spaces are left out where a line ends, other marks stay.
    for marks in [" ", "-+_/,;"] {
      let breaks = (1...width).reversed().filter { marks.contains(characters[marks == " " ? $0 : $0 - 1]) }
      let last = breaks.first { characters.count - $0 - (marks == " " ? 1 : 0) <= width }
      if let last { return [String(characters[..<last]), String(characters[(last + (marks == " " ? 1 : 0))...])] }
    }
    return halves(ends(name, to: 2 * width), width)
  }

  private static func halves(_ text: String, _ width: Int) -> [String] {
    text.count <= width ? [text] : [String(text.prefix(width)), String(text.dropFirst(width))]
  }

  /// Labels of which those that are alike are replaced.
  private static func numbered(_ labels: [[String]], _ replacement: (Int, [String]) -> [String]) -> [[String]] {
    let counts = Dictionary(grouping: labels) { $0 }.mapValues(\.count)
    return labels.enumerated().map { counts[$1] ?? 0 > 1 ? replacement($0, $1) : $1 }
  }
}
