internal import JSONValues

/// The kinds of values that keys have.
extension ConfigurationKey {
  typealias Path<Value> = WritableKeyPath<RunConfiguration, Value> & Sendable

  static func text(
    _ name: String, _ path: Path<String>, _ wanted: String,
    isValid: @escaping @Sendable (String) -> Bool = { !$0.isEmpty }
  ) -> ConfigurationKey {
    ConfigurationKey(name: name, wanted: wanted) { value, configuration in
      guard let text = value.string, isValid(text) else { return false }
      configuration[keyPath: path] = text
      return true
    } write: {
      .string($0[keyPath: path])
    }
  }

  static func optionalText(_ name: String, _ path: Path<String?>, _ wanted: String) -> ConfigurationKey {
    ConfigurationKey(name: name, wanted: wanted) { value, configuration in
      guard value == .null || value.string?.isEmpty == false else { return false }
      configuration[keyPath: path] = value.string
      return true
    } write: {
      $0[keyPath: path].map { .string($0) } ?? .null
    }
  }

  static func count(
    _ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>, _ wanted: String? = nil,
    isValid: @escaping @Sendable (Int) -> Bool = { _ in true }
  ) -> ConfigurationKey {
    let wanted = wanted ?? "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return ConfigurationKey(name: name, wanted: wanted) { value, configuration in
      guard let count = value.integer ?? value.number.flatMap({ Int(exactly: $0) }), range.contains(count),
        isValid(count)
      else { return false }
      configuration[keyPath: path] = count
      return true
    } write: {
      JSONValue($0[keyPath: path])
    }
    .taking(.integer)
  }

  static func optionalCount(
    _ name: String, _ path: Path<Int?>, _ range: ClosedRange<Int>, _ alternative: String
  ) -> ConfigurationKey {
    let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound), or \(alternative)"
    return ConfigurationKey(name: name, wanted: wanted) { value, configuration in
      let count = value.integer ?? value.number.flatMap { Int(exactly: $0) }
      guard value == .null || count.map(range.contains) == true else { return false }
      configuration[keyPath: path] = count
      return true
    } write: {
      $0[keyPath: path].map { JSONValue($0) } ?? .null
    }
    .taking(.integer)
  }

  static func probability(_ name: String, _ path: Path<Double>) -> ConfigurationKey {
    number(name, path, "a number from 0 to below 1") { $0 >= 0 && $0 < 1 }
  }

  static func number(
    _ name: String, _ path: Path<Double>, _ wanted: String, isValid: @escaping @Sendable (Double) -> Bool
  ) -> ConfigurationKey {
    ConfigurationKey(name: name, wanted: wanted) { value, configuration in
      guard let number = value.number, number.isFinite, isValid(number) else { return false }
      configuration[keyPath: path] = number
      return true
    } write: {
      JSONValue($0[keyPath: path])
    }
    .taking(.number)
  }

  /// The family of models, which brings the values of its preset along.
  static func kind() -> ConfigurationKey {
    let wanted = RunConfiguration.kinds.joined(separator: " or ")
    return ConfigurationKey(name: kindName, wanted: wanted) { value, configuration in
      value.string.map { configuration.become($0) } ?? false
    } write: {
      .string($0.model.kind)
    }
  }

  static func schedule(_ name: String, _ path: Path<RunConfiguration.Schedule>) -> ConfigurationKey {
    let wanted = RunConfiguration.Schedule.allCases.map(\.rawValue).joined(separator: " or ")
    return ConfigurationKey(name: name, wanted: wanted) { value, configuration in
      guard let schedule = value.string.flatMap(RunConfiguration.Schedule.init) else { return false }
      configuration[keyPath: path] = schedule
      return true
    } write: {
      .string($0[keyPath: path].rawValue)
    }
  }

  static func flag(_ name: String, _ path: Path<Bool>) -> ConfigurationKey {
    ConfigurationKey(name: name, wanted: "true or false") { value, configuration in
      guard let flag = value.bool else { return false }
      configuration[keyPath: path] = flag
      return true
    } write: {
      JSONValue($0[keyPath: path])
    }
  }

  static func threads(_ name: String, _ path: Path<RunConfiguration.ThreadCount>) -> ConfigurationKey {
    ConfigurationKey(name: name, wanted: "all, or a whole number from 1 to 1024") { value, configuration in
      if value == "all" {
        configuration[keyPath: path] = .all
      } else if let count = value.integer, (1...1024).contains(count) {
        configuration[keyPath: path] = .count(count)
      } else {
        return false
      }
      return true
    } write: { configuration in
      switch configuration[keyPath: path] {
      case .all: "all"
      case .count(let count): JSONValue(count)
      }
    }
  }

  /// A list, or one text that commas or spaces part.
  static func order(_ name: String, _ path: Path<[String]?>) -> ConfigurationKey {
    let wanted = "different modalities, as in [text, vision, audio]"
    return ConfigurationKey(name: name, wanted: wanted) { value, configuration in
      var names = value.array?.compactMap(\.string)
      if let text = value.string { names = ModalityOrder.names(in: [text]) }
      guard value == .null || ModalityOrder.isValid(names ?? []), names?.count == value.array?.count ?? names?.count
      else {
        return false
      }
      configuration[keyPath: path] = names
      return true
    } write: {
      $0[keyPath: path].map { JSONValue($0) } ?? .null
    }
  }

  /// Used by one family of models only.
  func only(kind: String) -> ConfigurationKey {
    only { $0.model.kind == kind ? nil : "\(Self.kindName) \($0.model.kind)" }
  }

  /// Used by one schedule only.
  func only(_ schedule: RunConfiguration.Schedule) -> ConfigurationKey {
    only { $0.training.schedule == schedule ? nil : "training.schedule \($0.training.schedule.rawValue)" }
  }

  private func only(_ unused: @escaping @Sendable (RunConfiguration) -> String?) -> ConfigurationKey {
    var key = self
    key.unused = unused
    return key
  }

  private func taking(_ kind: RunConfiguration.KeyKind) -> ConfigurationKey {
    var key = self
    key.kind = kind
    return key
  }

  /// Whether a template makes the name of a folder.
  static func isRunName(_ template: String) -> Bool {
    var rest = template
    for placeholder in ["{kind}", "{order_name}", "{num_classes}", "{seed}"] { rest.replace(placeholder, with: "x") }
    return !rest.isEmpty && !rest.hasPrefix(".") && !rest.contains { "/{}".contains($0) || $0.isNewline || $0 == "\0" }
  }
}
