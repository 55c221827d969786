import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What a page is made of, read by a strict XML parser.
final class PageCheck: NSObject, XMLParserDelegate {
  private(set) var ids: [String] = []
  private(set) var references: [String] = []
  private(set) var elements: [String: Int] = [:]
  private(set) var text = ""
  private var stack: [String] = []
  /// The text of each drawing's description, by the id of its figure.
  private(set) var descriptions: [String: String] = [:]
  private var figure = ""

  /// Fails the test where tags are unbalanced, attributes doubled, or text not escaped.
  init(_ page: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    super.init()
    // The two ways in which HTML is no XML that the pages use.
    let source = page.replacing("<!DOCTYPE html>\n", with: "").replacing(/<meta ([^>]*)>/) { "<meta \($0.output.1)/>" }
    let parser = XMLParser(data: Data(source.utf8))
    parser.delegate = self
    let isWellFormed = parser.parse()
    #expect(
      isWellFormed, "line \(parser.lineNumber): \(String(describing: parser.parserError))",
      sourceLocation: sourceLocation)
    #expect(Set(ids).count == ids.count, "ids twice", sourceLocation: sourceLocation)
    let dangling = references.filter { !ids.contains($0) }
    #expect(dangling.isEmpty, sourceLocation: sourceLocation)
  }

  /// Expects texts in the description of a figure's drawing.
  func expect(_ figure: String, _ texts: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let description = try #require(
      descriptions["figure-\(figure)"], "no figure \(figure)", sourceLocation: sourceLocation)
    for text in texts {
      #expect(
        description.contains(text), "\(figure): no \(text) in: \(description)", sourceLocation: sourceLocation)
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements[element, default: 0] += 1
    stack.append(element)
    if let id = attributes["id"] { ids.append(id) }
    if element == "figure" { figure = attributes["id"] ?? "" }
    for key in ["href", "aria-labelledby"] {
      guard let value = attributes[key] else { continue }
      references += value.split(separator: " ").map { String($0.hasPrefix("#") ? $0.dropFirst() : $0) }
    }
  }

  func parser(
    _ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?
  ) { stack.removeLast() }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    text += string
    if stack.last == "desc" { descriptions[figure, default: ""] += string }
  }
}
