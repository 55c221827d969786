import ArgumentParser
import Conversion
import Shards
import Terminals

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Converts .csd files, or folders of them, into a dataset of shards.",
    usage: "grf-data convert INPUT... OUT [OPTIONS]",
    discussion: """
      Examples:
        grf-data convert raw.csd out/
        grf-data convert mosi/*.csd out/ --modality text --modality audio
        grf-data convert mosi/*.csd out/ --preset mult-mosi
        grf-data convert mosi/ out/ --rate vision=15 --max-frames text=50
        grf-data convert mosi/ out/ --select audio=1,3,6,25,60
        grf-data convert new.csd new/ --like out/

      An option of frames takes VALUE for every modality, or NAME=VALUE, separated by commas, \
      as in --normalize none,text=zscore. It may be repeated; later values win.

      A configuration file (--config) holds the same names with a value, a list, or a mapping \
      NAME: VALUE each:
        modality: [text, audio]
        select: {audio: [1, 3, 6, 25, 60]}
        max-frames: {text: 50, audio: 375}
      The command line wins over the file, and the file over a preset; a later --modality, \
      --label-columns or --drop-zero-frames replaces those before.
      """)

  @Argument(
    help: ArgumentHelp("Files or folders to read, then the folder to make.", valueName: "input... out"),
    completion: .file())
  var paths: [String] = []

  @OptionGroup(title: "Samples") var inputs: InputOptions
  @OptionGroup(title: "Frames, step by step") var frames: FrameOptions
  @OptionGroup(title: "Output") var outputs: OutputOptions
  @OptionGroup(title: "Running") var running: RunningOptions

  func run() throws {
    var options = ConversionOptions()
    var (isQuiet, printsJSON) = (running.quiet, running.json)
    if let path = running.config {
      let file = try ConfigurationFile(path)
      options = file.options
      isQuiet = isQuiet || file.isQuiet
      printsJSON = printsJSON || file.printsJSON
    }
    options.override(with: givenOptions)
    options = try options.overPreset()
    let configuration = try options.configuration()
    if running.printConfig {
      return try Terminal.print(ConfigurationFile.lines(of: options, isQuiet: isQuiet, printsJSON: printsJSON))
    }
    guard paths.count >= 2, let output = paths.last else {
      throw ValidationError("give at least one input and the folder to make: grf-data convert INPUT... OUT")
    }
    guard paths.allSatisfy({ !$0.isEmpty }) else {
      throw ValidationError("a path is empty; name every input and the folder to make")
    }
    try Guarded.enter()
    let result = try convert(Array(paths.dropLast()), to: output, configuration, isQuiet: isQuiet)
    if printsJSON {
      try Terminal.print(result.json.pretty())
    } else if !isQuiet {
      try Terminal.print(result.lines)
    }
  }

  private var givenOptions: ConversionOptions {
    var options = ConversionOptions()
    inputs.add(to: &options)
    frames.add(to: &options)
    outputs.add(to: &options)
    running.add(to: &options)
    return options
  }

  private func convert(
    _ inputs: [String], to output: String, _ configuration: ConversionConfiguration, isQuiet: Bool
  ) throws -> ConversionResult {
    let indicator = ProgressIndicator(isQuiet: isQuiet)
    defer { indicator.end() }
    let start = ContinuousClock.now
    let report = try Converter.run(
      inputs: inputs, output: output, configuration, progress: .shown(by: indicator))
    let seconds = (ContinuousClock.now - start).seconds
    indicator.end()
    return ConversionResult(
      report: report, summary: DatasetSummary(try Dataset.open(report.path, admittingParts: true)), seconds: seconds)
  }
}
