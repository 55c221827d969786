import ComputationalSequences
import Foundation
import Inspection
import TestSupport
import Testing

/// A sequence to be written: one column a row unless given otherwise.
struct Example {
  typealias Row = (start: Double, end: Double)

  var root = "glove_vectors"
  var metadata: [SequenceWriter.Metadata]?
  var entries: [(id: String, features: SequenceWriter.Features, rows: [Row])] = []

  /// Rows whose values count up, so that no rule about values has anything to say.
  init(_ entries: [(id: String, rows: [Row])]) { self.init("glove_vectors", entries) }

  init(_ root: String, _ entries: [(id: String, rows: [Row])]) {
    self.root = root
    var next: Float = 0
    for (id, rows) in entries {
      let values = rows.map { _ in
        next += 1
        return next
      }
      self.entries.append((id, .float32(values, columns: 1), rows))
    }
  }

  /// Values in rows of an eighth of a second.
  ///
  /// - Parameter names: of the columns, none for a file without names; nil: c0, c1, and so on.
  init(
    _ root: String = "glove_vectors", values entries: [(id: String, features: SequenceWriter.Features)],
    names: [String]? = nil
  ) {
    self.root = root
    metadata = names.map { $0.isEmpty ? [] : [.init("dimension names", .init($0))] }
    self.entries = entries.map { id, features in (id, features, Self.rows(features.rows)) }
  }

  static func rows(_ count: Int, step: Double = 0.125, from start: Double = 0) -> [Row] {
    (0..<count).map { (start + Double($0) * step, start + Double($0 + 1) * step) }
  }

  func write(to writer: borrowing SequenceWriter, storage: SequenceWriter.Storage) throws {
    let columns = entries.first?.features.columns ?? 1
    try writer.addRoot(
      root,
      metadata: metadata
        ?? SequenceWriter.Metadata.standard(
          root: root, description: "", dimensionNames: (0..<columns).map { "c\($0)" }, dataset: "", creator: ""))
    for (id, features, rows) in entries {
      try writer.addEntry(
        id, to: root, features: features, intervals: .float64(rows.flatMap { [$0.start, $0.end] }), storage: storage)
    }
  }
}

/// What the doctor finds in a file of these sequences.
func inspect(
  _ examples: Example..., storage: SequenceWriter.Storage = .init(), transcripts: String? = nil
) throws -> InspectionReport {
  let folder = try TemporaryFolder()
  let writer = try SequenceWriter(creating: folder.file("a.csd"))
  for example in examples { try example.write(to: writer, storage: storage) }
  try writer.close()
  var path: String?
  if let transcripts {
    path = folder.file("transcripts.csv")
    try Data(transcripts.utf8).write(to: URL(filePath: folder.file("transcripts.csv")))
  }
  return try Doctor.inspect([folder.file("a.csd")], transcripts: path, threads: 2)
}

extension InspectionReport {
  /// Counts by the name of the rule, for a sequence.
  func counts(_ root: String = "glove_vectors") -> [String: Int] {
    let findings = sequences.first { $0.root == root }?.findings ?? []
    return Dictionary(uniqueKeysWithValues: findings.map { ($0.rule.rawValue, $0.count) })
  }

  func places(_ rule: Rule, _ root: String = "glove_vectors") -> [Place] {
    sequences.first { $0.root == root }?.findings.first { $0.rule == rule }?.places ?? []
  }
}
