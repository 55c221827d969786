/// A drawing of gnuplot's, made fit for a page: names of its own, colours by meaning, a text alternative.
struct SVGDocument: Sendable, Equatable {
  let source: String

  /// - Parameters:
  ///   - drawing: what gnuplot wrote.
  ///   - name: what all ids begin with; unlike those of the page's other drawings.
  ///   - isAlone: whether it is a file of its own, which brings the colours of both schemes along.
  /// - Returns: nil where it is no drawing of gnuplot's.
  init?(_ drawing: [UInt8], name: String, title: String, summary: String, isAlone: Bool = false) {
    var tokens = SVGTokens(String(decoding: drawing, as: UTF8.self))
    guard let size = tokens.start() else { return nil }
    var body = ""
    // Groups whose start has not been written yet: empty ones never are.
    var pending: [String] = []
    var written: [Bool] = []
    var isHidden = false
    while let token = tokens.next() {
      switch token {
      case .open(let element, let attributes, let closes):
        if ["title", "desc", "filter"].contains(element) {
          isHidden = !closes
          continue
        }
        if isHidden { continue }
        let tag = Self.tag(element, attributes, name: name, closes: closes)
        if element == "g" && !closes {
          pending.append(tag)
          written.append(false)
          continue
        }
        Self.flush(&pending, &written, into: &body)
        body += tag
      case .close(let element):
        if ["title", "desc", "filter"].contains(element) {
          isHidden = false
        } else if element == "svg" {
          break
        } else if element == "g" {
          guard let isWritten = written.popLast() else { return nil }
          if isWritten { body += "</g>\n" } else { pending.removeLast() }
        } else if !isHidden {
          body += "</\(element)>"
        }
      // Between the tags of groups that may be empty there is only space. gnuplot leaves `>` as it is, and XML forbids `]]>`.
      case .text(let text): if !isHidden && pending.isEmpty { body += text.replacing(">", with: "&gt;") }
      }
    }
    guard written.isEmpty else { return nil }
    let head = """
      <svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="\(size)" role="img" \
      aria-labelledby="\(name)-title \(name)-desc"><title id="\(name)-title">\(HTML.escaped(title))</title>\
      <desc id="\(name)-desc">\(HTML.escaped(summary))</desc>
      """
    let colours = isAlone ? "<style>\(Stylesheet.colours) text { font-family: sans-serif; }</style>" : ""
    source = "\(head)\n\(colours)\(body)</svg>"
  }

  private static func flush(_ pending: inout [String], _ written: inout [Bool], into body: inout String) {
    body += pending.joined()
    for place in written.indices { written[place] = true }
    pending = []
  }

  /// The tag with names prefixed, and every colour as a property of its style that follows the page's.
  private static func tag(
    _ element: String, _ attributes: [(key: String, value: String)], name: String, closes: Bool
  ) -> String {
    var text = "<\(element)"
    var style = ""
    for (key, value) in attributes {
      switch key {
      case "font-family", "class", "xml:space": continue
      case "id": text += " id=\"\(name)-\(value)\""
      case "xlink:href", "href": text += " href=\"#\(name)-\(value.dropFirst())\""
      case "color", "stroke", "fill":
        if let tone = tone(value) {
          style += "\(key):var(--\(tone.rawValue));"
        } else {
          text += " \(key)=\"\(value)\""
        }
      default: text += " \(key)=\"\(value.replacing("\"", with: "&quot;"))\""
      }
    }
    if !style.isEmpty { text += " style=\"\(style.dropLast())\"" }
    return text + (closes ? "/>" : ">")
  }

  /// The tone whose colour this is; nil where it is none (`none`, `currentColor`).
  private static func tone(_ colour: String) -> Tone? {
    switch colour {
    case "black": return .ink
    case "gray", "grey": return .grid
    default: return tones[Self.hexadecimal(colour)]
    }
  }

  private static let tones = Dictionary(uniqueKeysWithValues: Tone.allCases.map { ($0.light, $0) })

  /// `#rrggbb` of that or of `rgb(r, g, b)`.
  private static func hexadecimal(_ colour: String) -> String {
    guard colour.hasPrefix("rgb(") else { return colour.lowercased() }
    let parts = colour.dropFirst(4).dropLast().split(separator: ",").map { part in
      let number = Int(part.filter { $0 != " " }) ?? 0
      return (number < 16 ? "0" : "") + String(number, radix: 16)
    }
    return "#" + parts.joined()
  }
}
