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
    lines += Self.field("samples", samples)
    lines += Self.field("modalities", modalities)
    lines += Self.field("labels", labels)
    lines += ["training itself comes with the next version"]
    try Terminal.print(lines)
  }

  private static func field(_ label: String, _ items: [String]) -> [String] {
    let text = items.isEmpty ? "none" : items.joined(separator: ", ")
    return text.wrapped(to: 80 - 14).enumerated().map { index, line in
      let head = index == 0 ? label : ""
      return "  \(head)\(String(repeating: " ", count: 12 - head.count))\(line)"
    }
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
