internal import Files
package import JSONValues
internal import PackedSequences
internal import Training
internal import YAMLValues

/// What a search draws its trials from: a file with the sections `base` and `space`, `trials` and `seed`.
package struct SweepSpace: Sendable {
  package struct Dimension: Sendable, Equatable {
    /// The whole name of a value.
    package let key: String
    package let distribution: Distribution
    let isInteger: Bool
  }

  /// What errors call it.
  package let source: String
  /// Any configuration keys, and `preset`.
  let base: JSONValue
  package let preset: String
  /// In the order of the file.
  package let dimensions: [Dimension]
  package let trials: Int?
  package let seed: Int

  /// Reads a file.
  ///
  /// - Throws: ``ExperimentError/spaceProblem(source:key:problem:)``, `TrainingError` that names a key, ``ExperimentError/file(_:)``.
  package init(file path: String) throws {
    let bytes = try ExperimentError.files { () throws(FileError) in try File.contents(of: path) }
    try self.init(yaml: String(decoding: bytes, as: UTF8.self), source: path)
  }

  /// - Parameter source: what errors call the text.
  package init(yaml text: String, source: String) throws {
    let document: JSONValue?
    do { document = try YAMLValue.parse(text)?.json() } catch {
      throw ExperimentError.spaceProblem(source: source, key: nil, problem: "not YAML (\(error.problem)); correct it")
    }
    guard let object = document?.object else {
      throw ExperimentError.spaceProblem(
        source: source, key: nil,
        problem: "not a space to search; write a section space: with lines NAME: {log_uniform: [a, b]}")
    }
    let known = ["base", "space", "trials", "seed"]
    if let other = object.keys.first(where: { !known.contains($0) }) {
      throw ExperimentError.spaceProblem(
        source: source, key: other,
        problem:
          "there is no such section\(NearestName.hint(other, in: known)); there are \(known.joined(separator: ", "))")
    }
    self.source = source
    trials = try Self.count(object["trials"], "trials", from: 1, source)
    seed = try Self.count(object["seed"], "seed", from: 0, source) ?? 0
    (base, preset) = try Self.base(object["base"], source)
    dimensions = try Self.dimensions(object["space"] ?? .null, source)
    try checkBounds()
  }

  private static func count(_ value: JSONValue?, _ key: String, from least: Int, _ source: String) throws -> Int? {
    guard let value, value != .null else { return nil }
    guard let count = value.integer, count >= least, count <= 1_000_000 else {
      throw ExperimentError.spaceProblem(
        source: source, key: key, problem: "it wants a whole number from \(least) to 1000000, not \(value.compact())")
    }
    return count
  }

  private static func base(_ value: JSONValue?, _ source: String) throws -> (JSONValue, String) {
    guard let value, value != .null else { return (.object([:]), "grf") }
    guard var object = value.object else {
      throw ExperimentError.spaceProblem(source: source, key: "base", problem: "write NAME: VALUE lines below it")
    }
    let preset = object["preset"]
    object["preset"] = nil
    guard let preset else { return (.object(object), "grf") }
    guard let name = preset.string, RunConfiguration.presetNames.contains(name) else {
      throw ExperimentError.spaceProblem(
        source: source, key: "base.preset",
        problem: "it wants one of \(RunConfiguration.presetNames.joined(separator: ", ")), not \(preset.compact())")
    }
    return (.object(object), name)
  }

  private static func dimensions(_ value: JSONValue, _ source: String) throws -> [Dimension] {
    var found: [Dimension] = []
    func add(_ name: String, _ value: JSONValue) throws {
      let (key, kind) = try RunConfiguration.key(name, source: source)
      func problem(_ text: String) -> ExperimentError { .spaceProblem(source: source, key: key, problem: text) }
      if fixed.contains(key) {
        throw problem("it cannot be searched: it does not decide how a model is trained; remove it")
      }
      if labels.contains(key) {
        throw problem("it cannot be searched: errors of other labels cannot be compared; set it under base")
      }
      if found.contains(where: { $0.key == key }) { throw problem("it is there twice; remove one") }
      let distribution: Distribution
      do throws(Distribution.Problem) { distribution = try Distribution(value) } catch { throw problem(error.text) }
      if case .choice = distribution {
      } else if kind == .other {
        throw problem("it takes no range of numbers; write choice: […]")
      }
      found.append(Dimension(key: key, distribution: distribution, isInteger: kind == .integer))
    }
    for (name, value) in value.object?.members ?? [] {
      if ["model", "training", "data"].contains(name), let section = value.object {
        for (key, value) in section.members { try add("\(name).\(key)", value) }
      } else {
        try add(name, value)
      }
    }
    guard !found.isEmpty else {
      throw ExperimentError.spaceProblem(
        source: source, key: "space", problem: "nothing is to be searched; write lines NAME: {log_uniform: [a, b]}")
    }
    return found
  }

  private static let fixed: Set = [
    "project_name", "run_name_template", "model_save_dir", "training.threads", "data.shards",
  ]
  /// Trials with other labels have errors that cannot be compared.
  private static let labels: Set = ["data.num_classes", "data.label"]

  /// The base's values, but for the family.
  var baseWithoutKind: JSONValue {
    var object = base.object ?? [:]
    if var model = object["model"]?.object {
      model["kind"] = nil
      object["model"] = .object(model)
    }
    object["model.kind"] = nil
    return .object(object)
  }

  /// The configuration that every trial begins with.
  func configuration() throws -> RunConfiguration {
    var configuration = try RunConfiguration.preset(preset)
    _ = try configuration.apply(base, source: "\(source): base")
    return configuration
  }

  /// Every bound and choice must be a value that its key takes.
  private func checkBounds() throws {
    for dimension in dimensions {
      let values: [JSONValue]
      do throws(Distribution.Problem) {
        values = try dimension.distribution.extremes(isInteger: dimension.isInteger)
      } catch { throw ExperimentError.spaceProblem(source: source, key: dimension.key, problem: error.text) }
      for value in values {
        var configuration = try configuration()
        try configuration.set(dimension.key, to: value, source: source)
      }
    }
  }

  /// What a trial tries.
  ///
  /// - Parameter trial: from 0.
  package func draw(_ trial: Int) -> [(key: String, value: JSONValue)] {
    let generator = CounterGenerator(seed: UInt64(seed), purpose: .search)
    return dimensions.map {
      ($0.key, $0.distribution.draw(generator, trial: trial, key: $0.key, isInteger: $0.isInteger))
    }
  }
}
