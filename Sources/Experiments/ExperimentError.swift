public import Files

/// What can stop an experiment. Cases carry the facts; ``description`` says what, where, and what to do.
public enum ExperimentError: Error, Equatable, Sendable {
  /// The system refused.
  case file(FileError)
  /// Another process works in the folder; `holder` says which.
  case busy(path: String, holder: String)
  /// A run of the same name is there that was begun with another value of `key`.
  case otherConfiguration(path: String, key: String, found: String, wanted: String)
  /// A run of the same name is there that was trained on other data.
  case otherDataset(path: String, dataset: String)
  /// A file of a finished run that cannot be made sense of.
  case unreadableRun(path: String)
  case cannotStart(program: String, reason: String)

  // What was asked for.
  /// `wanted` follows "wants".
  case wrongList(option: String, wanted: String, found: String)
  /// A name in a list that is none of `known`.
  case unknownName(option: String, name: String, hint: String, known: [String])
  /// A setting that the experiment itself varies; `option` says which values it takes, where there is one.
  case varied(key: String, option: String?)
  /// Settings that one of the experiment's models cannot have; `remedy` is what there is beside changing them.
  case impossible(setting: String, problem: String, remedy: String)
  /// More orders than anyone means.
  case tooManyOrders(modalities: Int)

  // The space of a sweep. `source` is its file.
  case spaceProblem(source: String, key: String?, problem: String)
  /// Nothing can be chosen from: no trial has come to its end.
  case noTrial(path: String)

  // The study.
  case notConverter(folder: String)
  case conversionFailed(line: String, log: String)
  /// The study's dataset was made with other options.
  case otherConversion(path: String, found: String, wanted: String)
}

extension ExperimentError {
  /// Runs what may fail in the file system; its errors become ``file(_:)``.
  static func files<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(ExperimentError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
  }
}
