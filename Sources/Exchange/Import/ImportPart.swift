internal import Files

/// The arrays of one split in one file, by their names without the split.
struct ImportPart {
  let file: any ArrayFile
  /// Nil: not told by the file.
  let split: String?
  /// By name: the array.
  let arrays: [String: ArrayInfo]
  let description: ArrayDescription?

  var names: [String] { arrays.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  /// Opens a file, and divides its arrays.
  ///
  /// - Parameter split: what the user says that the file holds; its keys are then taken as they are.
  static func parts(of path: String, split: String?) throws -> [ImportPart] {
    let file = try open(path)
    let description = try ArrayDescription(of: file)
    let all = file.arrays.filter { $0.key != ArrayDescription.key }
    if let split { return [ImportPart(file: file, split: split, arrays: byName(all), description: description)] }
    var bySplit: [String: [String: ArrayInfo]] = [:]
    var shared: [String: ArrayInfo] = [:]
    for info in all {
      if let (split, name) = KnownArrays.parted(info.key) {
        if let other = bySplit[split, default: [:]].updateValue(info, forKey: name) {
          throw ExchangeError.ambiguousKeys(path: path, first: other.key, second: info.key)
        }
      } else {
        shared[info.key] = info
      }
    }
    // One lone name that looks like a split's is none.
    guard bySplit.count > 1 || bySplit["train"] != nil || bySplit["all"] != nil else {
      return [ImportPart(file: file, split: nil, arrays: byName(all), description: description)]
    }
    return ["train", "valid", "test", "all"].compactMap { split in
      bySplit[split].map { ImportPart(file: file, split: split, arrays: $0, description: description) }
    }
  }

  private static func byName(_ arrays: [ArrayInfo]) -> [String: ArrayInfo] {
    Dictionary(arrays.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func open(_ path: String) throws -> any ArrayFile {
    guard let status = try FileStatus.of(path) else { throw ExchangeError.missing(path: path) }
    guard status.isRegularFile else { throw ExchangeError.notArrays(path: path, found: .unknown) }
    let kind = FileKind(head: try File(reading: path).read(bytes: min(FileKind.headBytes, status.size), at: 0))
    switch kind {
    case .zip, .numpyArchive: return try NumPyFile(path)
    case .hdf5:
      let file = try HDF5ArrayFile(path)
      let isSequence = file.arrays.contains {
        ($0.key.hasSuffix("/features") || $0.key.hasSuffix("/intervals")) && $0.key.contains("/data/")
      }
      if isSequence { throw ExchangeError.isSequence(path: path) }
      return file
    default: throw ExchangeError.notArrays(path: path, found: kind)
    }
  }

  /// The array of a name, or of a whole key of the file.
  func array(_ name: String) -> ArrayInfo? { arrays[name] ?? arrays.values.first { $0.key == name } }

  /// The array that an option names.
  func array(_ name: String, option: String) throws -> ArrayInfo {
    if let info = array(name) { return info }
    throw ExchangeError.unknownArray(path: file.path, option: option, key: name, keys: names)
  }

  /// The first of `names` that is there and can be read.
  func first(of names: [String]) -> ArrayInfo? {
    names.lazy.compactMap { arrays[$0] }.first { $0.problem == nil }
  }
}
