public import Files
internal import PackedSequences

/// What can be wrong with labels and folds.
public enum SegmentsError: Error, Equatable, Sendable {
  case malformedFolds(file: String, problem: String)
  case unknownFold(file: String, name: String)
  case videoInTwoFolds(file: String, video: String, first: String, second: String)
  case listedTwice(file: String, id: String, first: String, second: String)
  case malformedRatio(String)
  case malformedFoldCount(String)
  case malformedFold(String?, count: Int)
  case foldWithoutFolds(String)
  case tooFewForFolds(count: Int, found: Int, unit: String)
  /// Names of two samples that look like segments of one recording.
  case segmentsAsVideos([String])
  case unknownFolds(String, hint: String)
  case labelsAreText(path: String, root: String)
  case duplicateSample(path: String, id: String)
  case noLabels(path: String, root: String)
  case unknownLabelColumn(root: String, text: String, names: [String])
  case duplicateLabelColumn(String)
  case labelColumnsWithoutLabels
  case noOverlap(labels: String, modality: String)
  case noRows(modality: String)
  case noSharedEntry(root: String, other: String, roots: [String])
  case noAlignedRows(root: String, modality: String)
  case noSamples(folds: String)
  case file(FileError)
}

extension SegmentsError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformedFolds(let file, let problem):
      "\(file): not a folds file (\(problem)); write {\"train\": [ids], \"valid\": [ids], \"test\": [ids]}"
    case .unknownFold(let file, let name):
      "\(file): unknown fold \"\(name)\"\(NearestName.hint(name, in: Folds.names)); folds are train, valid and test"
    case .videoInTwoFolds(let file, let video, let first, let second):
      "\(file): the video \(video) is in \(first) and in \(second); keep it in one fold, or give --folds-over samples to "
        + "divide recordings"
    case .listedTwice(let file, let id, let first, let second):
      "\(file): \(id) is in \(first) and in \(second); list it once"
    case .malformedRatio(let text):
      "--folds \(text): give three shares that add up to 1, as in ratio:0.7,0.1,0.2"
    case .malformedFoldCount(let text): "--folds \(text): give the number of folds, from 3 to 1000, as in kfold:5"
    case .malformedFold(let text, let count):
      "--fold\(text.map { " " + $0 } ?? ""): give the number of the fold to test, from 1 to \(count)"
    case .foldWithoutFolds(let text):
      "--fold \(text): chooses one of --folds kfold:N; give that as well, or leave it out"
    case .tooFewForFolds(let count, let found, let unit):
      "--folds kfold:\(count): there are only \(found) \(unit); give fewer folds"
    case .segmentsAsVideos(let names):
      "names such as \(names.joined(separator: " and ")) look like segments of one recording, and a random split would "
        + "part it; give --folds FILE, rename them VIDEO[k], or say what they are with --folds-over samples or videos"
    case .unknownFolds(let text, let hint):
      "--folds \(text): unknown\(hint); give auto, cmu-mosi, cmu-mosei, none, ratio:a,b,c, kfold:n or a .json file"
    case .labelsAreText(let path, let root):
      "\(path): the labels \"\(root)\" are text, but numbers are wanted; choose another root with --labels"
    case .duplicateSample(let path, let id):
      "\(path): the segment \(id) is there twice, as a row and an entry or under two spellings; remove one"
    case .noLabels(let path, let root):
      "\(path): the labels \"\(root)\" hold no rows; choose another root with --labels, or none"
    case .unknownLabelColumn(let root, let text, let names):
      "--label-columns: \"\(text)\" is no column of \"\(root)\"\(NearestName.hint(text, in: names)); there are "
        + names.enumerated().map { "\($0) \($1)" }.joined(separator: ", ")
    case .duplicateLabelColumn(let name): "--label-columns: \(name) is given twice; list it once"
    case .labelColumnsWithoutLabels:
      "--label-columns: there are no labels; give their file as well, name their root with --labels, or leave it out"
    case .noOverlap(let labels, let modality):
      "no frame of \"\(modality)\" lies in any segment of \"\(labels)\"; the files do not belong together, "
        + "check their entries and times with `grf-data info`, or leave it out by naming the others with --modality"
    case .noSharedEntry(let root, let other, let roots):
      "--align \(root): \"\(root)\" and \"\(other)\" share no entry; check their entries with `grf-data info`, or align to "
        + "another root, there are \(roots.map { "\"\($0)\"" }.joined(separator: ", "))"
    case .noAlignedRows(let root, let modality):
      "--align \(root): no frame of \"\(modality)\" overlaps any of its rows in a sample; the files do not belong "
        + "together, check their times with `grf-data info`, or leave it out by naming the others with --modality"
    case .noRows(let root):
      "the root \"\(root)\" holds no rows; leave it out by naming the others with --modality"
    case .noSamples(let folds):
      "no sample is left: none of the videos is in the folds (\(folds)); choose others with --folds"
    case .file(let error): error.description
    }
  }
}

extension SegmentsError: RequestError {
  package var isRequestAtFault: Bool {
    switch self {
    case .malformedRatio, .malformedFoldCount, .malformedFold, .foldWithoutFolds, .tooFewForFolds, .unknownFolds,
      .unknownLabelColumn, .duplicateLabelColumn, .labelColumnsWithoutLabels:
      true
    default: false
    }
  }
}
