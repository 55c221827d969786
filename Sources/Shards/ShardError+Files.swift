internal import Files

extension ShardError {
  /// Runs what may fail in the file system; its errors become ``file(_:)``.
  static func files<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(ShardError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
  }
}
