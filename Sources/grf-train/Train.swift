import ArgumentParser
import JSONValues
import Programs
import Shards
import Terminals
import Training

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a model and keeps a folder of the run.",
    discussion: """
      The folder (by default runs/NAME) holds config.yaml, metrics.jsonl, best.safetensors, last.safetensors, test.json,
      predictions-test.csv and profile.json. Ctrl-C finishes the step, saves, and says how to go on.

      Examples:
        grf-train --shards out/
        grf-train --shards out/ --preset grf-4m --order audio,text --seed 1 --out runs/mine
        grf-train --shards out/ --config published.yaml --set training.batch_size=16
        grf-train --resume runs/mine
      """)

  @Option(help: ArgumentHelp("The dataset that grf-data convert made.", valueName: "dataset"), completion: .directory)
  var shards: String?

  @OptionGroup(title: "Model")
  var model: ModelOptions

  @Option(help: ArgumentHelp("Passes over the train split.", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Samples a step.", valueName: "n"))
  var batchSize: Int?

  @Option(help: ArgumentHelp("What all random numbers depend on.", valueName: "n"))
  var seed: Int?

  @Option(help: ArgumentHelp("Threads, or all; results do not depend on it.", valueName: "n"))
  var threads: String?

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp("First weights: a checkpoint of grf-train or of the PyTorch module.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var initial: String?

  @Flag(name: .customLong("no-shuffle"), help: "Take the samples in the split's order in every epoch.")
  var keepsOrder = false

  @Option(help: ArgumentHelp("The folder of the run (default: a new one in runs/).", valueName: "folder"))
  var out: String?

  @Option(help: ArgumentHelp("Go on with the run in this folder.", valueName: "folder"), completion: .directory)
  var resume: String?

  @Flag(name: .shortAndLong, help: "Print only the end's table.")
  var quiet = false

  @Flag(help: "Print only the end's figures, as JSON.")
  var json = false

  func run() throws {
    StopSignals.note()
    let display = TrainingDisplay(isQuiet: quiet || json)
    let observer = Trainer.Observer(emit: display.show, isStopRequested: { StopSignals.isStopRequested })
    if let resume {
      try refuseOptionsBesideResume()
      let threads = try threadCount()
      guard let trainer = try Trainer.resume(resume, shards: shards, threads: threads, observer: observer) else {
        try Terminal.print("\(resume): the training has come to its end already; test.json holds its figures")
        return
      }
      try train(trainer, display)
    } else {
      let configuration = try resolve()
      let plan = try TrainingPlan(Dataset.open(configuration.dataset()), configuration)
      let initial = try initial.map { try Checkpoint($0) }
      try train(Trainer.begin(plan, in: out, initial: initial, observer: observer), display)
    }
  }

  private func train(_ trainer: consuming Trainer, _ display: TrainingDisplay) throws {
    let path = trainer.path
    defer { display.end() }
    switch try trainer.train() {
    case .finished(let result):
      display.end()
      try Terminal.print(json ? [result.json(run: path).pretty()] : result.lines(run: path))
    case .interrupted(let epochs, let steps):
      display.end()
      let place = Format.count(epochs, "epoch") + (steps > 0 ? " and \(Format.count(steps, "step"))" : "")
      Terminal.writeError(
        "stopped after \(place), saved; go on with: grf-train --resume \(ShellWord.quoted(path))\n")
      throw ExitCode(StopSignals.exitStatus)
    }
  }

  private func resolve() throws -> RunConfiguration {
    var configuration = try model.resolve(shards: shards, isQuiet: quiet || json)
    for (name, value, option) in [
      ("training.epochs", epochs, "--epochs"), ("training.batch_size", batchSize, "--batch-size"),
      ("training.seed", seed, "--seed"),
    ] {
      if let value { try configuration.set(name, to: JSONValue(value), source: option) }
    }
    if keepsOrder { configuration.training.shuffles = false }
    if let threads = try threadCount() { configuration.training.threads = threads }
    try configuration.check()
    return configuration
  }

  private func threadCount() throws -> RunConfiguration.ThreadCount? {
    guard let threads else { return nil }
    if threads == "all" { return .all }
    guard let count = Int(threads), count >= 1 else {
      throw ValidationError("--threads \(threads): give a number from 1 on, or all")
    }
    return .count(count)
  }

  private func refuseOptionsBesideResume() throws {
    let others: [(String, Bool)] = [
      ("--out", out != nil), ("--init", initial != nil), ("--config", model.config != nil),
      ("--set", !model.assignments.isEmpty), ("--order", !model.order.isEmpty), ("--label", model.label != nil),
      ("--num-classes", model.numClasses != nil), ("--preset", model.preset != "grf"), ("--epochs", epochs != nil),
      ("--batch-size", batchSize != nil), ("--seed", seed != nil), ("--no-shuffle", keepsOrder),
    ]
    if let (option, _) = others.first(where: \.1) {
      throw ValidationError("\(option) cannot stand beside --resume: a run goes on as it began; leave it out")
    }
  }
}
