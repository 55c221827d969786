internal import ComputationalSequences
internal import PackedSequences

/// Which roots become modalities, under which names, and which holds the labels.
struct ModalityResolution {
  struct Choice {
    let name: String
    let file: SequenceFile
    let root: SequenceRoot
  }

  /// In the order in which a dataset holds them.
  var modalities: [Choice] = []
  var labels: (file: SequenceFile, root: SequenceRoot)?
  var notes: [String] = []

  /// Roots that look like labels.
  private var lookalikes: Set<String> = []

  private typealias Found = LabelCandidates.Found

  init(_ sequences: SequenceCollection, _ configuration: ConversionConfiguration) throws {
    let all: [Found] = sequences.files.flatMap { file in file.roots.map { (file, $0) } }
    let candidates = try LabelCandidates(all, configuration)
    try resolveLabels(all, configuration, candidates)
    lookalikes = candidates.roots
    if configuration.modalities.isEmpty {
      resolveAll(all)
    } else {
      try resolveRequests(configuration, all)
    }
    guard !modalities.isEmpty else { throw ConversionError.noModality }
  }

  private mutating func resolveLabels(
    _ all: [Found], _ configuration: ConversionConfiguration, _ candidates: LabelCandidates
  ) throws {
    switch configuration.labels {
    case .none: break
    case .root(let name):
      guard let found = all.first(where: { $0.root.name == name }) else {
        throw ConversionError.unknownRoot(option: "labels", root: name, roots: all.map(\.root.name) + ["none"])
      }
      labels = found
    case .automatic:
      labels = candidates.chosen
      if let note = candidates.note { notes.append(note) }
    }
  }

  /// What a root claims to be, by its own name or, alone in its file, by the file's.
  static func claim(of found: LabelCandidates.Found) -> (name: String, rank: Int)? {
    if let claim = ModalityCatalog.claim(of: found.root.name) { return claim }
    guard found.file.roots.count == 1 else { return nil }
    let name = found.file.path.split(separator: "/").last.map(String.init) ?? ""
    let claim = ModalityCatalog.claim(of: name.hasSuffix(".csd") ? String(name.dropLast(4)) : name)
    // That "label" is somewhere in a file's name says little of what it holds.
    return claim?.rank == ModalityCatalog.lookalikeRank ? nil : claim
  }

  private mutating func resolveAll(_ all: [Found]) {
    var others = all.filter { $0.root.name != labels?.root.name }
    // Labels among the features would give the answer away.
    for found in others where lookalikes.contains(found.root.name) {
      notes.append(
        "\"\(found.root.name)\" looks like labels and is left out; take it with --labels, or as --modality NAME=ROOT")
    }
    others.removeAll { lookalikes.contains($0.root.name) }
    // The best claim on each name has it.
    var winners: [String: (root: String, rank: Int)] = [:]
    for found in others {
      guard let claim = Self.claim(of: found) else { continue }
      let best = winners[claim.name]
      if best == nil || (claim.rank, found.root.name) < (best?.rank ?? 0, best?.root ?? "") {
        winners[claim.name] = (found.root.name, claim.rank)
      }
    }
    var taken = Set(winners.keys)
    var choices: [Choice] = []
    for found in others.sorted(by: { $0.root.name.utf8.lexicographicallyPrecedes($1.root.name.utf8) }) {
      if let claim = Self.claim(of: found), winners[claim.name]?.root == found.root.name {
        choices.append(Choice(name: claim.name, file: found.file, root: found.root))
        continue
      }
      var name = ModalityName.sanitized(found.root.name)
      while !taken.insert(name).inserted { name += "_2" }
      notes.append("\"\(found.root.name)\" becomes the modality \(name); name it with --modality NAME=ROOT")
      choices.append(Choice(name: name, file: found.file, root: found.root))
    }
    modalities = choices.sorted { ModalityCatalog.precedes($0.name, $1.name) }
  }

  private mutating func resolveRequests(_ configuration: ConversionConfiguration, _ all: [Found]) throws {
    var automatic = self
    automatic.resolveAll(all)
    for request in configuration.modalities {
      let known = automatic.modalities.first { request.name == nil && $0.name == request.root }
      guard let root = known?.root.name ?? all.first(where: { $0.root.name == request.root })?.root.name,
        let found = all.first(where: { $0.root.name == root })
      else {
        let roots = all.map(\.root.name)
        if let preset = configuration.preset, request == ModalityRequest(known: request.root),
          preset.modalities.contains(where: { $0.name == request.root })
        {
          throw ConversionError.presetLacks(preset: preset.name, modality: request.root, roots: roots)
        }
        let names = roots + (request.name == nil ? automatic.modalities.map(\.name).filter { !roots.contains($0) } : [])
        throw ConversionError.unknownRoot(option: "modality", root: request.root, roots: names)
      }
      guard root != labels?.root.name else { throw ConversionError.labelsAsModality(root: root) }
      let name =
        request.name ?? known?.name ?? automatic.modalities.first { $0.root.name == root }?.name
        ?? ModalityName.sanitized(root)
      guard !modalities.contains(where: { $0.name == name }) else { throw ConversionError.duplicateModality(name) }
      modalities.append(Choice(name: name, file: found.file, root: found.root))
    }
  }
}
