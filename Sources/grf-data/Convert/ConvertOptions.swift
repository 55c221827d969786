import ArgumentParser
import Conversion
import Segments

/// What is read, and how it becomes samples.
struct InputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Begin with the options of a published layout: mult-mosi, mult-mosei or aligned-50. Other options win over them; "
        + "grf-data presets tells what they are.", valueName: "name"),
    completion: .list(Preset.all.map(\.name)))
  var preset: String?

  @Option(
    help: ArgumentHelp(
      "A sequence to take: NAME=ROOT, the name of a root, or a known name (text, audio, vision, words, phones). Repeat it "
        + "for more. Default: every sequence but the labels.", valueName: "name=root"))
  var modality: [String] = []

  @Option(
    help: ArgumentHelp(
      "The root that holds the labels, or none. Default: the published label root, or the only one that looks like labels. "
        + "Each row of it becomes a sample; without labels each entry does.", valueName: "root"))
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "Columns of the labels to keep, by name or number from 0, in the order wanted, as in sentiment,happy. Default: all.",
      valueName: "columns"))
  var labelColumns: [String] = []

  @Option(
    help: ArgumentHelp(
      "The splits: auto, cmu-mosi, cmu-mosei, ratio:0.7,0.1,0.2, kfold:5, none (one split, all), or a JSON file "
        + #"{"train": [ids], "valid": [ids], "test": [ids]} of videos or segments. Default: auto, the standard folds that "#
        + "know the videos.",
      valueName: "folds"), completion: .file(extensions: ["json"]))
  var folds: String?

  @Option(
    help: ArgumentHelp(
      "Which fold of --folds kfold:N is tested, from 1 to N; the next one is valid, the others are train.",
      valueName: "number"))
  var fold: String?

  @Option(
    help: ArgumentHelp(
      "What folds keep in one split: videos (all segments of each), or samples, one by one. Default: videos.",
      valueName: "unit"), completion: .list(FoldUnit.allCases.map(\.rawValue)))
  var foldsOver: String?

  @Option(
    help: ArgumentHelp(
      "Do to the frames what was done in that dataset, with its statistics: new data for a trained model. All samples go "
        + "to one split unless --folds is given.", valueName: "dataset"), completion: .directory)
  var like: String?

  @Flag(
    help: ArgumentHelp(
      "Leave out entries that do not fit (another number of columns, features and intervals of different lengths, "
        + "intervals that end before they start), each with a line in the ledger. Without it they are an error."))
  var skipUnfit = false

  func add(to options: inout ConversionOptions) {
    options.add(.skipUnfit, skipUnfit ? "true" : nil)
    options.add(.preset, preset)
    options.add(.modality, modality)
    options.add(.labels, labels)
    options.add(.labelColumns, labelColumns)
    options.add(.folds, folds)
    options.add(.fold, fold)
    options.add(.foldsOver, foldsOver)
    options.add(.like, like)
  }
}

/// What is done to frames, in this order.
struct FrameOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What the times of a modality count: s, ms, or so many a second (frame numbers), as in vision=ms,audio=100. "
        + "Default: s.", valueName: "unit"))
  var timeUnit: [String] = []

  @Option(
    help: ArgumentHelp(
      "Times of this modality count from the start of each segment: its entry V[k] is segment k of V, whole.",
      valueName: "modality"))
  var timesRelative: [String] = []

  // A bare lag may begin with a minus.
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Rows by which the values of a modality come too late, as in text=1,words=1: within an entry each row that is "
        + "neither zero nor sp takes the value of the one so many on. Default: 0.", valueName: "rows"))
  var lag: [String] = []

  @Option(
    help: ArgumentHelp(
      "Give every modality one frame for each row of this root, such as glove_vectors or words: its frames that overlap "
        + "the row, combined. The name of a root, or of a modality.", valueName: "root"))
  var align: String?

  @Option(
    help: ArgumentHelp(
      "How --align combines the frames of a row: mean, first, last or max. Default: mean; of tokens first.",
      valueName: "how"))
  var collapse: [String] = []

  @Option(
    help: ArgumentHelp(
      "What --align makes of a row that no frame overlaps: zero (0 is stored, and the frame is marked invalid) or drop. "
        + "Default: zero.", valueName: "policy"))
  var alignMissing: [String] = []

  @Option(
    help: ArgumentHelp(
      "Columns to keep: numbers from 0, ranges, or names, as in audio=1,3,6-9,f0.", valueName: "columns"))
  var select: [String] = []

  @Option(
    help: ArgumentHelp(
      "Leave out frames of this modality that are all zeros (of words: empty ones and sp).", valueName: "modality"))
  var dropZeroFrames: [String] = []

  @Option(
    help: ArgumentHelp("Average frames to so many a second, as in vision=15.", valueName: "rate"))
  var rate: [String] = []

  @Option(
    help: ArgumentHelp("At most so many frames a sample, as in audio=375.", valueName: "count"))
  var maxFrames: [String] = []

  @Option(
    help: ArgumentHelp("Which frames --max-frames keeps: first or last. Default: first.", valueName: "end"))
  var keep: [String] = []

  @Option(
    help: ArgumentHelp(
      "What becomes of NaN and infinite values: zero (0 is stored), mask (0, and the frame is marked invalid) or error "
        + "(stop). Default: zero.", valueName: "policy"))
  var nonfinite: [String] = []

  @Option(
    help: ArgumentHelp(
      "What becomes of frames that a file has no bytes for (chunks that were never written, sources that are gone): error "
        + "(stop) or mask (marked invalid and listed in the ledger; --nonfinite is then mask). Default: error.",
      valueName: "policy"))
  var absent: String?

  @Option(
    help: ArgumentHelp(
      "zscore, minmax, robust (median and interquartile range) or none, by statistics of the train split. Default: "
        + "zscore.", valueName: "how"))
  var normalize: [String] = []

  @Option(
    help: ArgumentHelp(
      "Hold normalized values within plus and minus so many deviations (under robust, interquartile ranges), as in "
        + "audio=5; none for no limit, which is the default.", valueName: "sigmas"))
  var clip: [String] = []

  @Option(help: ArgumentHelp("f32, f16 or bf16. Default: f32.", valueName: "type"))
  var dtype: [String] = []

  func add(to options: inout ConversionOptions) {
    options.add(.timeUnit, timeUnit)
    options.add(.timesRelative, timesRelative)
    options.add(.lag, lag)
    options.add(.align, align)
    options.add(.collapse, collapse)
    options.add(.alignMissing, alignMissing)
    options.add(.select, select)
    options.add(.dropZeroFrames, dropZeroFrames)
    options.add(.rate, rate)
    options.add(.maxFrames, maxFrames)
    options.add(.keep, keep)
    options.add(.nonfinite, nonfinite)
    options.add(.absent, absent)
    options.add(.normalize, normalize)
    options.add(.clip, clip)
    options.add(.dtype, dtype)
  }
}

/// What is written.
struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Whether frames carry their times: keep or drop. Default: keep.", valueName: "times"))
  var times: String?

  @Flag(help: "Leave out samples that lack frames in any modality. Without it they are kept, with length 0.")
  var dropIncomplete = false

  @Flag(help: "Leave out samples with a label that is no finite number. Without it they are kept, and named.")
  var dropUnlabelled = false

  @Option(
    help: ArgumentHelp("The size that a shard's data does not exceed. Default: 256MiB.", valueName: "size"))
  var shardBytes: String?

  @Flag(help: "Replace the dataset at OUT, in one step at the end.")
  var overwrite = false

  func add(to options: inout ConversionOptions) {
    options.add(.times, times)
    options.add(.dropIncomplete, dropIncomplete ? "true" : nil)
    options.add(.dropUnlabelled, dropUnlabelled ? "true" : nil)
    options.add(.shardBytes, shardBytes)
    options.add(.overwrite, overwrite ? "true" : nil)
  }
}

/// How the conversion runs, and what it says.
struct RunningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Make one part of the dataset, as in 3/16: so many machines share a conversion. `grf-data merge` puts the parts "
        + "together.", valueName: "k/n"))
  var part: String?

  @Flag(
    help: ArgumentHelp(
      "Go on where a conversion to OUT was interrupted, given the same inputs and options. Where none was, it begins; "
        + "where it is finished, nothing is done."))
  var resume = false

  @Option(help: ArgumentHelp("How many threads work. Default: as many as there are processors.", valueName: "count"))
  var threads: String?

  @Option(
    help: ArgumentHelp(
      "Take options from a YAML file; those on the command line come after and win.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Flag(help: "Print the configuration as YAML that --config reads, and convert nothing.")
  var printConfig = false

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func add(to options: inout ConversionOptions) {
    options.add(.part, part)
    options.add(.resume, resume ? "true" : nil)
    options.add(.threads, threads)
  }
}
