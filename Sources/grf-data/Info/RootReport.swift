import ComputationalSequences
import JSONValues
import PackedSequences
import Terminals

/// What one computational sequence holds.
struct RootReport {
  private let root: SequenceRoot
  private let rate: FrameRate?
  /// Why there is no ``rate``.
  private let rateProblem: String?
  private let features: StorageReport
  private let intervals: StorageReport

  init(_ root: SequenceRoot, in file: SequenceFile) {
    self.root = root
    features = StorageReport(root.entries.map(\.features))
    intervals = StorageReport(root.entries.map(\.intervals))
    do {
      rate = try file.frameRate(of: root)
      rateProblem = nil
    } catch {
      rate = nil
      rateProblem = "\(error)"
    }
  }

  /// The modality that the root becomes when no name is given.
  private var modality: String {
    ModalityCatalog.claim(of: root.name)?.name ?? ModalityName.sanitized(root.name)
  }

  private static let labelWidth = 12
  private static let keyWidth = 34
  /// Lines of one metadata text that is no citation.
  private static let greatestText = 3

  var lines: [String] {
    let entries = root.entries
    let empty = entries.count { $0.rows == 0 }
    let shape = "\(Format.count(root.rows, "row")) of \(Format.count(root.dimension, "column"))"
    let emptyText = empty > 0 ? " (\(empty) without rows)" : ""
    var lines = ["\(root.name.printable)  (\(modality))"]
    lines += Self.field("entries", Format.count(entries.count, "entry", "entries") + emptyText + ", " + shape)
    if !root.unfit.isEmpty {
      let shown = root.unfit.prefix(5).map { "\($0.id.printable): \($0.error.unfitness)" }
      lines += Self.field(
        "unfit", (shown + (shown.count < root.unfit.count ? ["… (see --json)"] : [])).joined(separator: "; "))
    }
    lines += Self.field("features", features.text)
    lines += Self.field("intervals", intervals.text)
    if let rate {
      let number = Format.number(rate.perSecond)
      lines += Self.field(
        "rate", rate.isRegular ? "\(number) rows a second (estimated)" : "irregular, about \(number) rows a second")
    } else {
      lines += Self.field("rate", rateProblem ?? "unknown: no entry has rows that follow each other")
    }
    lines += dimensionLines + metadataLines
    return lines
  }

  private var dimensionLines: [String] {
    guard let names = root.metadata.dimensionNames else { return [] }
    let fault = names.count == root.dimension ? "" : " (\(names.count) names for \(root.dimension) columns: not used)"
    for first in 0...1 where names == (first..<first + names.count).map(String.init) {
      return Self.field("dimensions", "numbered from \(first)" + fault)
    }
    let shown = 24
    let text = names.prefix(shown).map(\.printable).joined(separator: ", ") + (names.count > shown ? ", …" : "")
    return Self.field("dimensions", text + fault)
  }

  private var metadataLines: [String] {
    var lines: [String] = []
    var citations: [String] = []
    for (key, text) in root.metadata.texts where key != "dimension names" {
      guard let value = Self.words(root.metadata.value(key), raw: text) else { continue }
      if Self.isCitation(key) {
        citations += ["  \(key.printable)"] + value.wrapped(indent: 4)
        continue
      }
      let wrapped = value.wrapped(to: 80 - 4 - Self.keyWidth - 2)
      var shown = Array(wrapped.prefix(Self.greatestText))
      if shown.count < wrapped.count { shown[shown.count - 1] = "… (see --json)" }
      lines += Self.columns(key.printable, shown, width: Self.keyWidth + 2, indent: 4)
    }
    return (lines.isEmpty ? [] : ["  metadata"] + lines) + citations
  }

  private static func isCitation(_ key: String) -> Bool { key.contains("citation") }

  /// A metadata value in words; nil where it says nothing.
  private static func words(_ value: JSONValue?, raw: String) -> String? {
    let text: String
    switch value {
    case .string(let string)?: text = string
    case .null?, nil: return nil
    case let value?: text = value.compact()
    }
    // Line ends become spaces when the text is wrapped.
    let words = text.split(whereSeparator: \.isWhitespace).map { String($0).printable }.joined(separator: " ")
    return words.isEmpty ? nil : words
  }

  private static func field(_ label: String, _ text: String) -> [String] {
    columns(label, text.wrapped(to: 80 - 2 - labelWidth), width: labelWidth, indent: 2)
  }

  /// A label of at least so many columns, and lines beside it.
  private static func columns(_ label: String, _ lines: [String], width: Int, indent: Int) -> [String] {
    lines.enumerated().map { index, line in
      let head = index == 0 ? label.cut(to: width - 1) : ""
      return String(repeating: " ", count: indent) + head
        + String(repeating: " ", count: width - head.displayWidth) + line
    }
  }

  var json: JSONValue {
    var metadata = JSONObject()
    var citations = JSONObject()
    for (key, _) in root.metadata.texts {
      metadata[key] = root.metadata.value(key)
      if Self.isCitation(key) { citations[key] = root.metadata.value(key) }
    }
    let entries = root.entries.map { entry -> JSONValue in
      ["id": .string(entry.id), "rows": JSONValue(entry.rows)]
    }
    var json: JSONObject = [
      "name": .string(root.name), "modality": .string(modality), "tokens": JSONValue(root.holdsTokens),
      "dimension": JSONValue(root.dimension), "rows": JSONValue(root.rows),
      "rate": JSONValue(rate?.perSecond), "regular": rate.map { JSONValue($0.isRegular) } ?? .null,
      "features": features.json, "intervals": intervals.json,
      "dimension_names": root.metadata.dimensionNames.map { JSONValue($0) } ?? .null,
      "metadata": .object(metadata), "citations": .object(citations), "entries": .array(entries),
    ]
    if !root.unfit.isEmpty {
      json["unfit"] = .array(root.unfit.map { ["id": .string($0.id), "problem": .string($0.error.unfitness)] })
    }
    return .object(json)
  }
}
