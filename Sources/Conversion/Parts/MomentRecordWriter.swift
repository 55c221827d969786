internal import Files
internal import JSONValues
internal import Preprocessing
internal import Shards

/// Writes `moments.safetensors` of a part: what each strip of the fitted split adds to the statistics.
///
/// Of every modality of numbers M there are
///
/// - `M.moments`, F64 [records, 8, D]: a ``Moments/state`` a strip, in the order of the strips;
/// - `M.first_offsets`, I64 [records + 1], and `M.first`, U8: the ids of the strips' first samples, which say where a
///   record stands among those of all parts.
///
/// Where everything lies is known beforehand, so that any thread may write any record.
final class MomentRecordWriter: Sendable {
  private let file: File
  /// By modality of the plan: where its records begin, and the bytes of each.
  private let places: [(start: Int, size: Int)]

  init(in folder: String, _ plan: ConversionPlan, _ sizes: [[StripSizes]]) throws {
    let path = Path.join(folder, Manifest.MomentsFile.fileName)
    try Folder.removeAll(path)
    file = try File(creating: path)
    let ids = plan.modalities.indices.map { Self.firstSamples(plan, modality: $0, sizes[$0]) }
    var header = TensorList()
    var starts: [Int] = []
    let sizes = plan.modalities.map { Moments.Field.allCases.count * $0.selection.count * MemoryLayout<Double>.size }
    for (m, modality) in plan.modalities.enumerated() {
      starts.append(header.end)
      guard !modality.isTokens else { continue }
      header.add(
        "\(modality.name).moments", "F64", [ids[m].count, Moments.Field.allCases.count, modality.selection.count],
        bytes: ids[m].count * sizes[m])
    }
    var tables: [(start: Int, bytes: [UInt8])] = []
    for (m, modality) in plan.modalities.enumerated() where !modality.isTokens {
      let offsets = ids[m].reduce(into: [Int64(0)]) { $0.append(($0.last ?? 0) + Int64($1.utf8.count)) }
      tables.append((header.end, TensorBytes.of(offsets)))
      header.add("\(modality.name).first_offsets", "I64", [offsets.count], bytes: offsets.count * 8)
    }
    for (m, modality) in plan.modalities.enumerated() where !modality.isTokens {
      let text = ids[m].flatMap { Array($0.utf8) }
      tables.append((header.end, text))
      header.add("\(modality.name).first", "U8", [text.count], bytes: text.count)
    }
    let head = header.bytes
    places = zip(starts, sizes).map { ($0 + head.count, $1) }
    try file.write(head, at: 0)
    try file.resize(to: head.count + header.end)
    for table in tables { try file.write(table.bytes, at: head.count + table.start) }
  }

  /// The first samples of the strips that statistics are fitted on and that have frames.
  private static func firstSamples(_ plan: ConversionPlan, modality m: Int, _ sizes: [StripSizes]) -> [String] {
    zip(plan.modalities[m].strips, sizes).filter { strip, sizes in
      plan.split(of: strip) == plan.fittedSplit && sizes.samples.contains { $0.frames > 0 }
    }.map { strip, _ in plan.samples.samples[strip.samples[0]].id.description }
  }

  /// - Parameter place: among the records of the modality.
  func write(_ moments: Moments, modality: Int, place: Int) throws {
    let (start, size) = places[modality]
    try file.write(TensorBytes.of(moments.state), at: start + place * size)
  }

  /// Syncs the file.
  func finish() throws -> Manifest.MomentsFile {
    try file.sync()
    return Manifest.MomentsFile(bytes: try file.size, crc32: try Checksum.crc32(of: file))
  }
}

/// The header of a safetensors file, tensor after tensor without holes.
private struct TensorList {
  private var document = JSONObject()
  /// Bytes of all tensors.
  private(set) var end = 0

  init() { document["__metadata__"] = ["format": .string("grf-moments")] }

  mutating func add(_ name: String, _ dtype: String, _ shape: [Int], bytes: Int) {
    document[name] = [
      "dtype": .string(dtype), "shape": JSONValue(shape), "data_offsets": JSONValue([end, end + bytes]),
    ]
    end += bytes
  }

  /// Every byte before the data, which starts on 64 bytes.
  var bytes: [UInt8] {
    let text = Array(JSONValue.object(document).compact().utf8)
    let padding = (64 - (8 + text.count) % 64) % 64
    return TensorBytes.of([Int64(text.count + padding)]) + text + Array(repeating: UInt8(ascii: " "), count: padding)
  }
}
