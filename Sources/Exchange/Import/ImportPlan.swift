internal import PackedSequences

/// What the arrays of a number of files mean: samples, modalities, labels.
struct ImportPlan {
  /// One modality, with its arrays by part.
  struct Modality {
    let name: String
    let root: String
    let dimensionNames: [String]?
    /// Values a frame; 0 for text.
    let dimension: Int
    let isText: Bool
    let dtype: String
    let sources: [Source]

    /// Whether every part knows when frames were.
    var hasTimes: Bool { sources.allSatisfy { $0.times != nil } }
  }

  /// A modality's arrays in one part.
  struct Source {
    var values: ArrayInfo
    /// [N + 1] of a ragged array, whose values are [F, D].
    var offsets: ArrayInfo?
    var lengths: ArrayInfo?
    var mask: ArrayInfo?
    var times: ArrayInfo?
    var side: PaddingSide
    var zeroPadding: ImportMapping.ZeroPadding?

    /// Frames of a sample where every row is one, in arrays that are not ragged.
    var length: Int { values.shape.count > (values.isText ? 1 : 2) ? values.shape[1] : 1 }
  }

  let parts: [ImportPart]
  let samples: [ImportSamples]
  let modalities: [Modality]
  let labelNames: [String]
  private(set) var notes: [String] = []

  init(_ parts: [ImportPart], _ mapping: ImportMapping, scratch: () -> String) throws {
    self.parts = parts
    var notes: [String] = []
    var used: [Set<String>] = parts.map { _ in [] }
    let chosen = try Self.chosen(parts, mapping)
    let modalities = try chosen.map { choice in
      let sources = try parts.indices.map { index in
        let source = try Self.source(choice, parts[index], mapping)
        used[index].formUnion(
          [source.values, source.offsets, source.lengths, source.mask, source.times].compactMap { $0?.key })
        return source
      }
      return try Self.modality(choice, sources, parts)
    }
    self.modalities = modalities
    notes += Self.withoutLengths(modalities, parts)
    samples = try parts.indices.map { index in
      let source = modalities[0].sources[index]
      let count = source.offsets.map { max(0, $0.rows - 1) } ?? source.values.rows
      let samples = try ImportSamples(parts[index], mapping, count: count, scratch: scratch)
      used[index].formUnion(samples.keys)
      return samples
    }
    labelNames = try Self.labelNames(samples, parts, mapping)
    try checkCounts()
    for path in parts.map(\.file.path).uniqued {
      let left = zip(parts, used).filter { $0.0.file.path == path }.flatMap { part, used in
        part.arrays.values.map(\.key).filter { !used.contains($0) && !Self.isByTheWay($0) }
      }
      if !left.isEmpty {
        notes.append(
          "\(path): left out \(left.sorted().uniqued.joined(separator: ", ")); take what you want with --array NAME=KEY"
        )
      }
    }
    self.notes = notes
  }

  /// What an export adds for those who want to undo the normalization.
  private static func isByTheWay(_ key: String) -> Bool { key.hasSuffix(".shift") || key.hasSuffix(".scale") }

  // MARK: Modalities

  private struct Choice {
    let name: String
    /// Names under which the array is looked for.
    let keys: [String]
    /// What our own export says of it.
    var described: ArrayDescription.Modality?
    let isAsked: Bool
  }

  private static func chosen(_ parts: [ImportPart], _ mapping: ImportMapping) throws -> [Choice] {
    if !mapping.arrays.isEmpty {
      return mapping.arrays.map { name, key in Choice(name: name, keys: [key], isAsked: true) }
    }
    if let description = parts[0].description {
      return description.modalities.map {
        let key = description.layout == .ragged ? "\($0.name).values" : $0.name
        return Choice(name: $0.name, keys: [key], described: $0, isAsked: true)
      }
    }
    let found = KnownArrays.modalities.filter { known in parts[0].first(of: known.keys) != nil }
    guard !found.isEmpty else { throw ExchangeError.noModality(path: parts[0].file.path, keys: parts[0].names) }
    return found.map { Choice(name: $0.name, keys: $0.keys, isAsked: false) }
  }

  private static func source(_ choice: Choice, _ part: ImportPart, _ mapping: ImportMapping) throws -> Source {
    let values =
      choice.isAsked
      ? try part.array(choice.keys[0], option: "array=\(choice.name)") : part.first(of: choice.keys)
    guard let values else {
      throw ExchangeError.missingArray(path: part.file.path, split: part.split, name: choice.name)
    }
    if let problem = values.problem { throw problem }
    // Names beside the array: of the modality, and of the array itself.
    let own = part.names.first { part.arrays[$0]?.key == values.key } ?? choice.name
    let keys = [choice.name, own]
    func option(_ name: String, _ given: String?, _ known: [String]) throws -> ArrayInfo? {
      if let given { return try part.array(given, option: name) }
      return part.first(of: known)
    }
    let description = choice.described == nil ? nil : part.description
    var side = mapping.side ?? .right
    if case .padded(let described) = description?.layout { side = described }
    return Source(
      values: values, offsets: description?.layout == .ragged ? part.arrays["\(choice.name).offsets"] : nil,
      lengths: try option("lengths", mapping.lengths[choice.name], KnownArrays.lengths(keys)),
      mask: try description?.layout == .ragged
        ? part.array("\(choice.name).valid", option: "mask")
        : option("mask", mapping.masks[choice.name], KnownArrays.masks(keys)),
      times: description?.hasTimes == true ? try part.array("\(choice.name).times", option: "array") : nil,
      side: side, zeroPadding: mapping.zeroPadding)
  }

  private static func modality(
    _ choice: Choice, _ sources: [Source], _ parts: [ImportPart]
  ) throws -> Modality {
    let first = sources[0].values
    for (source, part) in zip(sources, parts) { try source.check(part, like: first) }
    let dimension = first.isText ? 0 : first.shape.last ?? 0
    let described = choice.described
    let names = described?.dimensionNames.flatMap { $0.count == dimension ? $0 : nil }
    return Modality(
      name: choice.name, root: EntryName.of(described?.root ?? own(first, parts[0])), dimensionNames: names,
      dimension: dimension, isText: first.isText,
      dtype: described?.dtype ?? (sources.allSatisfy(\.values.isBinary16) ? "f16" : "f32"), sources: sources)
  }

  /// Says once of which modalities, and in which splits, all rows are taken for frames.
  private static func withoutLengths(_ modalities: [Modality], _ parts: [ImportPart]) -> [String] {
    let uncertain = modalities.map { modality in
      (
        name: modality.name,
        splits: zip(modality.sources, parts).compactMap { source, part -> String? in
          let isCertain = source.lengths != nil || source.mask != nil || source.zeroPadding != nil
          return isCertain || source.length <= 1 ? nil : part.split ?? ""
        }
      )
    }.filter { !$0.splits.isEmpty }
    return uncertain.map(\.splits).uniqued.map { splits in
      let names = uncertain.filter { $0.splits == splits }.map(\.name).joined(separator: ", ")
      let place =
        parts.count == 1 ? "" : splits.count == parts.count ? ", all splits" : ", \(splits.joined(separator: ", "))"
      return "\(names)\(place): no lengths and no mask, so all rows of each sample are frames; if zeros at an end are "
        + "padding, say so with --zero-rows-are-padding"
    }
  }

  private static func own(_ info: ArrayInfo, _ part: ImportPart) -> String {
    part.names.first { part.arrays[$0]?.key == info.key } ?? info.key
  }

  // MARK: Labels and counts

  private static func labelNames(
    _ samples: [ImportSamples], _ parts: [ImportPart], _ mapping: ImportMapping
  ) throws -> [String] {
    let widths = Set(samples.map(\.labelWidth))
    guard widths.count == 1, let width = widths.first else {
      throw ExchangeError.labelsDiffer(path: parts[0].file.path, widths: samples.map(\.labelWidth))
    }
    if width == 0 {
      if mapping.labelNames != nil { throw ExchangeError.labelNames(given: mapping.labelNames?.count ?? 0, columns: 0) }
      return []
    }
    if let names = mapping.labelNames {
      guard names.count == width, Set(names).count == width, !names.contains("") else {
        throw ExchangeError.labelNames(given: names.count, columns: width)
      }
      return names
    }
    if let names = parts[0].description?.labels, names.count == width, mapping.labels == nil { return names }
    return width == 1 ? ["sentiment"] : (0..<width).map { "label_\($0)" }
  }

  /// All arrays of a part have as many samples.
  private func checkCounts() throws {
    for modality in modalities {
      for (index, source) in modality.sources.enumerated() {
        let count = samples[index].count
        let perSample = source.offsets == nil ? [source.values, source.lengths, source.mask, source.times] : []
        let perFrame = source.offsets == nil ? [] : [source.mask, source.times]
        try Self.check(perSample.compactMap(\.self), rows: count, parts[index])
        try Self.check(perFrame.compactMap(\.self), rows: source.values.rows, parts[index])
        try Self.check(source.offsets.map { [$0] } ?? [], rows: count + 1, parts[index])
      }
    }
  }

  private static func check(_ arrays: [ArrayInfo], rows: Int, _ part: ImportPart) throws {
    for info in arrays where info.rows != rows || info.shape.isEmpty {
      throw ExchangeError.sampleCount(path: part.file.path, array: info.key, found: info.rows, expected: rows)
    }
  }
}

extension ImportPlan.Source {
  /// Holds the shapes of a modality's arrays together.
  fileprivate func check(_ part: ImportPart, like first: ArrayInfo) throws {
    func wrong(_ info: ArrayInfo, _ wanted: String) -> ExchangeError {
      .wrongShape(path: part.file.path, array: info.key, found: info.shape, type: info.typeName, wanted: wanted)
    }
    guard values.isText == first.isText else {
      throw wrong(values, first.isText ? "text, as in the other splits" : "numbers, as in the other splits")
    }
    if offsets != nil {
      guard values.shape.count == (values.isText ? 1 : 2) else { throw wrong(values, "[frames, dimensions]") }
    } else if values.isText {
      guard (1...2).contains(values.shape.count) else { throw wrong(values, "[samples, frames] of text") }
    } else {
      guard (2...3).contains(values.shape.count) else { throw wrong(values, "[samples, frames, dimensions]") }
    }
    if !values.isText {
      guard values.shape.last == first.shape.last else {
        throw wrong(values, "\(first.shape.last ?? 0) dimensions, as in the other splits")
      }
      guard values.shape.last != 0 else { throw wrong(values, "at least one dimension") }
    }
    if let lengths, lengths.isText || lengths.width != 1 { throw wrong(lengths, "a number a sample") }
    if let mask, offsets == nil, mask.isText || mask.width != length {
      throw wrong(mask, "[samples, \(length)] of Booleans")
    }
    if let times, times.isText || times.width != (offsets == nil ? 2 * length : 2) {
      throw wrong(times, "two times a frame")
    }
  }
}

extension Array where Element: Hashable {
  /// The elements in order, each once.
  fileprivate var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
