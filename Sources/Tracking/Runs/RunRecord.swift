internal import Files
internal import JSONValues
internal import PackedSequences
internal import Training
internal import YAMLValues

/// What the folder of a run says of it, read at one moment.
///
/// Everything that is tracked comes from here, whether the run is under way or long over; so whatever was not sent can
/// be sent later. Each file of the folder is whole at any moment, and what is not there yet is empty.
package struct RunRecord: Sendable {
  /// One epoch's numbers.
  package struct Epoch: Sendable, Equatable {
    /// From 1.
    package let number: Int
    /// By name, such as `valid/mae`; undefined ones are left out.
    package let measures: [Measure]
    /// When it ended, in milliseconds since 1970: the run's start and the seconds of training since then.
    package let time: Int
  }

  package struct Measure: Sendable, Equatable {
    package let name: String
    package let value: Double
  }

  package let path: String
  /// Every setting by its name, such as `model.d_model`; lists are parted by commas.
  package let parameters: [(name: String, value: String)]
  /// The project of the configuration.
  package let project: String
  package let epochs: [Epoch]
  /// The figures of the test split; nil where the run is not at its end.
  package let test: [Measure]?
  /// From 1; the epoch whose weights were tested.
  package let bestEpoch: Int?
  /// In milliseconds since 1970.
  package let start: Int
  /// When the folder was last written to, likewise.
  package let end: Int
  /// The dataset: what its manifest said.
  package let fingerprint: String?
  package let content: String?

  package var name: String { Path.name(of: path) }

  /// - Throws: ``TrackingError/notARun(path:)``, ``TrackingError/damaged(path:problem:)``, ``TrackingError/file(_:)``.
  package init(_ path: String) throws(TrackingError) {
    let path = Path.trimmed(path)
    self.path = path
    let configurationPath = Path.join(path, RunDirectory.configurationName)
    guard let begun = try Self.time(configurationPath) else { throw .notARun(path: path) }
    let configuration = try Self.configuration(configurationPath)
    parameters = Self.flat(configuration)
    project = configuration["project_name"]?.string ?? "grf"
    epochs = try Self.epochs(Path.join(path, RunDirectory.metricsName), start: begun)
    let testPath = Path.join(path, RunDirectory.testName)
    var report: JSONValue?
    if let bytes = try Self.contents(testPath) { report = try Self.json(bytes, testPath) }
    test = report.map(Self.testMeasures)
    bestEpoch = report?["best_epoch"]?.integer.flatMap { Self.epochNumbers.contains($0) ? $0 : nil }
    start = begun
    let tested = try Self.time(testPath)
    let saved = try Self.time(Path.join(path, RunDirectory.lastName))
    end = tested ?? saved ?? begun
    // A checkpoint that cannot be read keeps nobody from sending the rest.
    let checkpoint = try? Checkpoint(Path.join(path, RunDirectory.lastName))
    fingerprint = checkpoint?.metadata?.dataset.fingerprint
    content = checkpoint?.metadata?.dataset.content
  }

  // MARK: Files

  /// What a file holds; nil where it is not there.
  private static func contents(_ path: String) throws(TrackingError) -> [UInt8]? {
    try TrackingError.files { () throws(FileError) in
      do throws(FileError) { return try File.contents(of: path) } catch  where error.isMissing { return nil }
    }
  }

  /// When a file was last changed, in milliseconds since 1970; nil where it is not there.
  private static func time(_ path: String) throws(TrackingError) -> Int? {
    try TrackingError.files { () throws(FileError) in try FileStatus.of(path)?.modified }.map { $0 / 1_000_000 }
  }

  private static func configuration(_ path: String) throws(TrackingError) -> JSONValue {
    let text = String(decoding: try contents(path) ?? [], as: UTF8.self)
    do throws(YAMLError) { return try YAMLValue.parse(text)?.json() ?? .null } catch {
      throw .damaged(path: path, problem: error.problem)
    }
  }

  private static func json(_ bytes: some Sequence<UInt8>, _ path: String) throws(TrackingError) -> JSONValue {
    do throws(JSONError) { return try JSONValue.parse(bytes) } catch {
      throw .damaged(path: path, problem: "\(error)")
    }
  }

  // MARK: Their meaning

  private static func flat(_ value: JSONValue) -> [(name: String, value: String)] {
    (value.object?.members ?? []).flatMap { member in
      if case .object = member.value {
        return flat(member.value).map { ("\(member.key).\($0.name)", $0.value) }
      }
      return [(member.key, text(member.value))]
    }
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .array(let elements): elements.map(text).joined(separator: ",")
    default: value.compact()
    }
  }

  /// Those that a number with fraction holds as well.
  private static let epochNumbers = 1...1 << 53

  private static func epochs(_ path: String, start: Int) throws(TrackingError) -> [Epoch] {
    var measures: [Int: [Measure]] = [:]
    var seconds: [Int: Double] = [:]
    for (index, bytes) in (try contents(path) ?? []).split(separator: UInt8(ascii: "\n")).enumerated() {
      let line = try json(bytes, path)
      guard let epoch = line["epoch"]?.integer, epochNumbers.contains(epoch), let split = line["split"]?.string else {
        throw .damaged(path: path, problem: "line \(index + 1) names no epoch and split")
      }
      if let spent = line["train_seconds"]?.number, spent.isFinite { seconds[epoch, default: 0] += max(0, spent) }
      for (name, value) in line.object?.members ?? [] where name != "epoch" && name != "split" {
        // The same for both splits.
        if name == "learning_rate", split != "train" { continue }
        if let number = value.number {
          measures[epoch, default: []].append(.init(name: "\(split)/\(name)", value: number))
        }
      }
    }
    var time = Double(start)
    return measures.sorted { $0.key < $1.key }.map { epoch, measures in
      time += (seconds[epoch] ?? 0) * 1000
      return Epoch(number: epoch, measures: measures, time: Int(min(time, 1e15)))
    }
  }

  private static func testMeasures(_ report: JSONValue) -> [Measure] {
    (report.object?.members ?? []).compactMap { name, value in
      guard name != "best_epoch", name != "samples" else { return nil }
      return value.number.map { Measure(name: "test/\(name)", value: $0) }
    }
  }
}
