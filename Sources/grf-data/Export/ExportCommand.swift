import ArgumentParser
import Exchange
import JSONValues
import PackedSequences
import Programs
import Shards
import Terminals

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a dataset as .csd files or as NumPy arrays.",
    usage: "grf-data export DATASET --to FORMAT DEST [OPTIONS]",
    discussion: """
      csd: a folder with NAME.csd for each modality, labels.csd, and folds.json with the \
      splits. Each sample is an entry of its id.
      npz: one file; train/text.values [frames, dims] and train/text.offsets [samples + 1].
      padded-npz: one file; train/text [samples, length, dims], .mask and .lengths.

      NumPy loads both kinds without a pickle. The command that reads the files back is \
      printed.

      Examples:
        grf-data export out/ --to csd csd/ --raw
        grf-data export out/ --to npz out.npz
        grf-data export out/ --to padded-npz padded.npz --pad left --pad-to text=50
      """)

  enum Target: String, CaseIterable {
    case csd, npz
    case paddedNpz = "padded-npz"
  }

  @Argument(help: "The folder of a dataset.", completion: .directory)
  var dataset: String

  @Argument(help: "What to make: a folder for csd, a file for the others.", completion: .file())
  var dest: String

  @Option(
    help: ArgumentHelp("csd, npz or padded-npz.", valueName: "format"),
    completion: .list(Target.allCases.map(\.rawValue)))
  var to: String

  @Flag(help: "Undo the normalization. Without it values are as they are stored.")
  var raw = false

  @Option(
    help: ArgumentHelp("padded-npz: where padding stands, left or right. Default: right.", valueName: "side"),
    completion: .list(PaddingSide.allCases.map(\.rawValue)))
  var pad: String?

  @Option(
    help: ArgumentHelp(
      "padded-npz: the length, as in text=50,audio=375; longer samples keep their first frames. Default: the greatest "
        + "in any split.", valueName: "count"))
  var padTo: [String] = []

  @Option(help: ArgumentHelp("Compress, at a level from 1 to 9. Default: as it is.", valueName: "level"))
  var gzip: Int?

  @OptionGroup
  var opening: DatasetOpening

  @Flag(help: "Replace what an earlier export has made at DEST.")
  var overwrite = false

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let target: Target = try choice("to", to)
    guard !dest.isEmpty else { throw ValidationError("the path of what to make is empty") }
    if let gzip, !(1...9).contains(gzip) { throw ValidationError("--gzip \(gzip): give a level from 1 to 9") }
    if target != .paddedNpz, let option = pad != nil ? "pad" : padTo.isEmpty ? nil : "pad-to" {
      throw ValidationError("--\(option): only --to padded-npz pads")
    }
    var arrays = ArrayExport()
    if target == .paddedNpz { arrays.form = .padded(try pad.map { try choice("pad", $0) } ?? .right) }
    (arrays.isRaw, arrays.level, arrays.overwrites) = (raw, gzip, overwrite)

    let indicator = ProgressIndicator(isQuiet: quiet || json)
    defer { indicator.end() }
    let start = ContinuousClock.now
    let progress = ExchangeProgress(
      begin: { indicator.begin($0, total: $1, unit: .things("samples")) }, advance: { indicator.advance($0) })
    let dataset = try opening.open(self.dataset, isQuiet: quiet || json)
    arrays.lengths = try PaddedLengthOption.parse(padTo, modalities: dataset.schema.modalities.map(\.name))
    let report =
      switch target {
      case .csd:
        try SequenceExport.run(
          dataset, to: dest, isRaw: raw, gzip: gzip, overwrites: overwrite, progress: progress)
      case .npz, .paddedNpz: try arrays.run(dataset, to: dest, progress: progress)
      }
    let seconds = (ContinuousClock.now - start).seconds
    indicator.end()
    let result = ExportResult(report: report, seconds: seconds)
    if json {
      try Terminal.print(result.json.pretty())
    } else if !quiet {
      try Terminal.print(result.lines)
    }
  }

  private func choice<Value: RawRepresentable & CaseIterable>(
    _ option: String, _ text: String
  ) throws -> Value where Value.RawValue == String {
    if let value = Value(rawValue: text) { return value }
    let names = Value.allCases.map(\.rawValue)
    throw ValidationError(
      "--\(option) \(text): unknown\(NearestName.hint(text, in: names)); give one of \(names.joined(separator: ", "))")
  }
}

/// `50` for every modality, or `NAME=50`, separated by commas; later ones win.
private enum PaddedLengthOption {
  static func parse(_ occurrences: [String], modalities: [String]) throws -> [String: Int] {
    var lengths: [String: Int] = [:]
    for text in occurrences {
      for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
        let parts = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let last = parts.last, let length = Int(last), (1...1_000_000).contains(length) else {
          throw ValidationError("--pad-to \(text): give a number of frames from 1 to 1000000, or NAME=NUMBER")
        }
        for name in parts.count == 2 ? [String(parts[0])] : modalities { lengths[name] = length }
      }
    }
    return lengths
  }
}
