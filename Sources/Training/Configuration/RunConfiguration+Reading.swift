internal import Files
package import JSONValues
internal import YAMLValues

extension RunConfiguration {
  /// Takes over what a configuration file says: YAML, of which JSON is a part.
  ///
  /// - Returns: the keys that it has and that mean nothing here, such as `device`.
  /// - Throws: ``TrainingError`` that names file, key and remedy; ``TrainingError/file(_:)`` where it cannot be read.
  public mutating func apply(file path: String) throws(TrainingError) -> [String] {
    let bytes = try TrainingError.files { () throws(FileError) in try File.contents(of: path) }
    return try apply(yaml: String(decoding: bytes, as: UTF8.self), source: path)
  }

  /// Takes over what the text of a configuration file says.
  ///
  /// - Parameter source: what errors call the text.
  package mutating func apply(yaml text: String, source: String) throws(TrainingError) -> [String] {
    let document: JSONValue?
    do throws(YAMLError) { document = try YAMLValue.parse(text)?.json() } catch {
      throw .notYAML(source: source, problem: error.problem)
    }
    return try document.map { (document) throws(TrainingError) in try apply(document, source: source) } ?? []
  }

  /// Takes over a tree of values; keys that it lacks stay as they are.
  ///
  /// - Returns: the keys that mean nothing here.
  package mutating func apply(_ document: JSONValue, source: String) throws(TrainingError) -> [String] {
    guard let object = document.object else { throw .notConfiguration(source: source, section: nil) }
    var ignored: [String] = []
    // The kind comes first, wherever it stands: it brings values along, which others then change.
    if let kind = object["model"]?.object?["kind"] {
      try set(ConfigurationKey.kindName, to: kind, source: source)
    }
    for (name, value) in object.members {
      guard ConfigurationKey.sections.contains(name) else {
        try take(name, value, source: source, ignored: &ignored)
        continue
      }
      guard value == .null || value.object != nil else { throw .notConfiguration(source: source, section: name) }
      for (key, value) in value.object?.members ?? [] {
        try take("\(name).\(key)", value, source: source, ignored: &ignored)
      }
    }
    return ignored
  }

  /// Takes over assignments in their order, but `model.kind` before all others, as in a file.
  public mutating func apply(assignments: [String]) throws(TrainingError) {
    let isKind = assignments.map {
      $0.split(separator: "=").first.map { String($0).trimmed } == ConfigurationKey.kindName
    }
    for wanted in [true, false] {
      for (text, kind) in zip(assignments, isKind) where kind == wanted { try apply(assignment: text) }
    }
  }

  /// Takes over an assignment as `--set` spells it: `model.d_model=128`, the value as in YAML.
  public mutating func apply(assignment text: String) throws(TrainingError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw .notAssignment(text: text) }
    let value: JSONValue
    do throws(YAMLError) { value = try YAMLValue.parse(String(parts[1]))?.json() ?? .null } catch {
      throw .notYAML(source: "--set \(text)", problem: error.problem)
    }
    try set(String(parts[0]).trimmed, to: value, source: "--set \(text)")
  }

  /// Sets one value.
  ///
  /// - Parameters:
  ///   - name: with its section: `model.d_model`.
  ///   - source: what errors say the value comes from, such as `--epochs`.
  package mutating func set(_ name: String, to value: JSONValue, source: String) throws(TrainingError) {
    guard let key = ConfigurationKey.named(name) else {
      throw .unknownKey(source: source, key: name, hint: ConfigurationKey.hint(name))
    }
    guard key.read(value, &self) else {
      throw .wrongValue(source: source, key: name, wanted: key.wanted, found: value.compact())
    }
  }

  private mutating func take(
    _ name: String, _ value: JSONValue, source: String, ignored: inout [String]
  ) throws(TrainingError) {
    if ConfigurationKey.ignored.contains(name) {
      ignored.append(name)
    } else {
      try set(name, to: value, source: source)
    }
  }
}

extension RunConfiguration {
  /// Every value that is used, in the order of ``ConfigurationKey/all``: the same configuration gives the same text.
  package var resolved: JSONValue {
    var document = JSONObject()
    for key in ConfigurationKey.all where key.unused(self) == nil {
      let parts = key.name.split(separator: ".", maxSplits: 1).map(String.init)
      if parts.count == 1 {
        document[key.name] = key.write(self)
      } else {
        var section = document[parts[0]]?.object ?? JSONObject()
        section[parts[1]] = key.write(self)
        document[parts[0]] = .object(section)
      }
    }
    return .object(document)
  }

  /// What `config.yaml` says; ``apply(file:)`` reads it back to the same configuration.
  public var yaml: String { resolved.yaml() }
}

extension String {
  /// The text without spaces at its ends.
  var trimmed: String {
    let tail = drop { $0.isWhitespace }
    return String(tail[..<(tail.lastIndex { !$0.isWhitespace }.map { tail.index(after: $0) } ?? tail.startIndex)])
  }
}
