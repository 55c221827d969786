import Autodiff
import Foundation
import FusionModels
import Testing

/// Which model, and which of its cases in `fixtures/golden`.
struct GoldenCase: Sendable, CustomTestStringConvertible {
  enum Kind: String, CaseIterable {
    case grf, mult
  }

  let kind: Kind
  let name: String

  var testDescription: String { "\(kind.rawValue) \(name)" }

  /// The whole of GRF; and its ablations, of which each has a case of its name.
  static let whole = ["narrow", "wide", "pair", "four", "long", "alone", "filled"].map {
    GoldenCase(kind: .grf, name: $0)
  }
  static let ablations = GRFComponent.allCases.dropFirst().map { GoldenCase(kind: .grf, name: $0.rawValue) }
  static let grf = whole + ablations
  static let single = ["single", "filled-single"].map { GoldenCase(kind: .grf, name: $0) }
  static let mult = ["three", "pair", "odd", "four", "long", "hidden", "filled", "alone"].map {
    GoldenCase(kind: .mult, name: $0)
  }
  static let all = grf + single + mult

  /// The weights after steps are left out of the largest.
  static let stepped = all.filter { !["grf wide", "mult four"].contains($0.testDescription) }

  /// Decay and the greatest norm of the gradients.
  var training: (decay: Double, norm: Double) { kind == .grf ? (1e-2, 1) : (0, 0.8) }
}

/// A case that `tools/reference/dump_KIND_golden.py` computed with PyTorch in Float64 and stored in Float32.
struct Golden {
  let kind: GoldenCase.Kind
  let inputs: [ModelInput]
  /// The configuration's keys.
  private let keys: [String: Any]
  /// Rows of a parameter that have an exact gradient of 0, by the parameter's name.
  let rowsWithoutGradient: [String: Range<Int>]
  /// By modality, what samples are filled up to; nil where masks count.
  let fill: [String: Int]?
  private let tensors: [String: Tensor]

  struct Tensor {
    let shape: [Int]
    let bytes: Data
  }

  init(_ place: GoldenCase) throws {
    kind = place.kind
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../fixtures/golden/\(kind.rawValue)/\(place.name).safetensors")
    let data = try Data(contentsOf: file)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try Self.object(JSONSerialization.jsonObject(with: data.dropFirst(8).prefix(length)))
    let metadata = try Self.object(header["__metadata__"])
    let text = metadata["golden"] as? String ?? ""
    let golden = try Self.object(JSONSerialization.jsonObject(with: Data(text.utf8)))
    keys = try Self.object(golden["model"])
    let dimensions = try Self.object(golden["dimensions"])
    inputs = (golden["order"] as? [String] ?? []).map {
      ModelInput(name: $0, dimension: (dimensions[$0] as? NSNumber)?.intValue ?? 0)
    }
    rowsWithoutGradient = try Self.object(golden["rows_without_gradient"])
      .compactMapValues { ($0 as? [NSNumber]).map { $0[0].intValue..<$0[1].intValue } }
    fill = (golden["fill"] as? [String: Any])?.compactMapValues { ($0 as? NSNumber)?.intValue }
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

  /// Full where nothing is said.
  var component: GRFComponent {
    get throws {
      guard let name = keys["component"] as? String else { return .full }
      guard let component = GRFComponent(rawValue: name) else { throw CocoaError(.coderReadCorrupt) }
      return component
    }
  }

  func has(_ tensor: String) -> Bool { tensors[tensor] != nil }

  /// - Parameter positions: how many the longest sample has.
  func model(positions: Int) throws -> any FusionModel {
    func number(_ key: String) throws -> NSNumber {
      guard let number = keys[key] as? NSNumber else { throw CocoaError(.coderReadCorrupt) }
      return number
    }
    let (width, layers) = (try number("d_model").intValue, try number("num_layers").intValue)
    let heads = try number("num_heads").intValue
    switch kind {
    case .grf:
      let isSingle = keys["component"] as? String == "single"
      let configuration = ModelConfiguration(
        width: width, layers: layers, feedForward: try number("d_ffn").intValue, heads: heads,
        dropout: try number("dropout").floatValue, auxiliaryWeight: try number("aux_loss_weight").floatValue,
        component: isSingle ? .full : try component)
      if isSingle { return SingleModality(configuration, input: inputs[0], positions: positions) }
      return GatedRecurrentFusion(configuration, inputs: inputs, positions: positions)
    case .mult:
      let configuration = MultimodalTransformerConfiguration(
        width: width, layers: layers, heads: heads, dropout: .none)
      return MultimodalTransformer(configuration, inputs: inputs, positions: positions)
    }
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
  ///
  /// - Parameter fill: what samples are filled up to; nil where masks count.
  static func pack(_ stored: Stored, columns: Int, fill: Int?, samples: Range<Int>) -> PackedFrames {
    var frames = PackedFrames(columns: columns)
    let (values, valid) = (stored.values.span, stored.valid.span)
    for sample in samples {
      let rows = stored.offsets[sample]..<stored.offsets[sample + 1]
      let mapped = MappedRows(
        values.extracting(rows.lowerBound * columns..<rows.upperBound * columns), columns: columns)
      if let fill {
        frames.append(mapped, filledTo: fill)
      } else {
        frames.append(mapped, valid: valid.extracting(rows))
      }
    }
    return frames
  }
}
