/// A file that takes its place only when it is complete.
///
/// It is written beside its place, as `NAME.partial`, synced, and renamed by ``commit()``. Whoever reads the place sees
/// the file that was there before or the whole new one, also after a crash. Without ``commit()`` nothing changes.
///
/// Two at once for one place would spoil each other: hold a ``FolderLock``.
package struct ReplacementFile: ~Copyable {
  /// The place that the file takes.
  package let path: String
  package let file: File
  private var isCommitted = false

  package init(_ path: String) throws(FileError) {
    self.path = path
    // What a killed process has left.
    try Folder.removeAll(Self.partial(path))
    file = try File(creating: Self.partial(path))
  }

  deinit { if !isCommitted { try? Folder.removeAll(Self.partial(path)) } }

  /// Makes the file durable, under its name.
  package consuming func commit() throws(FileError) {
    try file.sync()
    try Folder.rename(Self.partial(path), replacing: path)
    isCommitted = true
    try Folder.sync(Path.parent(of: path))
  }

  /// Writes a whole text.
  package static func write(_ text: String, to path: String) throws(FileError) {
    let replacement = try ReplacementFile(path)
    try replacement.file.write(text, at: 0)
    try replacement.commit()
  }

  private static func partial(_ path: String) -> String { path + ".partial" }
}
