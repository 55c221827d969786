public import Files

/// What can be wrong with a computational sequence file. Cases carry the facts; ``description`` says what, where, and
/// what to do.
public enum SequenceError: Error, Equatable, Sendable {
  case notFound(path: String)
  case emptyFile(path: String)
  case notHDF5(path: String, found: FileKind)
  /// libhdf5 refused; `reason` is the innermost line of its error stack.
  case unreadable(path: String, object: String, reason: String)
  case noRoots(path: String)
  case noSequences(folder: String)
  case missingObject(path: String, object: String)
  case notText(path: String, object: String)
  case wrongRank(path: String, dataset: String, found: Int)
  case wrongIntervalWidth(path: String, dataset: String, found: Int)
  case lengthMismatch(path: String, entry: String, features: Int, intervals: Int)
  case dimensionMismatch(path: String, entry: String, found: Int, expected: Int, expectedIn: String)
  case kindMismatch(path: String, entry: String, expectedIn: String)
  case unsupportedType(path: String, dataset: String, found: String)
  case missingFilter(path: String, dataset: String, filter: String)
  /// Values that no file holds.
  case absentBytes(path: String, dataset: String, problem: String, remedy: String)
  case duplicateEntry(path: String, entry: String)
  case duplicateRoot(root: String, first: String, second: String)
  /// At least one; in the order of the files, roots and entries.
  case unfitEntries([UnfitEntry])
  case invalidInterval(path: String, entry: String, row: Int, start: Double, end: Double)
  case damagedChunk(path: String, dataset: String, row: Int, column: Int, reason: String)
  case cannotWrite(path: String, object: String, reason: String)
  case file(FileError)
}

extension SequenceError {
  /// Runs `body` and passes its failure on as one of a sequence file.
  static func wrapping<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(SequenceError) -> Result {
    do { return try body() } catch { throw .file(error) }
  }
}

extension SequenceError {
  /// What to do about what libhdf5 says. A file that a writer left open, or that a newer library wrote, is not damaged.
  static func remedy(_ reason: String, path: String) -> String {
    if reason.contains("already open for") {
      return
        "the program that wrote it did not close it; once nobody writes it any more, clear the mark with h5clear -s \(path)"
    }
    if reason.contains("version number") || reason.contains("unknown version") {
      return "its format is newer than the installed HDF5 (or it is damaged); rewrite it where a newer one is: "
        + "h5repack --low=0 --high=2 \(path) OUT.csd"
    }
    return "the file is damaged or was cut short, fetch it again"
  }
}

extension SequenceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound(let path): "\(path): no such file or folder; check the path"
    case .emptyFile(let path): "\(path): the file is empty; download it again"
    case .notHDF5(let path, let found):
      "\(path): not an HDF5 file\(found.explanation.map { " but " + $0 } ?? "; a computational sequence (.csd) is wanted here")"
    case .unreadable(let path, let object, let reason):
      "\(path): \(object) cannot be read (\(reason)); \(Self.remedy(reason, path: path))"
    case .noRoots(let path):
      "\(path): no computational sequence in it (no group that holds data/ENTRY); give a .csd file"
    case .noSequences(let folder): "\(folder): no .csd file in this folder; give the folder that holds them"
    case .missingObject(let path, let object): "\(path): \(object) is missing; not a whole computational sequence"
    case .notText(let path, let object): "\(path): the name of \(object) is not UTF-8; rename it"
    case .wrongRank(let path, let dataset, let found):
      "\(path): \(dataset) has \(found) dimension\(found == 1 ? "" : "s"), but rows and columns (2) are wanted; "
        + "store it as a table"
    case .wrongIntervalWidth(let path, let dataset, let found):
      "\(path): \(dataset) has \(found) column\(found == 1 ? "" : "s"), but start and end (2) are wanted; "
        + "store a pair a row"
    case .lengthMismatch(let path, let entry, let features, let intervals):
      "\(path): \(entry) has \(features) rows of features but \(intervals) intervals; the entry must be repaired or removed"
    case .dimensionMismatch(let path, let entry, let found, let expected, let expectedIn):
      "\(path): \(entry) has \(found) columns, but \(expectedIn) has \(expected); all entries of a root must agree"
    case .kindMismatch(let path, let entry, let expectedIn):
      "\(path): \(entry) and \(expectedIn) differ, one holds numbers, the other text; all entries of a root must agree"
    case .unsupportedType(let path, let dataset, let found):
      "\(path): \(dataset) holds \(found), but numbers, or one string a row, are wanted; "
        + "store it so, or leave its root out"
    case .missingFilter(let path, let dataset, let filter):
      "\(path): \(dataset) was compressed by the filter \(filter), which is not available here; write the file "
        + "anew with gzip where it is (h5repack -f GZIP=4 OLD NEW)"
    case .absentBytes(let path, let dataset, let problem, let remedy):
      "\(path): \(dataset): \(problem); \(remedy)"
    case .duplicateEntry(let path, let entry):
      "\(path): \(entry) is there twice under names that Unicode holds equal; rename one"
    case .unfitEntries(let entries): Self.text(of: entries)
    case .duplicateRoot(let root, let first, let second):
      "\(second): the root \"\(root)\" was already read from \(first); give one of the two files"
    case .invalidInterval(let path, let entry, let row, let start, let end):
      "\(path): \(entry) row \(row) has the interval [\(start), \(end)]; starts and ends must be finite and in order"
    case .damagedChunk(let path, let dataset, let row, let column, let reason):
      "\(path): \(dataset), the chunk at row \(row), column \(column), is damaged (\(reason)); fetch the file again"
    case .cannotWrite(let path, let object, let reason): "\(path): cannot write \(object): \(reason)"
    case .file(let error): error.description
    }
  }
}
