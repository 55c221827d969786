import ArgumentParser
import Evaluation
import Experiments
import JSONValues
import Programs
import Shards
import Terminals
import Training

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Searches for the configuration with the lowest valid MAE.",
    usage: "grf-train sweep --shards DATASET --config SPACE.yaml [OPTIONS]",
    discussion: """
      Examples:
        grf-train sweep --shards out/ --config space.yaml
        grf-train sweep --shards out/ --config space.yaml --trials 50 --out search

      SPACE.yaml says what every trial begins with, and what is drawn at random:
        base: {preset: grf, training: {epochs: 40}}
        space:
          training.learning_rate: {log_uniform: [1.0e-4, 1.0e-2]}
          model.dropout: {uniform: [0.1, 0.5]}
          model.num_layers: {uniform: [1, 4]}
          model.d_model: {choice: [32, 64, 128]}
        trials: 30
        seed: 0
      Any key of a configuration may stand in base and in space. Trial k depends on the seed, \
      the keys and k alone, so more trials can be added later.

      After 5 finished trials, a trial is stopped from epoch 5 on where its lowest valid MAE is \
      above the median of the others' mean valid MAE up to that epoch. With --threads 1 all of \
      it can be repeated to the bit; with more, what is stopped depends on what ends first.

      DIR/sweep.csv has every trial, DIR/config.yaml the best one. Only the valid split counts; \
      the best trial's figures on the test split are printed once, at the end. The same command \
      again goes on where it was stopped or killed.
      """)

  @Option(help: ArgumentHelp("The dataset that grf-data convert made.", valueName: "dataset"), completion: .directory)
  var shards: String

  @OptionGroup
  var opening: DatasetOpening

  @Option(
    help: ArgumentHelp("What is searched, in YAML.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
  var config: String

  @Option(help: ArgumentHelp("How many trials (default: the file's, else 20).", valueName: "n"))
  var trials: Int?

  @Option(help: ArgumentHelp("The folder for the trials and the table.", valueName: "folder"), completion: .directory)
  var out = "sweep"

  @OptionGroup(title: "Running") var running: ExperimentRunOptions
  @OptionGroup(title: "Tracking") var tracking: TrackingOptions

  func run() throws {
    StopSignals.note()
    if let trials, !(1...1_000_000).contains(trials) {
      throw ValidationError("--trials wants a whole number from 1 to 1000000, not \(trials)")
    }
    let space = try SweepSpace(file: config)
    let sweep = Sweep(space, trials: trials ?? space.trials ?? 20)
    let slots = try running.slots()
    let options = try tracking.handOn()
    let dataset = try opening.open(shards, isQuiet: running.isQuiet)
    let laboratory = try Laboratory(dataset, shards: shards, sweep.laboratorySettings())
    let folder = try ExperimentFolder(out)
    let display = ExperimentDisplay(isQuiet: running.isQuiet)
    display.begin(
      "\(folder.path): \(Format.count(sweep.trials, "trial")) over \(Format.count(space.dimensions.count, "key")), "
        + "\(slots) at once")
    let (found, ending) = try sweep.run(laboratory, in: folder, threads: slots, options: options, display.observer())
    display.end()
    if ending == .interrupted {
      let done = found.count { $0.status != .pending }
      Terminal.writeError(
        "stopped with \(done) of \(Format.count(found.count, "trial")) done, the others saved; the same command goes on "
          + "in \(ShellWord.quoted(folder.path))\n")
      throw ExitCode(StopSignals.exitStatus)
    }
    let table = SweepTable(found)
    guard let best = Sweep.best(of: found), case .finished(let record) = best.status else {
      if !running.json { try Terminal.print(table.problemLines) }
      throw ExperimentError.noTrial(path: folder.path)
    }
    if running.json {
      try Terminal.print(json(best, record, table, folder.file(Sweep.bestName)).pretty())
    } else {
      try Terminal.print(
        (running.quiet ? [] : [""]) + table.lines() + table.problemLines
          + ["", "\(folder.file(Sweep.bestName)) has the best, trial \(best.number); on the test split:"]
          + Metric.allCases.map { metric in
            "  \(metric.name) \(record.test[metric].map { Format.fixed($0, 3) } ?? "–")"
          })
    }
  }

  private func json(_ best: Trial, _ record: RunRecord, _ table: SweepTable, _ path: String) -> JSONValue {
    var test = JSONObject()
    for metric in Metric.allCases { test[metric.name] = JSONValue(record.test[metric]) }
    return [
      "trials": table.json,
      "best": ["trial": JSONValue(best.number), "config": .string(path), "test": .object(test)],
    ]
  }
}
