internal import Evaluation
internal import Files
internal import JSONValues
internal import Shards
internal import YAMLValues

/// What a run's folder holds so far. Whatever is not there yet, or cannot be read, is named among ``gaps``.
struct RunFolder: Sendable {
  /// A line of `metrics.jsonl`.
  struct Epoch: Sendable, Equatable {
    let epoch: Int
    let split: String
    let values: [String: Double]
  }

  let path: String
  /// The last part of the path, or what tells it from its neighbours.
  var name: String
  let configuration: JSONValue
  let epochs: [Epoch]
  let test: JSONValue?
  let predictions: PredictionColumns?
  let parameters: Int?
  /// Of the dataset that it was trained on: SHA-256 over its shards.
  let content: String?
  /// What is missing, in sentences.
  let gaps: [String]

  /// Bytes of a text that is read as a whole; a greater one is a gap.
  static let greatestText = 512 << 20

  /// Epochs and their like: those that a Double holds exactly.
  private static let numbers = 1...1 << 53

  /// - Throws: ``ReportingError/notARun(path:)``, ``ReportingError/holdsRuns(path:)``; what is damaged is a gap.
  init(_ path: String) throws(ReportingError) {
    let path = Path.trimmed(path)
    var gaps: [String] = []
    func optional<Value>(_ name: String, _ absence: String, _ read: (String) throws -> Value) -> Value? {
      let file = Path.join(path, name)
      do {
        guard try FileStatus.of(file) != nil else {
          if !absence.isEmpty { gaps.append("There is no \(name): \(absence).") }
          return nil
        }
        return try read(file)
      } catch {
        gaps.append("\(name) cannot be used: \(error)")
        return nil
      }
    }
    let isThere = try ReportingError.files { () throws(FileError) in
      let names = ["config.yaml", "metrics.jsonl"]
      for name in names where try FileStatus.of(Path.join(path, name)) != nil { return true }
      return false
    }
    guard isThere else {
      let runs = try ReportingError.files { () throws(FileError) in try FileStatus.of(Path.join(path, "runs")) }
      throw runs?.isFolder == true ? .holdsRuns(path: path) : .notARun(path: path)
    }
    configuration =
      optional("config.yaml", "the configuration is not known") { file in
        try YAMLValue.parse(String(decoding: Self.text(file), as: UTF8.self))?.json() ?? .null
      } ?? .null
    epochs = optional("metrics.jsonl", "no epoch has ended yet", Self.epochs) ?? []
    test = optional("test.json", "the training has not come to its end, so nothing was tested") { file in
      let value = try JSONValue.parse(Self.text(file))
      guard value.object != nil else {
        throw ReportingError.malformed(path: file, line: nil, expected: "an object")
      }
      if let best = value["best_epoch"], best != .null {
        guard let epoch = best.integer, Self.numbers.contains(epoch) else {
          throw ReportingError.malformed(path: file, line: nil, expected: "a best_epoch from 1 to 2^53")
        }
      }
      return value
    }
    predictions = optional("predictions-test.csv", test == nil ? "" : "single samples are left out") {
      try PredictionColumns(reading: $0)
    }
    parameters =
      optional("profile.json", "") { try JSONValue.parse(Self.text($0))["parameters"]?.integer } ?? nil
    let best = optional("best.safetensors", "") { try Self.metadata($0)["content"] } ?? nil
    content = best ?? (optional("last.safetensors", "") { try Self.metadata($0)["content"] } ?? nil)
    self.path = path
    name = Path.name(of: path)
    self.gaps = gaps
  }

  private static func text(_ path: String) throws -> [UInt8] {
    if let size = try FileStatus.of(path)?.size, size > greatestText {
      throw ReportingError.tooLarge(path: path, size: size, limit: greatestText)
    }
    return try File.contents(of: path)
  }

  private static func metadata(_ path: String) throws -> [String: String] {
    try SafetensorsHeader(File(reading: path)).metadata ?? [:]
  }

  private static func epochs(_ path: String) throws -> [Epoch] {
    var epochs: [Epoch] = []
    let bytes = try text(path)
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let object = try JSONValue.parse(line).object, let epoch = object["epoch"]?.integer,
        numbers.contains(epoch), let split = object["split"]?.string
      else {
        throw ReportingError.malformed(
          path: path, line: index + 1, expected: "an object with epoch, from 1 to 2^53, and split")
      }
      var values: [String: Double] = [:]
      for (key, value) in object.members where key != "epoch" { values[key] = value.number }
      epochs.append(Epoch(epoch: epoch, split: split, values: values))
    }
    return epochs
  }

  // MARK: What it says

  /// A value of the configuration as text.
  func setting(_ section: String, _ key: String) -> String? {
    guard let value = configuration[section]?[key] else { return nil }
    switch value {
    case .null: return nil
    case .string(let text): return text
    case .array(let values): return values.map { $0.string ?? $0.compact() }.joined(separator: ", ")
    default: return value.compact()
    }
  }

  var kind: String { setting("model", "kind") ?? "?" }
  var dataset: String? { setting("data", "shards") }
  var isFinished: Bool { test != nil }

  /// A measure of a split by epoch.
  func curve(_ measure: String, _ split: String) -> [[Double]] {
    epochs.compactMap { line in
      guard line.split == split, let value = line.values[measure] else { return nil }
      return [Double(line.epoch), value]
    }
  }

  /// The epoch whose weights were kept: that of the test, or so far the lowest valid MAE (loss, for MulT).
  var bestEpoch: Int? {
    if let best = test?["best_epoch"]?.integer { return best }
    let measure = kind == "mult" ? "loss" : "mae"
    return curve(measure, "valid").min { $0[1] < $1[1] }.map { Int($0[0]) }
  }

  func tested(_ metric: Metric) -> Double? { test?[metric.name]?.number }

  /// - Parameter name: `majority` or `median`.
  func baseline(_ name: String, _ metric: Metric) -> Double? { test?["baselines"]?[name]?[metric.name]?.number }
}
