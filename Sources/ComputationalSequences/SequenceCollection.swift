internal import Files

/// All sequences of a number of files and folders.
public final class SequenceCollection {
  public let files: [SequenceFile]

  /// Opens files, and the `.csd` files directly in folders.
  ///
  /// - Throws: ``SequenceError``, also where two files hold a root of the same name.
  public init(_ inputs: [String]) throws(SequenceError) {
    var files: [SequenceFile] = []
    var seen: [String: String] = [:]
    for path in try Self.paths(inputs) {
      let file = try SequenceFile(path)
      for root in file.roots {
        if let first = seen.updateValue(path, forKey: root.name) {
          throw .duplicateRoot(root: root.name, first: first, second: path)
        }
      }
      files.append(file)
    }
    self.files = files
  }

  public var roots: [SequenceRoot] { files.flatMap(\.roots) }

  package func root(_ name: String) -> (file: SequenceFile, root: SequenceRoot)? {
    for file in files {
      if let root = file.roots.first(where: { $0.name == name }) { return (file, root) }
    }
    return nil
  }

  /// The files that `inputs` stand for, in order, each once.
  package static func paths(_ inputs: [String]) throws(SequenceError) -> [String] {
    var paths: [String] = []
    for input in inputs {
      guard let status = try SequenceError.wrapping({ () throws(FileError) in try FileStatus.of(input) }) else {
        throw .notFound(path: input)
      }
      guard status.isFolder else {
        paths.append(input)
        continue
      }
      let names = try SequenceError.wrapping { () throws(FileError) in try Folder.list(input) }
        .filter { $0.hasSuffix(".csd") }
      if names.isEmpty { throw .noSequences(folder: input) }
      paths += names.map { Path.join(input, $0) }
    }
    var seen: Set<String> = []
    return paths.filter { seen.insert($0).inserted }
  }
}
