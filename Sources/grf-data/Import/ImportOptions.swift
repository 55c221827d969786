import ArgumentParser
import Conversion
import Exchange
import PackedSequences
import Segments

/// Which arrays are what.
struct ArrayOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A modality and its array, by the key without the split. Repeat it for more; only those are then taken.",
      valueName: "name=key"))
  var array: [String] = []

  @Option(help: ArgumentHelp("The array of labels, or none.", valueName: "key"))
  var labels: String?

  @Option(help: ArgumentHelp("Names for the columns of labels, separated by commas.", valueName: "names"))
  var labelNames: String?

  @Option(help: ArgumentHelp("The array of sample ids.", valueName: "key"))
  var ids: String?

  @Option(help: ArgumentHelp("The array of starts and ends in seconds.", valueName: "key"))
  var intervals: String?

  @Option(help: ArgumentHelp("The array that names each sample's split.", valueName: "key"))
  var split: String?

  @Option(
    help: ArgumentHelp(
      "Where the files tell no split: as in convert. Default: auto.", valueName: "folds"),
    completion: .file(extensions: ["json"]))
  var folds: String?

  @Option(help: ArgumentHelp("As in convert: which fold of --folds kfold:N is tested.", valueName: "number"))
  var fold: String?

  @Option(
    help: ArgumentHelp("As in convert: what folds keep in one split, videos or samples.", valueName: "unit"),
    completion: .list(FoldUnit.allCases.map(\.rawValue)))
  var foldsOver: String?

  @Option(
    help: ArgumentHelp("A modality and the array of its lengths, frames a sample.", valueName: "name=key"))
  var lengths: [String] = []

  @Option(
    help: ArgumentHelp("A modality and the array of its masks, true where a frame is.", valueName: "name=key"))
  var mask: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where padding stands in arrays with lengths, left or right. Default: right, or what the file says.",
      valueName: "side"), completion: .list(PaddingSide.allCases.map(\.rawValue)))
  var pad: String?

  @Option(
    help: ArgumentHelp(
      "Take rows of zeros at this end for padding: left, right or both. Only for arrays without lengths and mask; without "
        + "it every row is a frame.", valueName: "end"))
  var zeroRowsArePadding: String?

  func mapping() throws -> ImportMapping {
    var mapping = ImportMapping()
    mapping.arrays = try pairs("array", array)
    mapping.labels = labels
    mapping.labelNames = labelNames?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    mapping.ids = ids
    mapping.intervals = intervals
    mapping.split = split
    for (name, key) in try pairs("lengths", lengths) { mapping.lengths[name] = key }
    for (name, key) in try pairs("mask", mask) { mapping.masks[name] = key }
    mapping.side = try pad.map { try Choice.parse("pad", $0) }
    mapping.zeroPadding = try zeroRowsArePadding.map { try Choice.parse("zero-rows-are-padding", $0) }
    return mapping
  }

  private func pairs(_ option: String, _ texts: [String]) throws -> [(name: String, key: String)] {
    var pairs: [(name: String, key: String)] = []
    for text in texts {
      guard let equals = text.firstIndex(of: "="), case let key = text[text.index(after: equals)...], !key.isEmpty
      else {
        throw ValidationError("--\(option) \(text): give NAME=KEY, a modality and the key of an array")
      }
      let name = String(text[..<equals])
      guard ModalityName.isValid(name) else {
        throw ValidationError(
          "--\(option) \(text): a modality's name is made of letters, digits and _, begins with a letter, and is neither "
            + "labels nor sample")
      }
      guard !pairs.contains(where: { $0.name == name }) else {
        throw ValidationError("--\(option): \(name) is given twice; choose another name for one")
      }
      pairs.append((name, String(key)))
    }
    return pairs
  }
}

/// What is done to frames, in this order; without any of it they stay as they are.
struct ImportFrameOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Columns to keep: numbers from 0, ranges, or names, as in audio=1,3,6-9.", valueName: "columns"))
  var select: [String] = []

  @Option(help: ArgumentHelp("Leave out frames of this modality that are all zeros.", valueName: "modality"))
  var dropZeroFrames: [String] = []

  @Option(help: ArgumentHelp("At most so many frames a sample, as in audio=375.", valueName: "count"))
  var maxFrames: [String] = []

  @Option(
    help: ArgumentHelp("Which frames --max-frames keeps: first or last. Default: first.", valueName: "end"))
  var keep: [String] = []

  @Option(
    help: ArgumentHelp(
      "What becomes of NaN and infinite values: zero, mask or error. Default: zero; mask where a mask leaves out frames.",
      valueName: "policy"))
  var nonfinite: [String] = []

  @Option(
    help: ArgumentHelp(
      "zscore, minmax, robust or none, by statistics of the train split. Default: none.", valueName: "how"))
  var normalize: [String] = []

  @Option(
    help: ArgumentHelp("Hold normalized values within plus and minus so many deviations.", valueName: "sigmas"))
  var clip: [String] = []

  @Option(
    help: ArgumentHelp("f32, f16 or bf16. Default: f32, or f16 for arrays of it.", valueName: "type"))
  var dtype: [String] = []

  func add(to options: inout ConversionOptions) {
    options.add(.select, select)
    options.add(.dropZeroFrames, dropZeroFrames)
    options.add(.maxFrames, maxFrames)
    options.add(.keep, keep)
    options.add(.nonfinite, nonfinite)
    options.add(.normalize, normalize)
    options.add(.clip, clip)
    options.add(.dtype, dtype)
  }
}
