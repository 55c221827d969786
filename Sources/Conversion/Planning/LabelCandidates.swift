internal import ComputationalSequences

/// Which root holds the labels, where nobody says it.
///
/// A published label root is known by its name. Without one, a root that looks like labels is taken if it is the only one:
/// by its name, which has "label" in it, or else by its shape.
struct LabelCandidates {
  typealias Found = (file: SequenceFile, root: SequenceRoot)

  /// Those that look like labels, whatever was chosen; none of them becomes an input unasked.
  private(set) var roots: Set<String> = []
  private(set) var chosen: Found?
  private(set) var note: String?

  /// - Throws: ``ConversionError/ambiguousLabels(roots:)`` where several look like labels, none is published, and nobody
  ///   says which it is. What is asked for as a modality is no candidate.
  init(_ all: [Found], _ configuration: ConversionConfiguration) throws {
    let claims = all.compactMap { found in ModalityResolution.claim(of: found).map { (found, $0.rank, $0.name) } }
      .filter { $0.2 == ModalityCatalog.labels }
    let requested = Set(configuration.modalities.map(\.root))
    let lookalikes = claims.filter { $0.1 == ModalityCatalog.lookalikeRank && !requested.contains($0.0.root.name) }
    let shaped = try all.filter { try !requested.contains($0.root.name) && Self.hasShapeOfLabels($0, among: all) }
    roots = Set((claims.map(\.0) + shaped).map(\.root.name))
    if let published = claims.filter({ $0.1 < ModalityCatalog.lookalikeRank }).min(by: { $0.1 < $1.1 }) {
      chosen = published.0
      return
    }
    guard configuration.labels == .automatic else { return }
    let candidates = lookalikes.isEmpty ? shaped : lookalikes.map(\.0)
    guard candidates.count <= 1 else { throw ConversionError.ambiguousLabels(roots: candidates.map(\.root.name)) }
    chosen = candidates.first
    if lookalikes.isEmpty, let chosen {
      note =
        "\"\(chosen.root.name)\" looks like labels (few rows, values from −3 to 3) and is used as such; take it as an input "
        + "with --modality NAME=ROOT"
    }
  }

  /// Whether a root without a known name has few columns, rows as long as segments, a fifth as many of them as some other
  /// root, and no value beyond −3 to 3.
  private static func hasShapeOfLabels(_ found: Found, among all: [Found]) throws -> Bool {
    let (file, root) = found
    guard ModalityResolution.claim(of: found) == nil, !root.holdsTokens, root.rows > 0, root.dimension <= mostColumns,
      all.contains(where: { $0.root.name != root.name && $0.root.rows / manyRows >= root.rows })
    else { return false }
    for entry in root.entries where entry.rows > 0 {
      let intervals = try file.readIntervals(of: entry, in: root)
      let seconds = zip(intervals.starts, intervals.ends).reduce(0) { $0 + $1.1 - $1.0 }
      guard seconds >= Double(entry.rows) * shortestSegment,
        try file.readDoubles(entry.features).allSatisfy({ $0.isNaN || abs($0) <= 3 })
      else { return false }
    }
    return true
  }

  private static let mostColumns = 32
  private static let manyRows = 5
  /// Seconds, on average over an entry; words and frames are shorter.
  private static let shortestSegment = 0.6
}
