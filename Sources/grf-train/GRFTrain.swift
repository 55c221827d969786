import ArgumentParser
import Programs

struct GRFTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grf-train",
    abstract: "Trains gated recurrent fusion models on a dataset of shards.",
    discussion: """
      grf-train --shards out/ is all that is needed; it is short for grf-train train --shards out/.
      """,
    subcommands: [Train.self, Evaluate.self, Predict.self, Profile.self],
    defaultSubcommand: Train.self)
}

@main
enum Main {
  static func main() { ProgramMain.run(GRFTrain.self) }
}
