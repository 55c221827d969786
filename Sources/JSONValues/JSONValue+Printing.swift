extension JSONValue {
  /// One line without spaces. With `sortingKeys`, members stand in the UTF-8 order of their keys: the canonical
  /// spelling that digests are taken of. Doubles are printed as the shortest decimal that reads back the same.
  public func compact(sortingKeys: Bool = false) -> String {
    var printer = Printer(sortsKeys: sortingKeys, indents: false)
    printer.print(self, depth: 0)
    return printer.text
  }

  /// Two spaces a level; arrays of scalars stay on one line.
  public func pretty() -> String {
    var printer = Printer(sortsKeys: false, indents: true)
    printer.print(self, depth: 0)
    return printer.text
  }

  fileprivate var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }
}

private struct Printer {
  let sortsKeys: Bool
  let indents: Bool
  var text = ""

  mutating func print(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: text += "null"
    case .bool(let bool): text += bool ? "true" : "false"
    case .integer(let integer): text += integer.description
    case .number(let number): text += number.isFinite ? number.description : "null"
    case .string(let string): quote(string)
    case .array(let elements):
      let breaks = indents && elements.contains { !$0.isScalar }
      list("[", "]", elements.count, depth: depth, breaks: breaks) { printer, index in
        printer.print(elements[index], depth: depth + 1)
      }
    case .object(let object):
      var members = object.members
      if sortsKeys { members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
      list("{", "}", members.count, depth: depth, breaks: indents) { printer, index in
        printer.quote(members[index].key)
        printer.text += printer.indents ? ": " : ":"
        printer.print(members[index].value, depth: depth + 1)
      }
    }
  }

  private mutating func list(
    _ open: String, _ close: String, _ count: Int, depth: Int, breaks: Bool,
    element: (inout Printer, Int) -> Void
  ) {
    text += open
    for index in 0..<count {
      if index > 0 { text += breaks || !indents ? "," : ", " }
      if breaks { newLine(depth + 1) }
      element(&self, index)
    }
    if breaks && count > 0 { newLine(depth) }
    text += close
  }

  private mutating func newLine(_ depth: Int) {
    text += "\n"
    text += String(repeating: "  ", count: depth)
  }

  private mutating func quote(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
