internal import Files
package import JSONValues

/// The folder of a run, for the one process that trains there.
///
/// Every file in it is written beside its place and takes it in one step, so that a killed process leaves the last whole
/// version of each. The lock ends with the process.
package struct RunDirectory: ~Copyable {
  package let path: String
  private let lock: FolderLock

  private init(_ path: String, _ lock: consuming FolderLock) {
    self.path = path
    self.lock = lock
  }

  // MARK: Places

  package static let configurationName = "config.yaml"
  package static let metricsName = "metrics.jsonl"
  package static let bestName = "best.safetensors"
  package static let lastName = "last.safetensors"
  package static let testName = "test.json"
  package static let predictionsName = "predictions-test.csv"
  package static let profileName = "profile.json"
  /// What a report of the run is called in its folder.
  package static let pageName = "report.html"

  package var configurationPath: String { Path.join(path, Self.configurationName) }
  package var metricsPath: String { Path.join(path, Self.metricsName) }
  /// The weights of the best epoch.
  package var bestPath: String { Path.join(path, Self.bestName) }
  /// Where the training stands.
  package var lastPath: String { Path.join(path, Self.lastName) }
  package var testPath: String { Path.join(path, Self.testName) }
  package var predictionsPath: String { Path.join(path, Self.predictionsName) }
  package var profilePath: String { Path.join(path, Self.profileName) }

  /// Whether the training has come to its end: the test split was evaluated.
  package var isFinished: Bool {
    get throws(TrainingError) {
      try TrainingError.files { () throws(FileError) in try FileStatus.of(testPath) != nil }
    }
  }

  /// Whether an epoch or a part of one was saved.
  package var hasCheckpoint: Bool {
    get throws(TrainingError) {
      try TrainingError.files { () throws(FileError) in try FileStatus.of(lastPath) != nil }
    }
  }

  // MARK: Opening

  /// Makes the folder of a new run, and those above it where they are missing.
  ///
  /// - Throws: ``TrainingError/runLocked(path:)``, ``TrainingError/runExists(path:)``,
  ///   ``TrainingError/folderInUse(path:)`` where it holds other files.
  package static func create(_ path: String) throws(TrainingError) -> RunDirectory {
    let path = Path.trimmed(path)
    try TrainingError.files { () throws(FileError) in try Folder.createAll(Path.parent(of: path)) }
    let run = try locked(path)
    let names = try TrainingError.files { () throws(FileError) in try Folder.list(path) }
    if names.contains(configurationName) { throw .runExists(path: path) }
    // Files that a killed process had not finished are nobody's.
    guard names.allSatisfy({ $0.hasSuffix(".partial") }) else { throw .folderInUse(path: path) }
    return run
  }

  /// Makes the folder of a new run under a name of its own: `NAME`, or else `NAME-2`, `NAME-3`, …
  ///
  /// - Parameter folder: where runs are kept; made where it is missing.
  package static func create(named name: String, in folder: String) throws(TrainingError) -> RunDirectory {
    var number = 1
    while true {
      let path = Path.join(folder, number == 1 ? name : "\(name)-\(number)")
      let isTaken = try TrainingError.files { () throws(FileError) in
        try FileStatus.of(path, followingLinks: false) != nil
      }
      if !isTaken {
        do throws(TrainingError) { return try create(path) } catch {
          // Another process was faster.
          switch error {
          case .runLocked, .runExists: break
          default: throw error
          }
        }
      }
      number += 1
    }
  }

  /// Takes up a run.
  ///
  /// - Throws: ``TrainingError/notARun(path:)``, ``TrainingError/runLocked(path:)``.
  package static func open(_ path: String) throws(TrainingError) -> RunDirectory {
    let path = Path.trimmed(path)
    let isRun = try TrainingError.files { () throws(FileError) in
      try FileStatus.of(Path.join(path, configurationName)) != nil
    }
    guard isRun else { throw .notARun(path: path) }
    return try locked(path)
  }

  private static func locked(_ path: String) throws(TrainingError) -> RunDirectory {
    let lock = try TrainingError.files { () throws(FileError) in try FolderLock(creating: Folder.resolved(path)) }
    guard let lock else { throw .runLocked(path: path) }
    return RunDirectory(path, lock)
  }

  // MARK: Files

  /// The configuration that the run was begun with.
  package func configuration() throws(TrainingError) -> RunConfiguration {
    var configuration = RunConfiguration()
    _ = try configuration.apply(file: configurationPath)
    return configuration
  }

  package func write(_ configuration: RunConfiguration) throws(TrainingError) {
    try write(configuration.yaml, to: configurationPath)
  }

  /// What the weights of the best epoch do on the test split.
  package func write(_ report: TestReport) throws(TrainingError) {
    try write(report.json.pretty() + "\n", to: testPath)
  }

  /// Parameters and operations by module.
  package func write(profile: JSONValue) throws(TrainingError) {
    try write(profile.pretty() + "\n", to: profilePath)
  }

  /// The predictions for the test split.
  package func write(_ predictions: [Prediction]) throws(TrainingError) {
    try write(PredictionTable.text(predictions), to: predictionsPath)
  }

  private func write(_ text: String, to path: String) throws(TrainingError) {
    try TrainingError.files { () throws(FileError) in try ReplacementFile.write(text, to: path) }
  }
}
