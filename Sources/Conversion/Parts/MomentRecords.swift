internal import Files
internal import PackedSequences
internal import Preprocessing
internal import Shards

/// The moment records of all parts, in the order in which one conversion would have combined them.
struct MomentRecords: ~Copyable {
  /// One record, and the strip's first sample, which orders it.
  private struct Place {
    let first: SampleID
    let part: Int
    let record: Int
  }

  private let files: [RecordFile]

  /// - Parameter folders: of the parts.
  init(_ folders: [String]) throws {
    files = try folders.map { try RecordFile(Path.join($0, Manifest.MomentsFile.fileName)) }
  }

  /// The moments of a modality of numbers over all parts; records are read one after another.
  func combined(_ modality: String, dimension: Int) throws -> Moments {
    var places: [Place] = []
    for (part, file) in files.enumerated() {
      for (record, first) in try file.firstSamples(modality, dimension: dimension).enumerated() {
        places.append(Place(first: SampleID(parsing: first), part: part, record: record))
      }
    }
    var moments = Moments(dimension: dimension)
    for place in places.sorted(by: { $0.first < $1.first }) {
      moments.combine(try files[place.part].record(place.record, modality, dimension: dimension))
    }
    return moments
  }
}

/// `moments.safetensors` of one part.
private final class RecordFile {
  private let file: File
  private let header: SafetensorsHeader
  private let entries: [String: HeaderEntry]

  init(_ path: String) throws {
    file = try File(reading: path)
    header = try SafetensorsHeader(file)
    entries = Dictionary(header.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The ids of the strips' first samples.
  func firstSamples(_ modality: String, dimension: Int) throws -> [String] {
    let records = try entry("\(modality).moments", .f64).shape
    guard records.count == 3, Array(records[1...]) == [Moments.Field.allCases.count, dimension] else {
      throw ShardError.wrongShape(
        path: file.path, tensor: "\(modality).moments",
        expected: [records.first ?? 0, Moments.Field.allCases.count, dimension], found: records)
    }
    let offsetsEntry = try entry("\(modality).first_offsets", .i64)
    guard offsetsEntry.shape == [records[0] + 1] else {
      throw ShardError.wrongShape(
        path: file.path, tensor: offsetsEntry.name, expected: [records[0] + 1], found: offsetsEntry.shape)
    }
    let offsets = TensorBytes.integers(try bytes(offsetsEntry))
    let text = try bytes(entry("\(modality).first", .u8))
    guard offsets.first == 0, Int(offsets.last ?? -1) == text.count, zip(offsets, offsets.dropFirst()).allSatisfy(<=)
    else {
      throw ShardError.offsetsEnd(
        path: file.path, tensor: offsetsEntry.name, expected: text.count, found: Int(offsets.last ?? -1))
    }
    return zip(offsets, offsets.dropFirst()).map { String(decoding: text[Int($0)..<Int($1)], as: UTF8.self) }
  }

  func record(_ record: Int, _ modality: String, dimension: Int) throws -> Moments {
    let tensor = try entry("\(modality).moments", .f64)
    let size = Moments.Field.allCases.count * dimension * MemoryLayout<Double>.size
    let bytes = try file.read(bytes: size, at: header.dataStart + tensor.start + record * size)
    guard let moments = Moments(dimension: dimension, state: TensorBytes.doubles(bytes)) else {
      throw ShardError.malformedTensor(path: file.path, tensor: tensor.name, member: "shape")
    }
    return moments
  }

  private func entry(_ name: String, _ type: TensorType) throws -> HeaderEntry {
    guard let entry = entries[name] else { throw ShardError.missingTensor(path: file.path, tensor: name) }
    guard entry.type == type else {
      throw ShardError.wrongType(path: file.path, tensor: name, expected: type.rawValue, found: entry.type.rawValue)
    }
    return entry
  }

  private func bytes(_ entry: HeaderEntry) throws -> [UInt8] {
    try file.read(bytes: entry.end - entry.start, at: header.dataStart + entry.start)
  }
}
