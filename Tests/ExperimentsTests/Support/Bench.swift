import Foundation
import Shards
import TestDatasets
import TestSupport
import Testing
import Training

@testable import Experiments

/// A small dataset, what makes a model small, and a folder for experiments.
final class Bench {
  let shards: String
  private let folder: TemporaryFolder

  /// - Parameter name: of a folder in the folder, so that all paths have it.
  init(_ ragged: RaggedDataset = .trainable(), in name: String = "in") throws {
    folder = try TemporaryFolder()
    shards = folder.file("\(name)/shards")
    try FileManager.default.createDirectory(atPath: shards, withIntermediateDirectories: true)
    try ragged.write(to: shards)
  }

  private init(converting input: String) throws {
    folder = try TemporaryFolder()
    shards = folder.file("shards")
    let ending = try Program.grfData.run(["convert", input, shards])
    try #require(ending.status == 0, "\(ending.error)")
  }

  /// The project's fixture, in which there is something to learn.
  static func fixture() throws -> Bench { try Bench(converting: Project.fixture) }

  func file(_ name: String) -> String { folder.file(name) }

  /// Values of a model that trains in a moment.
  static let small = [
    "model.d_model=8", "model.num_heads=2", "model.num_layers=1", "model.d_ffn=16", "training.epochs=2",
    "training.batch_size=6",
  ]

  /// The same as options of the command line.
  static let options = small.flatMap { ["--set", $0] }

  func laboratory(_ assignments: [String] = Bench.small, preset: String = "grf") throws -> Laboratory {
    try Laboratory(Dataset.open(shards), shards: shards, .init(preset: preset, assignments: assignments))
  }

  func ablate(_ out: String, _ arguments: String...) throws -> Program.Ending {
    try Program.grfTrain.run(["ablate", "--shards", shards, "--out", file(out)] + Bench.options + arguments)
  }

  func start(_ arguments: [String]) throws -> Program.Running { try Program.grfTrain.start(arguments) }

  func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }

  func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: URL(filePath: file(name))) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

  /// A table's lines by column.
  func table(_ name: String) throws -> [[String: String]] { try Table.parse(text(name)) }

  /// A table without what time has measured.
  func timeless(_ name: String) throws -> [[String: String]] {
    try table(name).map { $0.filter { !$0.key.hasPrefix("seconds_") } }
  }

  func json(_ name: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file(name))))
    return try #require(value as? [String: Any])
  }
}

/// Comma-separated values without quotes, which ours have none of.
enum Table {
  static func parse(_ text: String) throws -> [[String: String]] {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let header = try #require(lines.first)
    return try lines.dropFirst().map { line in
      try #require(line.count == header.count)
      return Dictionary(uniqueKeysWithValues: zip(header, line))
    }
  }
}
