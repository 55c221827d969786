extension RunConfiguration {
  /// What values a key takes.
  package enum KeyKind: Sendable, Equatable {
    case integer, number, other
  }

  /// A key's whole name, as in a file: `model.d_model` also for itself, `data.order` for `order`.
  ///
  /// - Parameter source: what the error says the name comes from.
  /// - Throws: ``TrainingError/unknownKey(source:key:hint:)``.
  package static func key(_ name: String, source: String) throws(TrainingError) -> (name: String, kind: KeyKind) {
    guard let key = ConfigurationKey.named(name) else {
      throw .unknownKey(source: source, key: name, hint: ConfigurationKey.hint(name))
    }
    return (key.name, key.kind)
  }

  /// Makes what the family or the schedule has no use for what it is where nothing was said.
  package mutating func dropUnused() {
    for key in ConfigurationKey.all where key.unused(self) != nil {
      _ = key.read(key.write(RunConfiguration()), &self)
    }
  }
}
