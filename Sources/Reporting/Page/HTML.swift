internal import Terminals

/// A piece of a page: what came from outside is escaped when it enters, so no text can become markup.
struct HTML: Sendable, Equatable {
  private(set) var source: String

  /// Trusts `source` to be well-formed already.
  private init(trusted source: String) { self.source = source }

  static let empty = HTML(trusted: "")

  /// Text as it is read; control characters are spelled out.
  static func text(_ text: String) -> HTML { HTML(trusted: escaped(text)) }

  /// An element with a start and an end tag.
  ///
  /// - Parameters:
  ///   - name: of the element, and `attributes` their names: literals of this module.
  ///   - content: joined as it is.
  static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: [HTML] = []
  ) -> HTML {
    var source = "<\(name)"
    for (key, value) in attributes { source += " \(key)=\"\(escaped(value))\"" }
    source += ">"
    for piece in content { source += piece.source }
    return HTML(trusted: source + "</\(name)>")
  }

  static func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ text: String) -> HTML {
    element(name, attributes, [.text(text)])
  }

  static func paragraph(_ text: String) -> HTML { element("p", [:], text) }

  /// Lines of equal rank.
  static func list(_ lines: [String]) -> HTML { element("ul", [:], lines.map { element("li", [:], $0) }) }

  /// A remark about what is missing or was left out.
  static func note(_ text: String) -> HTML { element("p", ["class": "note"], text) }

  /// Something that readers open where they want it.
  static func disclosure(_ title: String, _ content: HTML) -> HTML {
    element("details", [:], [element("summary", [:], title), content])
  }

  static func joined(_ pieces: [HTML]) -> HTML { HTML(trusted: pieces.map(\.source).joined(separator: "\n")) }

  /// A drawing that ``SVGDocument`` has written.
  static func drawing(_ svg: SVGDocument) -> HTML { HTML(trusted: svg.source) }

  /// The rules of the page's own style sheet.
  static func style(_ rules: String) -> HTML { HTML(trusted: "<style>\(rules)</style>") }

  /// For text and for attributes in double quotes, in HTML and in XML.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.printable.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      // No characters in XML.
      case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
