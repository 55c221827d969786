internal import JSONValues
internal import PackedSequences

extension ArrayDescription {
  /// What a file says of itself; nil where it is none of ours.
  ///
  /// - Throws: ``ExchangeError/damagedArray(path:array:problem:)`` where it says so and makes no sense.
  init?(of file: any ArrayFile) throws {
    guard let info = file.array(Self.key), info.isText, info.shape.isEmpty else { return nil }
    guard case .texts(let texts) = try file.whole(info, scratch: { file.path + ".scratch" }), let text = texts.first,
      let json = try? JSONValue.parse(text), json["format"]?.string == Self.format
    else { return nil }
    func problem(_ text: String) -> ExchangeError {
      .damagedArray(path: file.path, array: Self.key, problem: text)
    }
    guard json["version"]?.integer == Self.version else {
      throw problem("is of a version that is not known (\(json["version"]?.compact() ?? "none"))")
    }
    func strings(_ value: JSONValue?) throws -> [String] {
      guard let array = value?.array else { throw problem("lacks a list of names") }
      return try array.map { element in
        guard let string = element.string else { throw problem("lists what is no name") }
        return string
      }
    }
    switch (json["layout"]?.string, json["pad"]?.string.flatMap(PaddingSide.init)) {
    case ("ragged", _): layout = .ragged
    case ("padded", let side?): layout = .padded(side)
    default: throw problem("has no layout that is known")
    }
    hasTimes = json["times"] == .bool(true)
    splits = try strings(json["splits"])
    labels = try strings(json["labels"])
    var modalities: [Modality] = []
    for element in json["modalities"]?.array ?? [] {
      guard let name = element["name"]?.string, let dtype = element["dtype"]?.string, ModalityName.isValid(name),
        ["f32", "f16", "bf16", "tokens"].contains(dtype), !modalities.contains(where: { $0.name == name })
      else { throw problem("describes a modality that cannot be") }
      let names = element["dimension_names"].flatMap { $0 == .null ? nil : $0 }
      modalities.append(
        Modality(
          name: name, root: element["root"]?.string ?? name, dimensionNames: try names.map { try strings($0) },
          dtype: dtype))
    }
    self.modalities = modalities
  }
}
