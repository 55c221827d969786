import JSONValues
import PackedSequences
import Shards
import Terminals

/// One sample, as it is stored.
struct SampleReport {
  let dataset: Dataset
  let split: DatasetSplit
  /// Among the split's samples.
  let place: Int
  let shard: Shard
  /// Among the shard's samples.
  let sample: Int
  let ledger: [LedgerEntry]

  /// Frames at each end.
  private static let ends = 2
  /// Dimensions that a line shows.
  private static let dimensions = 6

  private var schema: ShardSchema { dataset.schema }

  private var labels: [(name: String, value: Float)] {
    let values = shard.labels(sample)
    return schema.labels.enumerated().map { ($1, values[$0]) }
  }

  // MARK: For people

  var lines: [String] {
    let (start, end) = shard.interval(sample)
    var lines = [
      "\(shard.id(sample).printable): sample \(Format.count(place)) of \(split.name), in \(fileName)",
      "  interval  \(Format.fixed(start, 3)) to \(Format.fixed(end, 3)) s, \(Format.fixed(end - start, 3)) s long",
    ]
    if !labels.isEmpty {
      let text = labels.map { "\($0.name.printable) \(Format.number(Double($0.value)))" }.joined(separator: ", ")
      lines += zip(["  labels    "] + Array(repeating: "            ", count: labels.count), text.wrapped(to: 68)).map(
        +)
    }
    for m in schema.modalities.indices { lines += self.lines(of: m) }
    return lines
  }

  private var fileName: String { shard.path.split(separator: "/").last.map(String.init) ?? shard.path }

  private func lines(of m: Int) -> [String] {
    let modality = dataset.manifest.modalities[m]
    let frames = shard.frameRange(sample: sample, modality: m)
    let masked = maskedFrames(m)
    if frames.isEmpty { return [""] + "\(modality.name): no frames\(whyEmpty(modality.name))".wrapped() }
    var title = "\(modality.name): \(Format.count(frames.count, "frame"))"
    let mask = masked > 0 ? " (\(Format.count(masked)) masked)" : ""
    guard case .values(let type) = modality.content else {
      let tokens = frames.map { shard.tokenText($0, modality: m).printable }
      return ["", title + mask + ", tokens"] + tokens.joined(separator: " ").wrapped(indent: 2)
    }
    title += " of \(Format.count(modality.dimension, "value"))\(mask), \(type.rawValue)"
    title +=
      modality.normalization == .none ? ", not normalized" : ", stored values (\(modality.normalization.rawValue))"
    return ["", title] + frameLines(m)
  }

  /// What the ledger says of it.
  private func whyEmpty(_ modality: String) -> String {
    let id = shard.id(sample)
    guard let entry = ledger.first(where: { $0.id == id && $0.modality == modality }) else { return "" }
    return " (\(entry.reason.rawValue)\(entry.detail.map { ": \($0.printable)" } ?? ""))"
  }

  /// As many dimensions as fit the line.
  private func frameLines(_ m: Int) -> [String] {
    let most = min(Self.dimensions, dataset.manifest.modalities[m].dimension)
    for shown in stride(from: most, to: 0, by: -1) {
      let lines = frameTable(m, shown: shown).lines()
      if lines.allSatisfy({ $0.displayWidth <= 80 }) { return lines }
    }
    return frameTable(m, shown: min(1, most)).lines()
  }

  private func frameTable(_ m: Int, shown: Int) -> TextTable {
    let modality = dataset.manifest.modalities[m]
    let names = (0..<shown).map { TextTable.Column.number(Self.shortened(modality.dimensionName($0))) }
    let hidden = modality.dimension - shown
    let times = schema.keepsTimes ? [TextTable.Column.number("seconds")] : []
    var table = TextTable([.number("frame")] + times + names + [.number(hidden > 0 ? "+\(hidden)" : "")], indent: 2)
    let values = shard.widened(sample: sample, modality: m)
    let valid = shard.valid(sample: sample, modality: m)
    for frame in shownFrames(m) {
      if frame < 0 {
        table.add(["…"])
        continue
      }
      let row = values[frame * modality.dimension..<(frame + 1) * modality.dimension]
      let mark = valid[frame] == 0 ? "masked" : ""
      table.add(
        ["\(frame)"] + (schema.keepsTimes ? [timeText(frame, m)] : [])
          + row.prefix(shown).map { Format.number(Double($0)) } + [mark])
    }
    return table
  }

  /// Names of dimensions differ at their ends.
  private static func shortened(_ name: String) -> String { name.count > 9 ? "…" + name.suffix(8) : name }

  /// The first and the last frames, with −1 between them where others are left out.
  private func shownFrames(_ m: Int) -> [Int] {
    let count = shard.frameRange(sample: sample, modality: m).count
    if count <= 2 * Self.ends { return Array(0..<count) }
    return Array(0..<Self.ends) + [-1] + Array(count - Self.ends..<count)
  }

  private func timeText(_ frame: Int, _ m: Int) -> String {
    let times = shard.times(sample: sample, modality: m)
    return "\(Format.fixed(Double(times[2 * frame]), 2))–\(Format.fixed(Double(times[2 * frame + 1]), 2))"
  }

  private func maskedFrames(_ m: Int) -> Int {
    let valid = shard.valid(sample: sample, modality: m)
    return valid.indices.count { valid[$0] == 0 }
  }

  // MARK: For programs

  var json: JSONValue {
    let (start, end) = shard.interval(sample)
    var labels = JSONObject()
    for (name, value) in self.labels { labels[name] = Self.json(value) }
    return [
      "id": .string(shard.id(sample)), "split": .string(split.name), "place": JSONValue(place),
      "file": .string(fileName), "interval": JSONValue([start, end]), "labels": .object(labels),
      "modalities": .array(schema.modalities.indices.map(json)),
    ]
  }

  /// In the fewest digits that tell the number from other Floats.
  private static func json(_ value: Float) -> JSONValue { JSONValue(Double(value.description) ?? Double(value)) }

  private func json(of m: Int) -> JSONValue {
    let modality = dataset.manifest.modalities[m]
    let range = shard.frameRange(sample: sample, modality: m)
    var object: JSONObject = [
      "name": .string(modality.name), "frames": JSONValue(range.count), "masked": JSONValue(maskedFrames(m)),
      "dtype": .string(modality.content.dtype),
    ]
    if case .tokens = modality.content {
      object["tokens"] = JSONValue(range.map { shard.tokenText($0, modality: m) })
      return .object(object)
    }
    object["dimension"] = JSONValue(modality.dimension)
    object["normalization"] = .string(modality.normalization.rawValue)
    let values = shard.widened(sample: sample, modality: m)
    let valid = shard.valid(sample: sample, modality: m)
    let shown = shownFrames(m).filter { $0 >= 0 }
    object["stored_frames"] = .array(
      shown.map { frame in
        let row = values[frame * modality.dimension..<(frame + 1) * modality.dimension]
        var stored: JSONObject = ["frame": JSONValue(frame), "valid": JSONValue(valid[frame] != 0)]
        if schema.keepsTimes {
          let times = shard.times(sample: sample, modality: m)
          stored["times"] = .array([Self.json(times[2 * frame]), Self.json(times[2 * frame + 1])])
        }
        stored["values"] = .array(row.map { Self.json($0) })
        return .object(stored)
      })
    return .object(object)
  }
}
