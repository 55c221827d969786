import Foundation
import Shards
import TestDatasets

@testable import Reporting

enum Reports {
  static let skipReason = "gnuplot is not installed (tools/setup)"
  static let isGnuplotMissing = Gnuplot.found() == nil

  /// The page of some runs.
  ///
  /// - Parameter embeddings: by a run's path.
  static func page(
    _ paths: [String], to file: String, dataset: @escaping (String) throws -> Dataset = { try Dataset.open($0) },
    embeddings: [String: String] = [:], figures: String? = nil
  ) throws -> String {
    let report = try RunReport(
      paths, sources: .init(dataset: dataset, embedding: { run, _ in embeddings[run] }))
    _ = try report.write(to: file, figures: figures)
    return try String(contentsOfFile: file, encoding: .utf8)
  }
}

extension RaggedDataset {
  /// Writes the dataset into a new folder.
  func save(to path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write(to: path)
  }
}
