import ArgumentParser
import Batches
import FusionModels
import Programs
import Shards
import Terminals
import Training

struct Profile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Counts a model's parameters and the operations of a forward pass.",
    usage: "grf-train profile --shards DATASET [OPTIONS]",
    discussion: """
      Example:
        grf-train profile --shards out/ --preset grf-4m

      Operations are those of matrix products, a multiplication and an addition being two, a \
      sample on average: for the sequences as they are, and for the same ones padded to the \
      longest, as the published code computes them.
      """)

  @Option(help: ArgumentHelp("The dataset that grf-data convert made.", valueName: "dataset"), completion: .directory)
  var shards: String

  @OptionGroup
  var opening: DatasetOpening

  @Option(help: ArgumentHelp("The split whose lengths count (default: train, or the only one).", valueName: "name"))
  var split: String?

  @OptionGroup(title: "Model")
  var model: ModelOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let configuration = try model.resolve(shards: shards, isQuiet: json)
    try configuration.check()
    let dataset = try opening.open(shards, isQuiet: json)
    let profile = try ModelProfile(configuration, dataset, split: split ?? dataset.onlySplit ?? "train")
    try Terminal.print(json ? [profile.json.pretty()] : lines(profile))
  }

  private func lines(_ profile: ModelProfile) -> [String] {
    var table = TextTable([.text("module"), .number("parameters"), .number("MFLOP"), .number("MFLOP padded")])
    func mega(_ operations: Int) -> String {
      Format.fixed(Double(operations) / Double(max(profile.samples, 1)) / 1e6, 2)
    }
    for module in profile.modules {
      table.add([
        module.name, Format.count(module.parameters), mega(module.operations), mega(module.paddedOperations),
      ])
    }
    table.add(["all", Format.count(profile.parameters), mega(profile.operations), mega(profile.paddedOperations)])
    let times = Double(profile.paddedOperations) / Double(max(profile.operations, 1))
    return table.lines() + [
      "",
      "a forward pass, a sample of \(profile.split) (\(Format.count(profile.samples))) on average; padding costs "
        + "\(Format.fixed(times, 1)) times",
    ]
  }
}
