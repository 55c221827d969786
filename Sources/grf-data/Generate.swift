import ArgumentParser
import PackedSequences
import Segments
import Synthesis
import Terminals

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes synthetic .csd files with a signal that a model can learn.",
    discussion: """
      tiny: one file of five roots with every oddity that published files have, 1.3 MB.
      mosi: the names, rates, dimensions and size of CMU-MOSI, its standard folds included.

      Each sample's sentiment is the sum of three parts; text, audio and vision each show \
      one part, under noise. The same seed gives the same values.

      Examples:
        grf-data generate data/ --like tiny
        grf-data generate data/ --like mosi --seed 1
      """)

  @Argument(help: "The folder for the files; it is made where it is missing.", completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp("mosi or tiny.", valueName: "what"), completion: .list(SyntheticDataset.Likeness.names))
  var like: String

  @Option(help: "Any number from 0; another seed, other values.")
  var seed: UInt64 = 0

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  func run() throws {
    guard let likeness = SyntheticDataset.Likeness(rawValue: like) else {
      let names = SyntheticDataset.Likeness.names
      let hint = NearestName.hint(like, in: names)
      throw ValidationError("--like \(like): unknown\(hint); give \(names.joined(separator: " or "))")
    }
    let indicator = ProgressIndicator(isQuiet: quiet)
    defer { indicator.end() }
    var current: String?
    var files: [String] = []
    let start = ContinuousClock.now
    try SyntheticDataset.write(
      like: likeness, to: folder, seed: seed, videos: Folds.cmuMOSI.splits.keys.sorted()
    ) { progress in
      // Called after each video: the first of a file begins its stage.
      if current != progress.file {
        current = progress.file
        files.append(progress.file)
        indicator.begin(progress.file, total: progress.videos, unit: .things("videos"))
      }
      indicator.advance(1)
    }
    let seconds = (ContinuousClock.now - start).seconds
    indicator.end()
    if !quiet {
      let what = "\(Format.count(files.count, "file")) in \(folder), made in \(Format.duration(seconds))"
      try Terminal.print([what] + files.map { "  \($0)" })
    }
  }
}

extension SyntheticDataset.Likeness {
  fileprivate static var names: [String] { allCases.map(\.rawValue) }
}
