internal import CSVValues
public import Files
internal import Shards
internal import Terminals

/// Why a report cannot be written. What is merely missing from a run is no error: the report says so.
public enum ReportingError: Error, Equatable, Sendable {
  case file(FileError)
  /// What stands where the page is to be written is no file.
  case notAFile(path: String)
  /// Neither a run's folder nor an ablation's.
  case notARun(path: String)
  /// The folder of an experiment that has no page of its own: a search, a study, an ablation without a finished run.
  case holdsRuns(path: String)
  /// A file of a run that is not as the trainer writes it; lines count from 1.
  case malformed(path: String, line: Int?, expected: String)
  /// A text of a run that is read as a whole, in bytes.
  case tooLarge(path: String, size: Int, limit: Int)
  /// The file is no embedding.
  case notAnEmbedding(path: String, problem: String)
  /// gnuplot could not draw a figure.
  case drawing(figure: String, problem: String)
  /// Values that are not finite have no principal components.
  case decomposition
  /// Whoever asked for the page has asked to stop.
  case stopped

  /// Runs `body`, whose failures become ours.
  static func files<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(ReportingError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
  }

  /// Runs `body`, which reads the table at `path`.
  static func table<Result>(_ path: String, _ body: () throws(CSVError) -> Result) throws(ReportingError) -> Result {
    do throws(CSVError) { return try body() } catch {
      switch error {
      case .notUTF8(let line): throw .malformed(path: path, line: line, expected: "text in UTF-8")
      case .openQuote(let line): throw .malformed(path: path, line: line, expected: "a quote that is closed")
      }
    }
  }
}

extension ReportingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .notAFile(let path): "\(path.printable): no file, so no page can take its place; name another one"
    case .notARun(let path):
      "\(path.printable): neither a run (no config.yaml or metrics.jsonl) nor an ablation (no ablation.csv); give the "
        + "folder that grf-train printed at its start"
    case .holdsRuns(let path):
      "\(path.printable): the folder of an experiment, not of a run; give the runs in it: "
        + ShellWord.quoted(path).printable + "/runs/*"
    case .malformed(let path, let line, let expected):
      "\(path.printable)\(line.map { ":\($0)" } ?? ""): \(expected) is wanted here; the file is damaged, restore it or "
        + "train again"
    case .tooLarge(let path, let size, let limit):
      "\(path.printable): \(Format.bytes(size)) are more than the \(Format.bytes(limit)) that are read; no training "
        + "writes so much, restore the file or train again"
    case .notAnEmbedding(let path, let problem):
      "\(path.printable): no embedding (\(problem)); write it anew with grf-train embed"
    case .drawing(let figure, let problem):
      "gnuplot could not draw \(figure): \(problem.printable); \(Gnuplot.remedy)"
    case .stopped: "stopped; the page is as it was"
    case .decomposition:

      "the embedding holds values that are not finite and has no principal components; train again"
    }
  }
}
