internal import Files

/// The folder of an experiment, for the one process that works there.
///
/// The lock ends with the process, however it ends.
package struct ExperimentFolder: ~Copyable {
  package let path: String
  private let lock: FolderLock

  private static let ownerName = ".owner"

  /// Makes the folder where it is missing, and takes it.
  ///
  /// - Throws: ``ExperimentError/busy(path:holder:)``.
  package init(_ path: String) throws(ExperimentError) {
    let path = Path.trimmed(path)
    let ownerPath = Path.join(path, Self.ownerName)
    try ExperimentError.files { () throws(FileError) in
      try Folder.createAll(path)
      try Folder.createAll(Path.join(path, Self.runsName))
    }
    let lock = try ExperimentError.files { () throws(FileError) in
      try FolderLock(creating: Folder.resolved(path), patience: 500)
    }
    guard let lock else {
      let owner = try? File.contents(of: ownerPath)
      throw .busy(path: path, holder: owner.map { String(decoding: $0, as: UTF8.self) } ?? "another process")
    }
    try ExperimentError.files { () throws(FileError) in
      try ReplacementFile.write("process \(FolderLock.processID) on \(FolderLock.hostName)", to: ownerPath)
    }
    self.path = path
    self.lock = lock
  }

  deinit { try? Folder.removeAll(Path.join(path, Self.ownerName)) }

  private static let runsName = "runs"

  /// Where the folders of the runs are.
  package var runs: String { Path.join(path, Self.runsName) }

  package func file(_ name: String) -> String { Path.join(path, name) }

  /// Writes a file, which takes its place in one step.
  package func write(_ text: String, to name: String) throws(ExperimentError) {
    let target = file(name)
    try ExperimentError.files { () throws(FileError) in try ReplacementFile.write(text, to: target) }
  }
}
