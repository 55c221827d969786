import ArgumentParser
import Foundation
import Shards
import Terminals

@main
struct GRFTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grf-train",
    abstract: "Trains a gated recurrent fusion model on a dataset of shards.",
    discussion: """
      In this version it opens and checks the dataset; training comes with the next one.

      Example:
        grf-train --shards out/
      """)

  @Option(help: ArgumentHelp("The dataset that grf-data convert made.", valueName: "dataset"), completion: .directory)
  var shards: String

  func run() throws {
    let dataset = try Dataset.open(shards)
    let samples = dataset.splits.map { "\($0.name) \(Format.count($0.sampleCount))" }
    let modalities = dataset.schema.modalities.map { modality in
      switch modality.content {
      case .values(let type, let dimension): "\(modality.name) \(dimension) (\(type.rawValue))"
      case .tokens: "\(modality.name) (tokens, not trained on)"
      }
    }
    let labels = dataset.schema.labels.map(\.printable)
    var lines = ["\(dataset.path): \(Format.count(dataset.splits.reduce(0) { $0 + $1.sampleCount }, "sample"))"]
    lines += ["  samples     \(samples.joined(separator: ", "))"]
    lines += ["  modalities  \(modalities.joined(separator: ", "))"]
    lines += ["  labels      \(labels.isEmpty ? "none" : labels.joined(separator: ", "))"]
    lines += ["training itself comes with the next version"]
    try Terminal.print(lines)
  }

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let code = exitCode(for: error)
      if code == .success { exit(withError: error) }
      let message = message(for: error)
      let help = code == .validationFailure ? " (see grf-train --help)" : ""
      if !message.isEmpty { Terminal.writeError(message + help, of: "grf-train") }
      Foundation.exit(code.rawValue)
    }
  }
}
