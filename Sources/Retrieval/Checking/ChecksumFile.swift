internal import Files
internal import Synchronization

/// The `SHA256SUMS` of a folder, for several threads; the file is whole at any moment.
final class ChecksumFile: Sendable {
  private let path: String
  private let list: Mutex<ChecksumList>

  /// Reads what is there.
  init(in folder: String) throws(RetrievalError) {
    let path = Path.join(folder, ChecksumList.fileName)
    self.path = path
    let there = try onDisk { () throws(FileError) in
      try FileStatus.of(path) == nil ? [] : try File.contents(of: path)
    }
    list = Mutex(ChecksumList(parsing: there))
  }

  func digests(of name: String) -> [String] { list.withLock { $0.digests(of: name) } }

  /// Sets a file's digest, on disk, too.
  func record(_ digest: String, of name: String) throws(RetrievalError) {
    let failure = list.withLock { list -> FileError? in
      if list.digests(of: name) == [digest] { return nil }
      list.record(digest, of: name)
      do throws(FileError) {
        let replacement = try ReplacementFile(path)
        try replacement.file.write(list.bytes, at: 0)
        try replacement.commit()
        return nil
      } catch { return error }
    }
    if let failure { throw .file(failure) }
  }
}
