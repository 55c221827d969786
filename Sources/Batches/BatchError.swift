internal import PackedSequences

/// What can be wrong with a dataset that batches are wanted of.
public enum BatchError: Error, Equatable, Sendable {
  case unknownSplit(path: String, name: String, splits: [String])
  case emptySplit(path: String, name: String)
  case unknownModality(path: String, name: String, modalities: [String])
  case tokens(path: String, name: String, modalities: [String])
  case duplicateModality(String)
  case noLabels(path: String)
  case unknownLabel(path: String, name: String, columns: [String])
  /// `value` is `nan`, `inf` or `-inf`.
  case labelNotFinite(path: String, split: String, sample: String, column: String, value: String)
}

extension BatchError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownSplit(let path, let name, let splits):
      "\(path): there is no split \"\(name)\"\(NearestName.hint(name, in: splits)); \(Self.list(splits)), "
        + "and grf-data convert --folds makes others"
    case .emptySplit(let path, let name):
      "\(path): the split \(name) has no samples; convert again with other --folds"
    case .unknownModality(let path, let name, let modalities):
      "\(path): there is no modality \"\(name)\"\(NearestName.hint(name, in: modalities)); "
        + "\(Self.list(modalities)) with numbers"
    case .tokens(let path, let name, let modalities):
      "\(path): the modality \(name) holds tokens, which cannot be trained on; \(Self.list(modalities)) with numbers"
    case .duplicateModality(let name): "the modality \(name) is wanted twice; name it once"
    case .noLabels(let path):
      "\(path): the samples have no labels; convert again with a label sequence among the inputs "
        + "(grf-data convert … --labels ROOT says which)"
    case .unknownLabel(let path, let name, let columns):
      "\(path): there is no label column \"\(name)\"\(NearestName.hint(name, in: columns)); \(Self.list(columns))"
    case .labelNotFinite(let path, let split, let sample, let column, let value):
      "\(path): the label \(column) of sample \(sample) in \(split) is \(value); correct it in the label sequence, or "
        + "convert again with --drop-unlabelled, which leaves out such samples"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "there is none" : "there \(names.count == 1 ? "is" : "are") \(names.joined(separator: ", "))"
  }
}

extension BatchError: RequestError {
  package var isRequestAtFault: Bool {
    switch self {
    case .unknownSplit, .unknownModality, .tokens, .duplicateModality, .unknownLabel: true
    case .emptySplit, .noLabels, .labelNotFinite: false
    }
  }
}
