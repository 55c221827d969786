internal import Files

/// Runs what works on files, so that its failures are this module's.
func onDisk<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(RetrievalError) -> Result {
  do throws(FileError) { return try body() } catch { throw .file(error) }
}

func onDisk<Result>(
  _ file: borrowing File, _ body: (borrowing File) throws(FileError) -> Result
) throws(RetrievalError) -> Result {
  do throws(FileError) { return try body(file) } catch { throw .file(error) }
}
