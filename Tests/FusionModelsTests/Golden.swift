import Autodiff
import Foundation
import FusionModels

/// A case that `tools/reference/dump_grf_golden.py` computed with PyTorch in Float64 and stored in Float32.
struct Golden {
  let model: ModelConfiguration
  let inputs: [ModelInput]
  /// Rows of a parameter that have an exact gradient of 0, by the parameter's name.
  let rowsWithoutGradient: [String: Range<Int>]
  private let tensors: [String: Tensor]

  struct Tensor {
    let shape: [Int]
    let bytes: Data
  }

  init(_ name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../fixtures/golden/grf/\(name).safetensors")
    let data = try Data(contentsOf: file)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try Self.object(JSONSerialization.jsonObject(with: data.dropFirst(8).prefix(length)))
    let metadata = try Self.object(header["__metadata__"])
    let text = metadata["golden"] as? String ?? ""
    let golden = try Self.object(JSONSerialization.jsonObject(with: Data(text.utf8)))
    let keys = try Self.object(golden["model"])
    func number(_ key: String) throws -> NSNumber {
      guard let number = keys[key] as? NSNumber else { throw CocoaError(.coderReadCorrupt) }
      return number
    }
    model = ModelConfiguration(
      width: try number("d_model").intValue, layers: try number("num_layers").intValue,
      feedForward: try number("d_ffn").intValue, heads: try number("num_heads").intValue,
      dropout: try number("dropout").floatValue, auxiliaryWeight: try number("aux_loss_weight").floatValue)
    let dimensions = try Self.object(golden["dimensions"])
    inputs = (golden["order"] as? [String] ?? []).map {
      ModelInput(name: $0, dimension: (dimensions[$0] as? NSNumber)?.intValue ?? 0)
    }
    rowsWithoutGradient = try Self.object(golden["rows_without_gradient"])
      .compactMapValues { ($0 as? [NSNumber]).map { $0[0].intValue..<$0[1].intValue } }
    var tensors: [String: Tensor] = [:]
    for (name, entry) in header where name != "__metadata__" {
      let entry = try Self.object(entry)
      let offsets = (entry["data_offsets"] as? [NSNumber] ?? []).map(\.intValue)
      tensors[name] = Tensor(
        shape: (entry["shape"] as? [NSNumber] ?? []).map(\.intValue),
        bytes: Data(data[8 + length + offsets[0]..<8 + length + offsets[1]]))
    }
    self.tensors = tensors
  }

  private static func object(_ value: Any?) throws -> [String: Any] {
    guard let object = value as? [String: Any] else { throw CocoaError(.coderReadCorrupt) }
    return object
  }

  func floats(_ name: String) throws -> [Float] {
    guard let tensor = tensors[name] else { throw CocoaError(.coderValueNotFound) }
    return stride(from: 0, to: tensor.bytes.count, by: 4).map { place in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(tensor.bytes[place + $1]) << (8 * UInt32($1)) })
    }
  }

  func shape(_ name: String) -> [Int] { tensors[name]?.shape ?? [] }

  private func integers(_ name: String) throws -> [Int] {
    guard let tensor = tensors[name] else { throw CocoaError(.coderValueNotFound) }
    return stride(from: 0, to: tensor.bytes.count, by: 8).map { place in
      (0..<8).reduce(0) { $0 | Int(tensor.bytes[place + $1]) << (8 * $1) }
    }
  }

  /// One modality's frames as they are stored, masked ones included.
  struct Stored {
    let values: [Float]
    let offsets: [Int]
    let valid: [UInt8]
  }

  func stored(_ modality: String) throws -> Stored {
    Stored(
      values: try floats("input.\(modality).values"), offsets: try integers("input.\(modality).offsets"),
      valid: tensors["input.\(modality).valid"].map { Array($0.bytes) } ?? [])
  }

  /// The frames of some samples, packed; `stored` must outlive what is made of it.
  static func pack(_ stored: Stored, columns: Int, samples: Range<Int>) -> PackedFrames {
    var frames = PackedFrames(columns: columns)
    let (values, valid) = (stored.values.span, stored.valid.span)
    for sample in samples {
      let rows = stored.offsets[sample]..<stored.offsets[sample + 1]
      frames.append(
        MappedRows(values.extracting(rows.lowerBound * columns..<rows.upperBound * columns), columns: columns),
        valid: valid.extracting(rows))
    }
    return frames
  }
}
