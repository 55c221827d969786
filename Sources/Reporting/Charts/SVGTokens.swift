/// The tags and texts of an SVG file, as gnuplot spells them: no entities are undone, no comments are expected.
struct SVGTokens {
  enum Token {
    case open(String, [(key: String, value: String)], closes: Bool)
    case close(String)
    case text(String)
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// Goes on behind the start of the drawing, and gives its view box.
  mutating func start() -> String? {
    while let token = next() {
      if case .open("svg", let attributes, false) = token { return attributes.first { $0.key == "viewBox" }?.value }
    }
    return nil
  }

  mutating func next() -> Token? {
    guard position < bytes.count else { return nil }
    guard bytes[position] == UInt8(ascii: "<") else {
      let end = find("<", from: position) ?? bytes.count
      defer { position = end }
      return .text(string(position..<end))
    }
    guard let end = closingBracket(from: position) else {
      position = bytes.count
      return nil
    }
    defer { position = end + 1 }
    var inner = position + 1..<end
    switch bytes[inner.lowerBound] {
    case UInt8(ascii: "/"): return .close(string(inner.lowerBound + 1..<end).filter { $0 != " " })
    case UInt8(ascii: "?"), UInt8(ascii: "!"): return .text("")
    default: break
    }
    let closes = bytes[end - 1] == UInt8(ascii: "/")
    if closes { inner = inner.lowerBound..<end - 1 }
    let nameEnd = inner.first { Self.isSpace(bytes[$0]) } ?? inner.upperBound
    return .open(string(inner.lowerBound..<nameEnd), attributes(nameEnd..<inner.upperBound), closes: closes)
  }

  private func attributes(_ range: Range<Int>) -> [(key: String, value: String)] {
    var attributes: [(key: String, value: String)] = []
    var place = range.lowerBound
    while let equals = find("=", from: place), equals < range.upperBound {
      let key = string(place..<equals).filter { !$0.isWhitespace }
      guard let quote = (equals + 1..<range.upperBound).first(where: { !Self.isSpace(bytes[$0]) }),
        let end = (quote + 1..<range.upperBound).first(where: { bytes[$0] == bytes[quote] })
      else { break }
      attributes.append((key, string(quote + 1..<end)))
      place = end + 1
    }
    return attributes
  }

  /// The end of a tag: the first `>` that stands in no quotes.
  private func closingBracket(from start: Int) -> Int? {
    var quote: UInt8?
    for place in start..<bytes.count {
      let byte = bytes[place]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return place
      }
    }
    return nil
  }

  private func find(_ character: Unicode.Scalar, from start: Int) -> Int? {
    (start..<bytes.count).first { bytes[$0] == UInt8(ascii: character) }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
