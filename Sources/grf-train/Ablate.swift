import ArgumentParser
import Experiments
import JSONValues
import Programs
import Shards
import Terminals
import Training

struct Ablate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains GRF with parts left out, over orders, labels and seeds.",
    usage: "grf-train ablate --shards DATASET [OPTIONS]",
    discussion: """
      Examples:
        grf-train ablate --shards out/
        grf-train ablate --shards out/ --orders all --components full --seeds 5
        grf-train ablate --shards out/ --orders 'text,audio;audio,text' --classes 2,7
        grf-train ablate --shards out/ --components full,single,mult --epochs 20

      Components: full; no-gate-mean, no-gate-sum and no-gate-concat put (h+n)/2, h+n or a \
      linear layer in the gate's place; one-way has one decoder instead of two, no-cross none; \
      no-auxiliary lacks that head and its loss; no-mask takes padding for data, as the \
      published program does; single is each modality alone (single-NAME one of them); mult is \
      the Multimodal Transformer. One modality and MulT do not depend on the order, so these \
      run once.

      Every run is a process of its own and a folder in DIR/runs, with its output in \
      DIR/runs/NAME.log; DIR/ablation.csv is there from the first finished run on. The same \
      command again goes on where it was stopped or killed, and leaves alone what is done. A \
      run that fails does not stop the others; the exit status is then 1.

      With an MLflow server each run is sent there; what it could not take, grf-train sync \
      DIR/runs/* sends later.
      """)

  @Option(help: ArgumentHelp("The dataset that grf-data convert made.", valueName: "dataset"), completion: .directory)
  var shards: String

  @OptionGroup
  var opening: DatasetOpening

  @Option(
    help: ArgumentHelp(
      "all, or orders parted by semicolons: text,audio;audio,text (default: the one that train takes).",
      valueName: "orders"))
  var orders: String?

  @Option(help: ArgumentHelp("2, 7 (labels rounded to whole numbers), or both: 2,7.", valueName: "list"))
  var classes = "2"

  @Option(help: ArgumentHelp("What is left out: names parted by commas, or all.", valueName: "list"))
  var components = "all"

  @Option(help: ArgumentHelp("How many seeds, from 0, or a list: 0,1,2.", valueName: "n|list"))
  var seeds = "3"

  @Option(help: ArgumentHelp("The size of GRF: grf or grf-4m.", valueName: "name"))
  var preset = "grf"

  @Option(help: ArgumentHelp("The folder for the runs and the table.", valueName: "folder"), completion: .directory)
  var out = "ablation"

  @OptionGroup(title: "Every run") var base: BaseOptions
  @OptionGroup(title: "Running") var running: ExperimentRunOptions
  @OptionGroup(title: "Tracking") var tracking: TrackingOptions

  func run() throws {
    StopSignals.note()
    let dataset = try opening.open(shards, isQuiet: running.isQuiet)
    let laboratory = try Laboratory(dataset, shards: shards, base.settings(preset: preset))
    let orders = try ModalityOrders.parse(orders, standard: laboratory.order, among: laboratory.modalities)
    let used = laboratory.modalities.filter { name in orders.contains { $0.contains(name) } }
    let ablation = try Ablation(
      orders: orders, classes: NumberList.classes(classes),
      components: Ablation.parse(components: components, among: used),
      seeds: NumberList.seeds(seeds))
    let experiment = try Experiment(ablation.settings(laboratory), tableName: Experiment.ablationTable)
    let slots = try running.slots()
    let options = try tracking.handOn()
    let folder = try ExperimentFolder(out)
    let display = ExperimentDisplay(isQuiet: running.isQuiet)
    display.begin(
      "\(folder.path): \(Format.count(experiment.settings.count, "setting")), "
        + "\(Format.count(experiment.runs.count, "run")), \(slots) at once")
    let (results, ending) = try experiment.run(
      laboratory, in: folder, threads: slots, options: options, display.observer())
    display.end()
    if ending == .interrupted { throw ExperimentDisplay.interrupted(results, in: folder.path) }
    if running.json {
      try Terminal.print(results.json.pretty())
    } else {
      try Terminal.print((running.quiet ? [] : [""]) + results.lines)
    }
    if !results.failures.isEmpty { throw ExitCode.failure }
  }
}
