import ArgumentParser
import Files
import JSONValues
import Programs
import Reporting
import Shards
import Terminals
import Training

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a model and keeps a folder of the run.",
    usage: "grf-train --shards DATASET [OPTIONS]",
    discussion: """
      Examples:
        grf-train --shards out/
        grf-train --shards out/ --model mult
        grf-train --shards out/ --order audio,text --seed 1 --out runs/mine
        grf-train --shards out/ --config published.yaml --set model.dropout=0.3
        grf-train --resume runs/mine

      The run's folder, by default runs/NAME, holds config.yaml, metrics.jsonl, \
      best.safetensors, last.safetensors, test.json, predictions-test.csv and profile.json. \
      Ctrl-C finishes the step, saves, and says how to go on. The same seed gives the same \
      weights, to the bit, on any number of threads and after any interruption.

      With an MLflow server, the run's page is written into its folder as well, as report.html, \
      and sent with the rest.

      A run is repeated, to the bit, by grf-train --config runs/NAME/config.yaml. \
      --print-config shows a configuration without training.

      Later wins: --preset, --config, --set, other options.
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Running") var running: RunOptions
  @OptionGroup(title: "Tracking") var tracking: TrackingOptions

  func run() throws {
    if running.printConfig, running.resume == nil { return try Terminal.print(String(try resolve().yaml.dropLast())) }
    StopSignals.note()
    let display = TrainingDisplay(isQuiet: running.quiet || running.json)
    let follower = TrainingFollower(
      server: try tracking.server.server(), writesEvents: tracking.writesEvents, display)
    let observer = Trainer.Observer(emit: follower.follow, isStopRequested: { StopSignals.isStopRequested })
    guard let resume = running.resume else {
      let configuration = try resolve()
      let plan = try TrainingPlan(open(configuration.dataset()), configuration)
      return try train(
        Trainer.begin(plan, in: running.out, isForced: training.force, observer: observer), follower)
    }
    try refuseOptionsBesideResume()
    let threads = try running.threads.count()
    guard
      let trainer = try Trainer.resume(
        resume, shards: data.shards, threads: threads, open: open, observer: observer)
    else {
      // No figures, so nothing for standard output.
      Terminal.writeError(
        "\(resume): the training has come to its end already; \(RunDirectory.testName) there holds its figures\n")
      return
    }
    try train(trainer, follower)
  }

  private func open(_ path: String) throws -> Dataset {
    try data.opening.open(path, isQuiet: running.quiet || running.json)
  }

  private func train(_ trainer: consuming Trainer, _ follower: TrainingFollower) throws {
    let path = trainer.path
    defer { follower.end(.failed) }
    switch try trainer.train() {
    case .finished(let result):
      // The figures first: the server may let us wait.
      follower.pause()
      defer { follower.end(.finished) }
      try Terminal.print(running.json ? [result.json(run: path).pretty()] : result.lines(run: path))
      if follower.isSending { writePage(of: path, follower) }
    case .interrupted(let epochs, let steps):
      follower.end(.killed)
      let place = Format.count(epochs, "epoch") + (steps > 0 ? " and \(Format.count(steps, "step"))" : "")
      Terminal.writeError(
        "stopped after \(place), saved; go on with: grf-train --resume \(ShellWord.quoted(path))\n")
      throw ExitCode(StopSignals.exitStatus)
    }
  }

  /// The page of a run that is sent goes with it. The training has come to its end: whatever fails here is only said.
  private func writePage(of run: String, _ follower: TrainingFollower) {
    do {
      let embeddings = RunEmbeddings(threads: try running.threads.count())
      let sources = RunReport.Sources(
        dataset: { try data.opening.open($0, isQuiet: true) },
        embedding: { try embeddings.path(of: $0, dataset: $1) }, isStopRequested: { StopSignals.isStopRequested })
      // What could not be drawn stands in the page.
      _ = try RunReport([run], shards: data.shards, sources: sources).write(to: Path.join(run, RunDirectory.pageName))
    } catch ReportingError.stopped {
    } catch {
      follower.warn("the run's page could not be written: \(error)")
    }
  }

  private func resolve() throws -> RunConfiguration {
    var configuration = try model.resolve(shards: data.shards, isQuiet: running.quiet || running.json)
    try training.apply(to: &configuration)
    if let threads = try running.threads.count() { configuration.training.threads = threads }
    try configuration.check()
    return configuration
  }

  private func refuseOptionsBesideResume() throws {
    let others: [(String, Bool)] = [
      ("--out", running.out != nil), ("--init", training.initial != nil), ("--config", model.config != nil),
      ("--set", !model.assignments.isEmpty), ("--order", !model.order.isEmpty), ("--label", model.label != nil),
      ("--num-classes", model.numClasses != nil), ("--preset", model.preset != "grf"),
      ("--epochs", training.epochs != nil),
      ("--batch-size", training.batchSize != nil), ("--seed", training.seed != nil),
      ("--no-shuffle", training.keepsOrder), ("--print-config", running.printConfig),
    ]
    if let (option, _) = others.first(where: \.1) {
      throw ValidationError("\(option) cannot stand beside --resume: a run goes on as it began; leave it out")
    }
  }
}
