import ArgumentParser
import Programs

struct GRFTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grf-train",
    abstract: "Trains gated recurrent fusion models, and MulT, on a dataset of shards.",
    usage: """
      grf-train --shards DATASET [OPTIONS]
      grf-train SUBCOMMAND [OPTIONS]
      """,
    discussion: """
      Examples:
        grf-train --shards out/
        grf-train --resume runs/mine
        grf-train evaluate --shards out/ --checkpoint runs/mine/best.safetensors

      The dataset is a folder that grf-data convert made. What train can be told stands in \
      grf-train train --help.
      """,
    version: ProgramMain.version,
    subcommands: [
      Train.self, Evaluate.self, Predict.self, Embed.self, Report.self, Profile.self, Ablate.self, SweepCommand.self,
      Reproduce.self, Presets.self, Sync.self,
    ],
    defaultSubcommand: Train.self)
}

@main
enum Main {
  static func main() { ProgramMain.run(GRFTrain.self) }
}
