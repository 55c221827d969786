internal import PackedSequences

/// What can be wrong with a conversion as a whole.
public enum ConversionError: Error, Equatable, Sendable {
  case malformedOption(option: String, text: String)
  case unknownChoice(option: String, text: String, choices: [String])
  case notANumber(option: String, text: String, wanted: String)
  case invalidModalityName(String)
  case unknownModality(option: String, name: String, names: [String])
  case unknownRoot(option: String, root: String, roots: [String])
  case duplicateModality(String)
  case labelsAsModality(root: String)
  case ambiguousLabels(roots: [String])
  case malformedRoot(option: String)
  case needsAlignment(option: String)
  case pivotIsNotAligned(option: String, modality: String)
  case rateOfAligned(root: String)
  case rateAboveSource(modality: String, rate: Double, root: String, source: Double)
  case everyFrameDropped(modality: String, rows: Int, what: String)
  case noModality
  case unknownPreset(String)
  case presetLacks(preset: String, modality: String, roots: [String])
  case presetDimension(preset: String, root: String, modality: String, found: Int, expected: [Int])
  case cannotClip(modality: String, reason: String)
  case relativeTimes(modality: String, first: String, second: String)
  case relativeWithoutLabels(modality: String)
  case absentNotMasked(modality: String, nonfinite: String)
  case emptyTrain
  case outputExists(String)
  case outputNotDataset(path: String, found: String)
  case outputFixed(path: String, what: String)
  case outputBusy(path: String, holder: String)
  case beyondType(modality: String, dimension: String, type: String)
  case unlike(dataset: String, problem: String)
  case likeConflict(option: String)
  case notPart(path: String)
  case partsDiffer(first: String, second: String, what: String)
  case partTwice(first: String, second: String, part: Int, count: Int)
  case partsMissing([Int], count: Int)
  case damagedSource(String)
  case outputIsSource(path: String)
  case cannotResume(folder: String, what: String)
  case cannotAdd(dataset: String, why: String)
  case labelsNeeded(dataset: String, sample: String, labels: String)
}

extension ConversionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformedOption(let option, let text):
      "--\(option) \(text): not understood; give VALUE for every modality, or NAME=VALUE, separated by commas"
    case .unknownChoice(let option, let text, let choices):
      "--\(option) \(text): unknown\(NearestName.hint(text, in: choices)); give one of \(choices.joined(separator: ", "))"
    case .notANumber(let option, let text, let wanted): "--\(option) \(text): give \(wanted)"
    case .invalidModalityName(let name):
      "--modality \(name): a modality's name is made of letters, digits and _, begins with a letter, "
        + "and is neither labels nor sample"
    case .unknownModality(let option, let name, let names):
      "--\(option): there is no modality \"\(name)\"\(NearestName.hint(name, in: names)); "
        + "there are \(names.joined(separator: ", "))"
    case .unknownRoot(let option, let root, let roots):
      "--\(option): no input has the root \"\(root)\"\(NearestName.hint(root, in: roots)); "
        + "there are \(roots.map { "\"\($0)\"" }.joined(separator: ", "))"
    case .duplicateModality(let name): "--modality: \(name) is given twice; choose another name for one"
    case .labelsAsModality(let root):
      "--modality: \"\(root)\" holds the labels; choose other labels with --labels, or none"
    case .ambiguousLabels(let roots):
      "several roots look like labels: \(roots.map { "\"\($0)\"" }.joined(separator: ", ")); name the right one with "
        + "--labels, or none, and take others as inputs with --modality NAME=ROOT"
    case .malformedRoot(let option): "--\(option): names no root; give the name of one"
    case .needsAlignment(let option):
      "--\(option): only says how frames are aligned; give --align ROOT as well, or leave it out"
    case .pivotIsNotAligned(let option, let modality):
      "--\(option) \(modality): the others are aligned to \(modality), which keeps its own rows; leave it out"
    case .rateOfAligned(let root):
      "--rate: cannot be combined with --align \(root), whose rows become every modality's frames; leave one of them out"
    case .rateAboveSource(let modality, let rate, let root, let source):
      "--rate \(modality)=\(Self.text(rate)): \"\(root)\" has \(Self.text(source)) frames a second, and averaging makes "
        + "no more of them; give less, or leave it out"
    case .everyFrameDropped(let modality, let rows, let what):
      "\(modality): all its \(rows) frames in the samples \(what), so --drop-zero-frames leaves none; leave that out, "
        + "or \(modality) by naming the others with --modality"
    case .noModality: "the inputs hold labels only; give sequences of features as well"
    case .unknownPreset(let name):
      "--preset \(name): unknown\(NearestName.hint(name, in: Preset.all.map(\.name))); there are "
        + "\(Preset.all.map(\.name).joined(separator: ", ")), and grf-data presets tells of them"
    case .presetLacks(let preset, let modality, let roots):
      "--preset \(preset): the inputs have no \(modality) among their roots "
        + "\(roots.map { "\"\($0)\"" }.joined(separator: ", ")); give its file as well, name its root with "
        + "--modality \(modality)=ROOT, or name the modalities without it"
    case .presetDimension(let preset, let root, let modality, let found, let expected):
      "--preset \(preset): \"\(root)\" has \(found) columns, but \(modality) of "
        + "\(expected.map { "\($0)" }.joined(separator: " or ")) is expected; name another root with "
        + "--modality \(modality)=ROOT, or give the preset's options yourself (grf-data presets \(preset))"
    case .cannotClip(let modality, let reason):
      "--clip \(modality): \(reason); choose --normalize \(modality)=zscore or robust, or --clip \(modality)=none"
    case .relativeTimes(let modality, let first, let second):
      "\(modality): \(first) and \(second) overlap in time, as most entries of one video do, so their times count from the "
        + "start of each segment; --times-relative \(modality) takes V[k] for segment k of V"
    case .relativeWithoutLabels(let modality):
      "--times-relative \(modality): without labels there are no segments to count from; leave it out"
    case .absentNotMasked(let modality, let nonfinite):
      "--absent mask: \(modality) has --nonfinite \(nonfinite), which masks nothing; choose --nonfinite \(modality)=mask, or "
        + "leave --absent out"
    case .emptyTrain: "no sample is in the train split, so nothing can be normalized; choose other folds with --folds"
    case .outputExists(let path): "\(path): exists already; give --overwrite to replace it, or another folder"
    case .outputNotDataset(let path, let found):
      "\(path): not a dataset (it holds \(found)), so it is not replaced; give another folder"
    case .outputFixed(let path, let what):
      "\(path): is \(what), which cannot be replaced by a dataset; give a folder inside it"
    case .outputBusy(let path, let holder):
      "\(path): another conversion is writing there (\(holder)); wait for it, or give another folder"
    case .beyondType(let modality, let dimension, let type):
      "\(modality): a value of dimension \(dimension) lies beyond the range of \(type) after normalization; choose "
        + (type == "f32" ? "" : "--dtype \(modality)=\(type == "f16" ? "bf16" : "f32") or ") + "another --normalize"
    case .unlike(let dataset, let problem): "--like \(dataset): \(problem)"
    case .likeConflict(let option):
      "--\(option): cannot be combined with --like, which takes it from that dataset; leave one of them out"
    case .notPart(let path):
      "\(path): a finished dataset, no part of one; give the folders that `grf-data convert --part K/N` made"
    case .partsDiffer(let first, let second, let what):
      "\(second): its \(what) differ from those of \(first); make all parts from the same files with the same options"
    case .partTwice(let first, let second, let part, let count):
      "\(second): part \(part) of \(count), as \(first) is; give each part once"
    case .partsMissing(let parts, let count):
      "\(parts.count == 1 ? "part" : "parts") \(parts.map { "\($0)" }.joined(separator: ", ")) of \(count) "
        + "\(parts.count == 1 ? "is" : "are") missing; give all of them"
    case .damagedSource(let finding): finding
    case .outputIsSource(let path): "\(path): is one of the parts; choose another folder for the dataset"
    case .cannotResume(let folder, let what):
      "\(folder): holds \(what), interrupted; give --resume with what it was begun with, or leave out --resume to clear "
        + "it and begin anew"
    case .cannotAdd(let dataset, let why): "\(dataset): cannot be added to: \(why); convert all sequences anew"
    case .labelsNeeded(let dataset, let sample, let labels):
      "\(dataset): whether an entry named \(sample) is that sample's alone only the labels tell; name the file that "
        + "holds \"\(labels)\" as well"
    }
  }
}

extension ConversionError {
  /// At most two decimals, without zeros at the end.
  private static func text(_ rate: Double) -> String { "\((rate * 100).rounded() / 100)".replacing(/\.0$/, with: "") }
}

extension ConversionError: RequestError {
  package var isRequestAtFault: Bool {
    switch self {
    case .presetLacks, .presetDimension, .noModality, .emptyTrain, .relativeTimes, .outputExists, .outputNotDataset,
      .outputFixed,
      .outputBusy, .beyondType, .unlike, .notPart, .partsDiffer, .partTwice, .partsMissing, .damagedSource, .cannotAdd,
      .labelsNeeded, .cannotResume, .everyFrameDropped:
      false
    default: true
    }
  }
}
