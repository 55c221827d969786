package import Evaluation
internal import Files
internal import JSONValues
internal import Training

/// What a finished run has measured, read from its folder.
package struct RunRecord: Sendable, Equatable {
  /// One epoch on the valid split.
  package struct Epoch: Sendable, Equatable {
    /// From 1.
    package let number: Int
    package let valid: [Metric: Double]
  }

  package let parameters: Int
  /// Spent in the steps of all epochs.
  package let seconds: Double
  package let bestEpoch: Int
  package let test: [Metric: Double]
  package let baselines: [Baseline: [Metric: Double]]
  package let testSamples: Int
  package let epochs: [Epoch]

  package enum Baseline: String, Sendable, CaseIterable {
    case majority, median
  }

  /// On the valid split, in the best epoch.
  package var valid: [Metric: Double] { epochs.first { $0.number == bestEpoch }?.valid ?? [:] }

  /// - Throws: ``ExperimentError/unreadableRun(path:)`` that names the file at fault.
  package init(_ folder: String) throws(ExperimentError) {
    let testPath = Path.join(folder, RunDirectory.testName)
    let report = try Self.document(testPath)
    guard let best = report["best_epoch"]?.integer, let samples = report["samples"]?.integer else {
      throw .unreadableRun(path: testPath)
    }
    let profilePath = Path.join(folder, RunDirectory.profileName)
    guard let parameters = try Self.document(profilePath)["parameters"]?.integer else {
      throw .unreadableRun(path: profilePath)
    }
    self.parameters = parameters
    bestEpoch = best
    testSamples = samples
    test = Self.metrics(report)
    baselines = Dictionary(
      uniqueKeysWithValues: Baseline.allCases.map {
        ($0, Self.metrics(report["baselines"]?[$0.rawValue] ?? .null))
      })
    let lines = try Self.lines(folder)
    seconds = lines.reduce(0) { $0 + ($1["train_seconds"]?.number ?? 0) }
    epochs = Self.epochs(lines)
  }

  /// What stands in the folder of a run, finished or not, of its epochs on the valid split.
  package static func epochs(of folder: String) throws(ExperimentError) -> [Epoch] { epochs(try lines(folder)) }

  private static func epochs(_ lines: [JSONValue]) -> [Epoch] {
    lines.compactMap { line in
      guard line["split"]?.string == "valid", let number = line["epoch"]?.integer else { return nil }
      return Epoch(number: number, valid: metrics(line))
    }
  }

  private static func metrics(_ document: JSONValue) -> [Metric: Double] {
    Dictionary(
      uniqueKeysWithValues: Metric.allCases.compactMap { metric in
        document[metric.name]?.number.map { (metric, $0) }
      })
  }

  private static func lines(_ folder: String) throws(ExperimentError) -> [JSONValue] {
    let path = Path.join(folder, RunDirectory.metricsName)
    let bytes = try ExperimentError.files { () throws(FileError) -> [UInt8] in
      try FileStatus.of(path) == nil ? [] : try File.contents(of: path)
    }
    var lines: [JSONValue] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let value = try? JSONValue.parse(line) else { throw .unreadableRun(path: path) }
      lines.append(value)
    }
    return lines
  }

  private static func document(_ path: String) throws(ExperimentError) -> JSONValue {
    let bytes = try ExperimentError.files { () throws(FileError) in try File.contents(of: path) }
    guard let value = try? JSONValue.parse(bytes[...]), value.object != nil else { throw .unreadableRun(path: path) }
    return value
  }
}
