internal import PackedSequences

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .unknownPreset(let name):
      "--preset \(name): there is no such preset\(NearestName.hint(name, in: RunConfiguration.presetNames)); "
        + "choose one of \(RunConfiguration.presetNames.joined(separator: ", "))"
    case .notYAML(let source, let problem): "\(source): not YAML (\(problem)); correct it"
    case .notConfiguration(let source, nil):
      "\(source): not a configuration; write NAME: VALUE lines below model:, training: and data:, as a run's config.yaml "
        + "has them"
    case .notConfiguration(let source, let section?):
      "\(source): \(section) is not a section; write its values as NAME: VALUE lines below it"
    case .unknownKey(let source, let key, let hint):
      "\(source): there is no setting \"\(key)\"\(hint); correct its name, or remove it"
    case .wrongValue(let source, let key, let wanted, let found):
      "\(source): \(key) wants \(wanted), not \(Self.cut(found))"
    case .notAssignment(let text): "--set \(text): write NAME=VALUE, as in --set model.d_model=128"
    case .unusedKey(let key, let setting):
      "\(key) means nothing with \(setting); leave it out, or change \(setting.prefix { $0 != " " })"
    case .orderLength(let found, true):
      "model.component single wants one modality\(found.isEmpty ? "" : ", not \(Self.list(found))"); name it, as in "
        + "--order text"
    case .orderLength(let found, false):
      "data.order wants two or more different modalities, not \(Self.list(found)) alone; name more, or set "
        + "model.component=single"
    case .oddWidth(let width): "model.d_model \(width) is odd, and grf needs an even one; make it even"
    case .unevenHeads(let width, let heads):
      "model.d_model \(width) cannot be shared among \(heads) heads; make it a multiple, or change model.num_heads"
    case .minimumAboveLearningRate(let minimum, let rate):
      "training.learning_rate \(rate) is below training.min_learning_rate \(minimum); lower the minimum, too"
    case .tooFewModalities(let path, let found):
      "\(path): \(found.isEmpty ? "no modality holds" : "only \(Self.list(found)) holds") numbers, and two are the least "
        + "that can be fused; convert more modalities into it"
    case .missingSplit(let path, let name, let found):
      "\(path): it has no split \(name), but \(found.isEmpty ? "none at all" : Self.list(found)); a training needs train, "
        + "valid and test: convert the data with --folds"
    case .checkpointFormat(.file(let error)): error.description
    case .checkpointFormat(let error):
      "\(error.path): not a usable safetensors file: \(error.problem); give a checkpoint of grf-train, or one that "
        + "safetensors.torch.save_file wrote"
    case .checkpointMetadata(let path, let key):
      "\(path): its metadata have no usable \"\(key)\"; the checkpoint is damaged, restore it"
    case .unusableTensor(let path, let tensor, let type):
      "\(path): \(tensor) is \(type); save it as F32, F16, BF16 or F64"
    case .tensorMismatch(let path, let missing, let superfluous, let misshapen):
      "\(path): its tensors are not the model's: "
        + Self.differences(missing, superfluous, misshapen)
        + "; give the preset, order and settings that it was trained with"
    case .notAModel(let path, let tensor):
      "\(path): no tensor \(tensor) in it, so this is no model of ours; give a checkpoint of GRF or MulT"
    case .dimensionMismatch(let path, let modality, let expected, let found):
      "\(path): it was trained on \(expected) dimensions of \(modality), but the dataset has \(found); convert the data as it "
        + "was for the training (grf-data convert --like)"
    case .modalityMismatch(let path, let modality, let dataset):
      "\(path): it was trained on the modality \(modality), which \(dataset) lacks; convert the data with it"
    case .statisticsMismatch(let path, let dataset):
      "\(path): \(dataset) was normalized by other statistics than those it was trained with; convert the data with "
        + "--like, or go on with --force"
    case .contentMismatch(let path, let dataset):
      "\(path): \(dataset) no longer holds what the run was trained on; restore it, or start a new run"
    case .outputInUse(let path, let what): "\(path): this is \(what); give --output the name of another file"
    case .runExists(let path): "\(path): there is a run already; go on with --resume \(path), or choose another --out"
    case .folderInUse(let path): "\(path): the folder holds other files; choose a new or an empty one for --out"
    case .runLocked(let path): "\(path): another process trains there; wait for it to end, or choose another --out"
    case .notARun(let path): "\(path): no run is there (no config.yaml in it); give the folder of a run"
    case .nothingToResume(let path):
      "\(path): the run has no last.safetensors yet, so there is nothing to resume; remove it, and train anew"
    case .metricsLine(let path, let line):
      "\(path): line \(line) is not a line of metrics; remove it"
    case .notFinite(let epoch, let step, let what, let samples, let place):
      "epoch \(epoch), step \(step): the \(what.rawValue) is not a finite number, first in \(place); its samples are "
        + "\(Self.list(samples)); look at their values (grf-data show), or lower training.learning_rate"
    case .noBestEpoch(let epochs):
      "after \(epochs) epochs no valid MAE was a number; look at the labels of the valid split"
    }
  }

  /// The values of a document that came from outside may be of any length.
  private static func cut(_ text: String) -> String { text.count > 60 ? text.prefix(60) + "…" : text }

  private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }

  /// Names beyond these are only counted.
  private static let greatestList = 24

  private static func differences(
    _ missing: [String], _ superfluous: [String], _ misshapen: [MisshapenTensor]
  ) -> String {
    func part(_ title: String, _ items: [String]) -> String? {
      if items.isEmpty { return nil }
      let more = items.count - greatestList
      return "\(title) \(list(Array(items.prefix(greatestList))))" + (more > 0 ? " and \(more) more" : "")
    }
    let shapes = misshapen.map { "\($0.name) \($0.found) instead of \($0.expected)" }
    return [part("missing", missing), part("superfluous", superfluous), part("misshapen", shapes)]
      .compactMap(\.self).joined(separator: "; ")
  }
}

extension TrainingError: RequestError {
  package var isRequestAtFault: Bool {
    switch self {
    case .unknownPreset, .notYAML, .notConfiguration, .unknownKey, .wrongValue, .notAssignment, .unusedKey,
      .orderLength, .oddWidth,
      .unevenHeads, .minimumAboveLearningRate:
      true
    default: false
    }
  }
}
