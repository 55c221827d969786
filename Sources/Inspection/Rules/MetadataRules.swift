internal import ComputationalSequences
internal import JSONValues

/// The rules about the metadata of a sequence.
enum MetadataRules {
  /// What the SDK requires of every sequence.
  static let required = [
    "root name", "computational sequence description", "dimension names", "computational sequence version",
    "alignment compatible", "dataset name", "dataset version", "creator", "contact", "featureset bib citation",
    "dataset bib citation", "md5", "uuid",
  ]

  static func inspect(_ root: SequenceRoot, into findings: inout Findings) {
    let metadata = root.metadata
    func add(_ detail: String) { findings.add(.badMetadata, Place(detail: detail)) }
    for (key, text) in metadata.texts where (try? JSONValue.parse(text)) == nil {
      add("\"\(key)\" is not JSON: \(text.prefix(24))\(text.count > 24 ? "…" : "")")
    }
    for key in required where metadata.value(key) == nil { add("\"\(key)\" is missing") }
    if let name = metadata.value("root name"), name != .string(root.name) {
      add("\"root name\" is \(name.compact()), but the group is \"\(root.name)\"")
    }
    if let names = metadata.dimensionNames, root.dimension > 0, names.count != root.dimension {
      add("\"dimension names\" are \(names.count), but columns \(root.dimension)")
    }
  }
}
