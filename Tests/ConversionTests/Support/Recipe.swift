import ComputationalSequences
import JSONValues

/// A root group of a sequence file, as a test wants it.
struct Recipe: Sendable {
  struct Entry {
    var id: String
    var features: SequenceWriter.Features
    /// Seconds.
    var intervals: [(Double, Double)]
    var storage = SequenceWriter.Storage()
  }

  var root: String
  var dimensionNames: [String] = []
  var entries: [Entry] = []

  /// Sentiments: by entry, segments of start, end and label.
  static func labels(
    _ segments: [(String, [(Double, Double, Float)])], root: String = "Opinion Segment Labels"
  ) -> Self {
    Recipe(
      root: root, dimensionNames: ["sentiment"],
      entries: segments.map { id, rows in
        Entry(id: id, features: .float32(rows.map(\.2), columns: 1), intervals: rows.map { ($0.0, $0.1) })
      })
  }

  /// Numbers: by entry, rows that last one second each, from 0 on.
  static func frames(
    _ root: String, _ entries: [(String, [[Float]])], names: [String] = [], storage: SequenceWriter.Storage = .init()
  ) -> Self {
    let columns = entries.lazy.compactMap { $0.1.first?.count }.first ?? 1
    return Recipe(
      root: root, dimensionNames: names,
      entries: entries.map { id, rows in
        Entry(
          id: id, features: .float32(rows.flatMap { $0 }, columns: columns), intervals: seconds(rows.count),
          storage: storage)
      })
  }

  /// Words: by entry, rows that last one second each, from 0 on.
  static func tokens(_ root: String, _ entries: [(String, [String])]) -> Self {
    Recipe(
      root: root,
      entries: entries.map { id, words in
        Entry(id: id, features: .fixedStrings(words), intervals: seconds(words.count))
      })
  }

  static func seconds(_ count: Int) -> [(Double, Double)] { (0..<count).map { (Double($0), Double($0) + 1) } }

  static func write(_ recipes: [Recipe], to path: String) throws {
    let writer = try SequenceWriter(creating: path)
    for recipe in recipes {
      try writer.addRoot(
        recipe.root,
        metadata: recipe.dimensionNames.isEmpty ? [] : [.init("dimension names", .init(recipe.dimensionNames))])
      for entry in recipe.entries {
        try writer.addEntry(
          entry.id, to: recipe.root, features: entry.features,
          intervals: .float64(entry.intervals.flatMap { [$0.0, $0.1] }), storage: entry.storage)
      }
    }
    try writer.close()
  }
}
