internal import Files
internal import Shards
internal import Training

/// What is in the folder of a planned run.
enum RunState {
  /// Nothing that is worth keeping.
  case absent
  /// It can be gone on with.
  case begun
  case finished(RunRecord)
  /// A process trains there: one that an earlier experiment has left behind, and that is about to end.
  case locked

  /// Looks at a folder, and clears what a process has left that was killed before its first step.
  ///
  /// - Parameter content: the digest of the dataset's bytes.
  /// - Throws: ``ExperimentError/otherConfiguration(path:key:found:wanted:)``,
  ///   ``ExperimentError/otherDataset(path:dataset:)``, ``ExperimentError/unreadableRun(path:)``.
  static func of(_ run: PlannedRun, at path: String, content: String) throws -> RunState {
    guard try FileStatus.of(path) != nil else { return .absent }
    // Given back at once: only the run itself holds it for long.
    guard try FolderLock(creating: Folder.resolved(path)) != nil else { return .locked }
    let names = Set(try Folder.list(path))
    guard names.contains(RunDirectory.configurationName) else { return .absent }
    try check(run, at: path)
    guard names.contains(RunDirectory.lastName) else {
      guard names.isDisjoint(with: [RunDirectory.testName, RunDirectory.bestName, RunDirectory.metricsName]) else {
        throw ExperimentError.unreadableRun(path: path)
      }
      for name in names where isEarly(name) { try Folder.removeAll(Path.join(path, name)) }
      return .absent
    }
    let trained = try Checkpoint(Path.join(path, RunDirectory.lastName)).metadata?.dataset.content
    guard trained == content else {
      throw ExperimentError.otherDataset(path: path, dataset: run.configuration.data.shards ?? "the dataset")
    }
    return names.contains(RunDirectory.testName) ? .finished(try RunRecord(path)) : .begun
  }

  /// Holds the configuration of a folder against the planned one.
  ///
  /// - Throws: ``ExperimentError/otherConfiguration(path:key:found:wanted:)``.
  static func check(_ run: PlannedRun, at path: String) throws {
    var found = RunConfiguration()
    _ = try found.apply(file: Path.join(path, RunDirectory.configurationName))
    if let difference = run.difference(from: found) {
      throw ExperimentError.otherConfiguration(
        path: path, key: difference.key, found: difference.found, wanted: difference.wanted)
    }
  }

  /// Written before the first checkpoint.
  private static func isEarly(_ name: String) -> Bool {
    name == RunDirectory.configurationName || name == RunDirectory.profileName || name.hasSuffix(".partial")
  }
}
