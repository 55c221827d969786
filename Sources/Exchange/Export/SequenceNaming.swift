internal import ComputationalSequences
internal import PackedSequences
internal import Shards

/// What the files and roots of an exported dataset are called, and how a conversion finds its way back.
struct SequenceNaming {
  /// By modality; no two are the same.
  private(set) var roots: [String] = []
  let labels: String
  private let names: [String]

  init(_ dataset: Dataset) {
    let modalities = dataset.manifest.modalities
    names = modalities.map(\.name)
    let label = Self.labelRoot(dataset.manifest)
    labels = label
    var taken: Set<String> = [label]
    for modality in modalities {
      // The root's own name, so that it means the same modality again; where two come from one root, the second is
      // called like its modality.
      var root = EntryName.of(modality.root)
      while !taken.insert(root).inserted { root = root == modality.name ? root + "_2" : modality.name }
      roots.append(root)
    }
  }

  func file(_ modality: Int) -> String { names[modality] + ".csd" }

  /// The files in order, each with what it holds.
  func files(_ dataset: Dataset) -> [(name: String, content: String)] {
    let splits = dataset.manifest.splits
    var files = names.indices.map { m in
      let frames = splits.reduce(0) { $0 + $1.frames[m] }
      let noun = dataset.schema.modalities[m].content == .tokens ? "tokens" : "frames"
      return (name: file(m), content: "\(frames) \(noun)")
    }
    let samples = splits.reduce(0) { $0 + $1.samples }
    if !dataset.schema.labels.isEmpty { files.append((SequenceExport.labelsFile, "\(samples) labels")) }
    if splits.contains(where: { $0.name != "all" }) { files.append((SequenceExport.foldsFile, "\(samples) samples")) }
    return files
  }

  /// What the labels' root was called, where that can be told.
  private static func labelRoot(_ manifest: Manifest) -> String {
    let known = manifest.configuration["labels"]?.string.map(EntryName.of)
    guard let known, !manifest.modalities.contains(where: { $0.root == known }) else {
      return "Opinion Segment Labels"
    }
    return known
  }

  /// The identifier of a sequence, in the usual spelling (RFC 9562, version 8), from a digest.
  static func uuid(_ digest: String) -> String {
    let digits = Array(digest.utf8.prefix(32))
    func part(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
    return [part(0..<8), part(8..<12), "8" + part(13..<16), "8" + part(17..<20), part(20..<32)].joined(separator: "-")
  }

  /// The arguments of `grf-data` that make the same dataset of the files.
  func readBack(_ dataset: Dataset, folder: String, isRaw: Bool, _ masked: Set<Int>) -> [String] {
    let modalities = dataset.manifest.modalities
    let hasLabels = !dataset.schema.labels.isEmpty
    let hasFolds = dataset.splits.contains { $0.name != "all" }
    var arguments = ["convert", folder]
    func add(_ option: String, _ value: String) { arguments += ["--\(option)", value] }

    if isModalityNamingNeeded { for (name, root) in zip(names, roots) { add("modality", "\(name)=\(root)") } }
    let isKnown = ModalityCatalog.claim(of: labels)?.name == ModalityCatalog.labels
    if !hasLabels || !isKnown || roots.contains(where: Self.claimsLabels) { add("labels", hasLabels ? labels : "none") }
    add("folds", hasFolds ? "\(folder)/\(SequenceExport.foldsFile)" : "none")
    if hasFolds && !VideoSplits(dataset).torn.isEmpty { add("folds-over", "samples") }
    add("normalize", byModality(modalities.map { isRaw ? $0.normalization.rawValue : "none" }, of: modalities))
    let types = modalities.map { $0.content == .tokens ? "f32" : $0.content.dtype }
    if types.contains(where: { $0 != "f32" }) { add("dtype", byModality(types, of: modalities)) }
    if !masked.isEmpty { add("nonfinite", masked.sorted().map { "\(names[$0])=mask" }.joined(separator: ",")) }
    if !dataset.schema.keepsTimes { add("times", "drop") }
    return arguments
  }

  /// One value for all, where all numeric modalities have the same.
  private func byModality(_ values: [String], of modalities: [Manifest.Modality]) -> String {
    let numeric = modalities.indices.filter { modalities[$0].content != .tokens }
    let different = Set(numeric.map { values[$0] })
    guard different.count > 1 else { return different.first ?? "none" }
    return numeric.map { "\(names[$0])=\(values[$0])" }.joined(separator: ",")
  }

  /// Whether a conversion left to itself would give other names, or another order.
  private var isModalityNamingNeeded: Bool {
    let found = zip(names, roots).map { name, root in
      ModalityCatalog.claim(of: root)?.name ?? ModalityCatalog.claim(of: name)?.name ?? ModalityName.sanitized(root)
    }
    let ordered = names.sorted { left, right in
      let (l, r) = (ModalityCatalog.order(of: left), ModalityCatalog.order(of: right))
      return l == r ? left.utf8.lexicographicallyPrecedes(right.utf8) : l < r
    }
    return found != names || ordered != names
  }

  private static func claimsLabels(_ root: String) -> Bool {
    ModalityCatalog.claim(of: root)?.name == ModalityCatalog.labels
  }
}
