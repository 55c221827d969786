import ArgumentParser
import Experiments
import JSONValues
import Programs
import Reporting
import Shards
import Terminals
import Training

struct Reproduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Converts data and runs the published study on it, in one command.",
    usage: "grf-train reproduce --data FOLDER [OPTIONS] [-- OPTIONS OF CONVERT]",
    discussion: """
      Examples:
        grf-train reproduce --data fixtures/ --quick
        grf-train reproduce --data mosi/ --out study -- --drop-zero-frames text \\
          --max-frames text=50 --normalize text=none
        grf-train reproduce --data mosi/ --out study-lag -- --lag text=1 \\
          --modality text --modality words --modality "audio=OpenSMILE utterance"
        grf-train reproduce --data mosi/ --out other -- --folds folds.json

      The data are converted by grf-data, which is told what stands behind --, into DIR/dataset. \
      Then grf, grf-4m and mult are trained with masks and with padding as data (as the \
      published program does), and grf over every order of the modalities, all over the seeds. \
      DIR/report.html and DIR/results.md hold the tables, the first beside the published figures; \
      DIR/results.csv every metric.

      The same command again goes on where it was stopped or killed.
      """)

  @Option(help: ArgumentHelp("The .csd files: a folder of them.", valueName: "folder"), completion: .directory)
  var data: String

  @OptionGroup
  var opening: DatasetOpening

  @Flag(help: "Few epochs and two seeds: to see that all of it works.")
  var quick = false

  @Option(
    help: ArgumentHelp("How many seeds, from 0, or a list: 0,1,2 (default: 5; 2 if quick).", valueName: "n|list"))
  var seeds: String?

  @Option(help: ArgumentHelp("The folder for the study.", valueName: "folder"), completion: .directory)
  var out = "study"

  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("Behind --: options of grf-data convert.", valueName: "options"))
  var conversion: [String] = []

  @OptionGroup(title: "Every run") var base: BaseOptions
  @OptionGroup(title: "Running") var running: ExperimentRunOptions
  @OptionGroup(title: "Tracking") var tracking: TrackingOptions

  func run() throws {
    StopSignals.note()
    let study = Study(seeds: try NumberList.seeds(seeds ?? (quick ? "2" : "5")))
    var settings = base.settings(preset: "grf")
    if quick { settings.assignments = Study.quickAssignments + settings.assignments }
    try Study.check(settings)
    let slots = try running.slots()
    let options = try tracking.handOn()
    let folder = try ExperimentFolder(out)
    let display = ExperimentDisplay(isQuiet: running.isQuiet)
    let shards = folder.file(StudyConversion.datasetName)
    display.begin("\(shards): converting \(data)")
    let converted = try StudyConversion(data: data, options: conversion).run(
      in: folder, isStopRequested: { StopSignals.isStopRequested })
    if converted == .interrupted {
      Terminal.writeError("stopped while converting; the same command begins anew\n")
      throw ExitCode(StopSignals.exitStatus)
    }
    let dataset = try opening.open(shards, isQuiet: running.isQuiet)
    let laboratory = try Laboratory(dataset, shards: shards, settings)
    let wanted = try study.settings(laboratory)
    let experiment = Experiment(wanted.all, tableName: Study.tableName)
    display.begin(
      "\(folder.path): \(Format.count(experiment.settings.count, "setting")), "
        + "\(Format.count(experiment.runs.count, "run")), \(slots) at once")
    let (results, ending) = try experiment.run(
      laboratory, in: folder, threads: slots, options: options, display.observer())
    display.end()
    let found = StudyResults(wanted, results, dataset: dataset, options: conversion, study: study)
    try folder.write(found.markdown, to: "results.md")
    for note in try report(found, in: folder).write(to: folder.file("report.html")) where !running.isQuiet {
      Terminal.writeError("note: \(note)\n")
    }
    if ending == .interrupted { throw ExperimentDisplay.interrupted(results, in: folder.path) }
    if running.json {
      try Terminal.print(found.json.pretty())
    } else {
      try Terminal.print(
        (running.quiet ? [] : [""]) + found.lines + [
          "", "\(folder.file("report.html")) and results.md beside it have all tables",
        ])
    }
    if !results.failures.isEmpty { throw ExitCode.failure }
  }

  /// With each model's first run beside the others', where it has got as far.
  private func report(_ found: StudyResults, in folder: borrowing ExperimentFolder) throws -> StudyReport {
    let runs = found.firstRuns.map { "\(folder.runs)/\($0)" }
    return try StudyReport(
      title: "The published study", facts: found.facts,
      tables: found.tables.map { .init(title: $0.title, columns: $0.columns, rows: $0.rows, note: $0.note) },
      results: folder.file(Study.tableName), runs: runs)
  }
}
