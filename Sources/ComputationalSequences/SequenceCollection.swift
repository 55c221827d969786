internal import Files

/// All sequences of a number of files and folders.
public final class SequenceCollection {
  public let files: [SequenceFile]

  /// Opens files, and the `.csd` files directly in folders.
  ///
  /// - Throws: ``SequenceError``, also where two files hold a root of the same name. Entries that do not fit are told by
  ///   ``unfit``.
  public convenience init(_ inputs: [String]) throws(SequenceError) {
    let (files, failures) = Self.open(try Self.paths(inputs))
    if let failure = failures.first { throw failure.error }
    self.init(files)
  }

  package init(_ files: [SequenceFile]) { self.files = files }

  /// Opens files one by one: those that can be read, and why the others cannot.
  package static func open(
    _ paths: [String]
  ) -> (files: [SequenceFile], failures: [(path: String, error: SequenceError)]) {
    var files: [SequenceFile] = []
    var failures: [(path: String, error: SequenceError)] = []
    var seen: [String: String] = [:]
    for path in paths {
      do throws(SequenceError) {
        let file = try SequenceFile(path)
        for root in file.roots {
          if let first = seen[root.name] { throw .duplicateRoot(root: root.name, first: first, second: path) }
        }
        for root in file.roots { seen[root.name] = path }
        files.append(file)
      } catch {
        failures.append((path, error))
      }
    }
    return (files, failures)
  }

  public var roots: [SequenceRoot] { files.flatMap(\.roots) }

  /// The entries that do not fit, in the order of files, roots and entries.
  package var unfit: [UnfitEntry] { roots.flatMap(\.unfit) }

  /// Looks for everything that does not fit, also among intervals, and leaves it out.
  package func leaveOutUnfit() throws {
    for file in files { try file.leaveOutInvalidIntervals() }
  }

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
