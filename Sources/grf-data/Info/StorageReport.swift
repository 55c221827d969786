import ComputationalSequences
import JSONValues
import Terminals

/// How the datasets of a sequence are stored: their types, layouts and filters, each with the number of entries that
/// have it.
struct StorageReport {
  private let types: [(text: String, entries: Int)]
  private let layouts: [(text: String, entries: Int)]
  private let filters: [(text: String, entries: Int)]
  private let storedBytes: Int

  init(_ infos: [DatasetInfo]) {
    types = Self.types(infos.map(\.element))
    layouts = Self.layouts(infos.map(\.layout))
    filters = Self.counted(infos.map { $0.filters.map(Self.text).joined(separator: " then ") })
    storedBytes = infos.reduce(0) { $0 + $1.storedBytes }
  }

  /// Texts with how often they come, most frequent first, ties in the order of their first coming.
  private static func counted(_ texts: [String]) -> [(text: String, entries: Int)] {
    var order: [String] = []
    var counts: [String: Int] = [:]
    for text in texts {
      if counts[text] == nil { order.append(text) }
      counts[text, default: 0] += 1
    }
    return order.enumerated().map { ($0, $1, counts[$1] ?? 0) }
      .sorted { ($1.2, $0.0) < ($0.2, $1.0) }
      .map { (text: $0.1, entries: $0.2) }
  }

  private static func types(_ elements: [DatasetInfo.Element]) -> [(text: String, entries: Int)] {
    let widths = elements.compactMap { if case .fixedString(let width) = $0 { width } else { nil } }
    let range = "\(range(widths)) bytes"
    return counted(
      elements.map { element in
        switch element {
        case .float32: "f32"
        case .float64: "f64"
        case .otherNumber(let name): name
        case .fixedString: "text, width \(range)"
        case .variableString: "text, any width"
        }
      })
  }

  private static func layouts(_ layouts: [DatasetInfo.Layout]) -> [(text: String, entries: Int)] {
    let chunks = layouts.compactMap { if case .chunked(let rows, let columns) = $0 { (rows, columns) } else { nil } }
    let shape = "\(range(chunks.map(\.0))) × \(range(chunks.map(\.1)))"
    return counted(
      layouts.map { layout in
        switch layout {
        case .contiguous: "contiguous"
        case .chunked: "chunks of \(shape)"
        case .other(let name): name
        }
      })
  }

  private static func text(_ filter: DatasetInfo.Filter) -> String {
    switch filter {
    case .deflate(let level): "gzip \(level)"
    case .shuffle: "shuffle"
    case .lzf: "lzf"
    case .other(let name): name
    }
  }

  /// `5`, or `5 to 17`.
  private static func range(_ numbers: [Int]) -> String {
    guard let least = numbers.min(), let greatest = numbers.max() else { return "0" }
    return least == greatest ? Format.count(least) : "\(Format.count(least)) to \(Format.count(greatest))"
  }

  var text: String {
    guard !types.isEmpty else { return "none" }
    let parts = [types, layouts, filters].map { Self.list($0) }
    return parts.joined(separator: "; ") + "; \(Format.bytes(storedBytes)) in the file"
  }

  private static func list(_ items: [(text: String, entries: Int)]) -> String {
    items.map { item in
      let text = item.text.isEmpty ? "no filter" : item.text.printable
      return items.count == 1 ? text : "\(text) (\(Format.count(item.entries)))"
    }.joined(separator: ", ")
  }

  var json: JSONValue {
    func list(_ items: [(text: String, entries: Int)]) -> JSONValue {
      .array(items.map { ["kind": .string($0.text), "entries": JSONValue($0.entries)] })
    }
    return [
      "types": list(types), "layouts": list(layouts), "filters": list(filters), "stored_bytes": JSONValue(storedBytes),
    ]
  }
}
