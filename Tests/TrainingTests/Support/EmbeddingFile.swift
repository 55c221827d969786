import Files
import JSONValues
import Testing

/// An embedding file, read by the rules of the safetensors format alone.
struct EmbeddingFile {
  let metadata: [String: String]
  let shapes: [String: [Int]]
  private var types: [String: String] = [:]
  private var data: [String: [UInt8]] = [:]

  init(_ path: String) throws {
    let bytes = try File.contents(of: path)
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let parsed = try JSONValue.parse(bytes[8..<8 + length])
    let header = try #require(parsed.object)
    var metadata: [String: String] = [:]
    var shapes: [String: [Int]] = [:]
    var end = 0
    for (name, entry) in header.members {
      if name == "__metadata__" {
        for (key, value) in entry.object?.members ?? [] { metadata[key] = value.string }
        continue
      }
      let offsets = entry["data_offsets"]?.array?.compactMap(\.integer) ?? []
      try #require(offsets.count == 2)
      #expect(offsets[0] == end, "\(name) leaves a hole")
      end = offsets[1]
      types[name] = entry["dtype"]?.string
      shapes[name] = entry["shape"]?.array?.compactMap(\.integer)
      data[name] = Array(bytes[8 + length + offsets[0]..<8 + length + offsets[1]])
    }
    #expect(bytes.count == 8 + length + end && (8 + length) % 64 == 0)
    (self.metadata, self.shapes) = (metadata, shapes)
  }

  func bytes(_ name: String) -> [UInt8] { data[name] ?? [] }

  var names: Set<String> { Set(shapes.keys) }

  private func integers<Number: FixedWidthInteger>(_ name: String, _ type: String) throws -> [Number] {
    #expect(types[name] == type, "\(name)")
    let bytes = try #require(data[name])
    let size = MemoryLayout<Number>.size
    return stride(from: 0, to: bytes.count, by: size).map { place in
      (0..<size).reduce(0) { $0 | Number(truncatingIfNeeded: bytes[place + $1]) << (8 * $1) }
    }
  }

  func offsets(_ name: String) throws -> [Int] { try (integers(name, "I64") as [Int64]).map { Int($0) } }
  func positions(_ name: String) throws -> [Int32] { try integers(name, "I32") }
  func floats(_ name: String) throws -> [Float] { try (integers(name, "F32") as [UInt32]).map(Float.init(bitPattern:)) }

  var ids: [String] {
    get throws {
      let (bytes, offsets) = (try #require(data["sample.id"]), try offsets("sample.id_offsets"))
      return zip(offsets, offsets.dropFirst()).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
    }
  }
}
