internal import PackedSequences

extension ExchangeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exists(let path): "\(path): exists already; give --overwrite to replace it, or another name"
    case .inTheWay(let path, let found):
      "\(path): holds \(found), which no export has made, so it is not replaced; give another name, or clear it yourself"
    case .busy(let path, let holder): "\(path): \(holder) is writing there; wait for it, or give another name"
    case .notAFolder(let path, let found): "\(path): \(found), where a folder is to be made; give another name"
    case .notAFile(let path): "\(path): no regular file, where one is to be made; give another name"
    case .unknownModality(let option, let name, let names):
      "--\(option): there is no modality \"\(name)\"\(NearestName.hint(name, in: names)); "
        + "there are \(names.joined(separator: ", "))"
    case .longToken(let modality, let sample, let bytes):
      "\(modality): the longest token of sample \(sample) has \(bytes) bytes, more than a .csd string may have (1 MiB, "
        + "and 64 MiB a sample); export it as npz"
    case .arrayTooLarge(let array): "\(array): more bytes than a file can hold; give a shorter length with --pad-to"
    case .noMemory: "no memory is left for a compressor; close other programs"
    case .notArrays(let path, let found):
      "\(path): \(found.explanation ?? "neither an .npz archive nor HDF5; save the arrays as one of them")"
    case .damagedArchive(let path, let problem): "\(path): \(problem); the file is damaged, fetch or make it again"
    case .damagedArray(let path, let array, let problem): "\(path): the array \(array) \(problem); save it again"
    case .objectArray(let path, let array):
      "\(path): the array \(array) holds Python objects, a pickle that may run any program; save numbers or text "
        + "(pickles of the field: python -m grf_shards.unpickle FILE.pkl OUT.npz)"
    case .unknownArray(let path, let option, let key, let keys):
      "--\(option) \(key): \(path) has no such array\(NearestName.hint(key, in: keys)); it has "
        + Self.list(keys)
    case .missing(let path): "\(path): no such file; check the path"
    case .isSequence(let path): "\(path): a computational sequence, not arrays; read it with grf-data convert"
    case .ambiguousKeys(let path, let first, let second):
      "\(path): \(first) and \(second) are names of one array of one split; rename one"
    case .noModality(let path, let keys):
      "\(path): no array has a known name (text, audio, vision, words, …); say which to take with --array NAME=KEY; "
        + "it has \(Self.list(keys))"
    case .missingArray(let path, let split, let name):
      "\(path): \(split.map { "the split \($0) has" } ?? "it has") no array for \(name), which the first split has"
    case .wrongShape(let path, let array, let found, let type, let wanted):
      "\(path): the array \(array) is \(found) of \(type), but \(wanted) is wanted"
    case .sampleCount(let path, let array, let found, let expected):
      "\(path): the array \(array) has \(found) rows, but \(expected) are wanted, as many as the others have"
    case .noSamples: "the arrays hold no sample; give others"
    case .labelsDiffer(let path, let widths):
      "\(path): the splits have \(widths.map(String.init).joined(separator: ", ")) labels a sample; "
        + "give all the same, or --labels none"
    case .labelNames(let given, let columns):
      "--label-names: \(given) names for \(columns) columns of labels; give as many, each another one"
    case .invalidInterval(let path, let array, let sample, let start, let end):
      "\(path): the array \(array) has the interval [\(start), \(end)] for sample \(sample); starts and ends must be finite "
        + "and in order"
    case .unknownSplit(let path, let array, let name):
      "\(path): the array \(array) names the split \"\(name)\"; train, valid (val, dev) and test are known"
    case .foldsGiven(let splits):
      "--folds: the files tell the splits themselves (\(splits.joined(separator: ", "))); leave it out"
    case .undividedAmongSplits(let path):
      "\(path): tells no split, but another input does; name it, as in train=\(path)"
    case .twoSplits(let path, let split):
      "--split: \(path) tells the split \(split) by itself; leave the option out"
    case .noTimes: "--times keep: the arrays do not tell when frames were; leave it out"
    case .maskedFrames(let modality):
      "--nonfinite error: \(modality) has masked frames, whose values are unknown; leave it out for \(modality)"
    }
  }

  private static func list(_ keys: [String]) -> String {
    keys.isEmpty ? "none" : keys.prefix(20).joined(separator: ", ") + (keys.count > 20 ? ", …" : "")
  }
}

extension ExchangeError: RequestError {
  package var isRequestAtFault: Bool {
    switch self {
    case .unknownModality, .unknownArray, .labelNames, .foldsGiven, .undividedAmongSplits, .twoSplits, .noTimes,
      .maskedFrames:
      true
    default: false
    }
  }
}
