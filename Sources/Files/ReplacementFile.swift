/// A file that takes its place only when it is complete.
///
/// It is written beside its place, as `NAME.partial` or under a name of the process's own, synced, and renamed by ``commit()``. Whoever reads the place sees
/// the file that was there before or the whole new one, also after a crash. Without ``commit()`` nothing changes.
///
/// Two at once for one place would spoil each other, unless each has a name of its own: hold a ``FolderLock``.
package struct ReplacementFile: ~Copyable {
  /// The place that the file takes.
  package let path: String
  package let file: File
  private let partial: String
  private var isCommitted = false

  /// - Parameter isShared: whether other processes may write to the place meanwhile: then the file's first name holds the
  ///   process's number, and the last one to commit wins. What a killed process has left stays.
  /// - Throws: ``FileError`` with ``FileError/Operation-swift.enum/replace`` where what stands there is no file: a device such as
  ///   `/dev/full` would be replaced, too.
  package init(_ path: String, isShared: Bool = false) throws(FileError) {
    self.path = path
    partial = isShared ? "\(path).\(FolderLock.processID).partial" : path + ".partial"
    file = try Self.create(partial, for: path)
  }

  private static func create(_ partial: String, for path: String) throws(FileError) -> File {
    if let found = try FileStatus.of(path), !found.isRegularFile { throw FileError(.replace, path, code: 0) }
    // What a killed process has left.
    try Folder.removeAll(partial)
    return try File(creating: partial)
  }

  deinit { if !isCommitted { try? Folder.removeAll(partial) } }

  /// Makes the file durable, under its name.
  package consuming func commit() throws(FileError) {
    try file.sync()
    try Folder.rename(partial, replacing: path)
    isCommitted = true
    try Folder.sync(Path.parent(of: path))
  }

  /// Writes a whole text.
  package static func write(_ text: String, to path: String) throws(FileError) {
    let replacement = try ReplacementFile(path)
    try replacement.file.write(text, at: 0)
    try replacement.commit()
  }
}
