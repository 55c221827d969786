/// An open file that threads share.
package final class SharedFile: Sendable {
  package let file: File

  package init(_ file: consuming File) { self.file = file }
}

extension OpenFolder {
  /// What is put behind the name of a file that is not yet whole.
  package static let partialSuffix = ".partial"

  /// Writes a file that takes its place only when it is whole.
  ///
  /// It is written as `NAME.partial`, synced, and renamed: whoever reads the place sees what was there before or the
  /// whole new file, also after a crash. Where `write` fails, nothing has changed.
  ///
  /// Two at once for one place would spoil each other: hold a ``FolderLock``.
  package func replace<Failure: Error>(
    _ name: String, reporting failure: (FileError) -> Failure, _ write: (SharedFile) throws(Failure) -> Void
  ) throws(Failure) {
    let partial = name + Self.partialSuffix
    do throws(Failure) {
      do throws(FileError) {
        // What a killed process has left.
        try remove(partial)
      } catch { throw failure(error) }
      let file: SharedFile
      do throws(FileError) { file = SharedFile(try File(creating: partial, in: self)) } catch { throw failure(error) }
      try write(file)
      do throws(FileError) {
        try file.file.sync()
        try rename(partial, replacing: name)
        try sync()
      } catch { throw failure(error) }
    } catch {
      try? remove(partial)
      throw error
    }
  }
}
