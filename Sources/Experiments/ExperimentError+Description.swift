internal import PackedSequences

extension ExperimentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .busy(let path, let holder):
      "\(path): \(holder) works there; wait for it to end, or choose another --out"
    case .otherConfiguration(let path, let key, let found, let wanted):
      "\(path): a run is there that was begun with \(key) \(found), not \(wanted); choose another --out, or remove it"
    case .otherDataset(let path, let dataset):
      "\(path): a run is there that was trained on other data than \(dataset) holds; choose another --out, or remove it"
    case .unreadableRun(let path):
      "\(path): not what a finished run leaves; remove the run's folder, and it is made anew"
    case .cannotStart(let program, let reason): "\(program): cannot be started: \(reason); check that it is installed"
    case .wrongList(let option, let wanted, let found): "\(option) wants \(wanted), not \"\(found)\""
    case .unknownName(let option, let name, let hint, let known):
      "\(option): there is no \"\(name)\"\(hint); choose among \(known.joined(separator: ", "))"
    case .varied(let key, let option):
      "\(key) is what is varied here; leave it out"
        + (option.map { ", or say with \($0) which values it takes" } ?? "")
    case .impossible(let setting, let problem, let remedy): "\(setting): \(problem)\(remedy)"
    case .tooManyOrders(let modalities):
      "--orders all means too many orders of \(modalities) modalities; list those that are wanted"
    case .spaceProblem(let source, let key?, let problem): "\(source): \(key): \(problem)"
    case .spaceProblem(let source, nil, let problem): "\(source): \(problem)"
    case .noTrial(let path):
      "\(path): no trial has come to its end, so there is no best one; look at sweep.csv and the logs beside the runs"
    case .notConverter(let folder):
      "grf-data is neither in \(folder) nor on PATH; install it (tools/install), or convert the data yourself and use "
        + "grf-train ablate"
    case .conversionFailed(let line, let log): "the conversion failed (\(log)): \(line)"
    case .otherConversion(let path, let found, let wanted):
      "\(path): the dataset there was converted by \"\(found)\", not \"\(wanted)\"; choose another --out, or remove it"
    }
  }
}

extension ExperimentError: RequestError {
  package var isRequestAtFault: Bool {
    switch self {
    case .wrongList, .unknownName, .varied, .impossible, .tooManyOrders, .spaceProblem: true
    default: false
    }
  }
}
