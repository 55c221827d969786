internal import PackedSequences

/// What can be wrong with an export or an import as a whole.
public enum ExchangeError: Error, Equatable, Sendable {
  // What is made.
  case exists(path: String)
  case inTheWay(path: String, found: String)
  case busy(path: String, holder: String)
  case notAFolder(path: String, found: String)
  case notAFile(path: String)
  case unknownModality(option: String, name: String, names: [String])
  case longToken(modality: String, sample: String, bytes: Int)
  case arrayTooLarge(array: String)
  case noMemory

  // What is read.
  case notArrays(path: String)
  case pickle(path: String)
  case damagedArchive(path: String, problem: String)
  case damagedArray(path: String, array: String, problem: String)
  case objectArray(path: String, array: String)
  case unknownArray(path: String, option: String, key: String, keys: [String])
}

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
    case .notArrays(let path): "\(path): neither an .npz archive nor HDF5; save the arrays as one of them"
    case .pickle(let path):
      "\(path): a pickle, which may run any program when it is loaded; make it an .npz without that: "
        + "python -m grf_shards.unpickle \(path) OUT.npz"
    case .damagedArchive(let path, let problem): "\(path): \(problem); the file is damaged, fetch or make it again"
    case .damagedArray(let path, let array, let problem): "\(path): the array \(array) \(problem); save it again"
    case .objectArray(let path, let array):
      "\(path): the array \(array) holds Python objects, a pickle that may run any program; save numbers or text "
        + "(pickles of the field: python -m grf_shards.unpickle FILE.pkl OUT.npz)"
    case .unknownArray(let path, let option, let key, let keys):
      "--\(option) \(key): \(path) has no such array\(NearestName.hint(key, in: keys)); it has "
        + keys.prefix(20).joined(separator: ", ") + (keys.count > 20 ? ", …" : "")
    }
  }
}

extension ExchangeError: RequestError {
  package var isRequestAtFault: Bool {
    switch self {
    case .unknownModality: true
    default: false
    }
  }
}
