import Foundation
import TestSupport

/// A small model, trained once on the fixture for all tests.
enum TrainExample {
  /// What makes a training short.
  static let small = [
    "--epochs", "2", "--set", "model.d_model=8", "--set", "model.num_heads=2", "--set", "model.num_layers=1", "--set",
    "model.d_ffn=16",
  ]

  private static let folder = Example.folder + "-run"

  private static let trained = Result { () throws -> Program.Result in
    let result = try Program.train.run(["--shards", try Example.dataset(), "--out", folder, "--quiet"] + small)
    guard result.status == 0 else { throw Program.Missing(what: result.errors) }
    return result
  }

  /// The run's folder.
  static func run() throws -> String {
    _ = try trained.get()
    return folder
  }

  static func checkpoint() throws -> String { try run() + "/best.safetensors" }
}

extension Program {
  /// Trains the small model and waits for it.
  func trainSmall(_ arguments: String..., folder: String? = nil) throws -> Result {
    try run(arguments + TrainExample.small, folder: folder)
  }
}

extension String {
  /// The text without what differs from run to run and from one CPU to another.
  func normalizedTraining(_ names: (path: String, name: String)...) -> String {
    names.reduce(self) { $0.replacingOccurrences(of: $1.path, with: $1.name) }
      .replacing(/[0-9.]+ (ms|s|µs)\b/, with: "TIME")
      .replacing(#/ *-?[0-9]+\.[0-9]+/#, with: " N")
  }
}
