import Foundation
import JSONValues
import Shards

@testable import Reporting

/// A run's folder as the trainer leaves it, with numbers that tests know.
struct ExampleRun {
  struct Sample {
    var id: String
    var label: Float?
    var prediction: Float
  }

  var samples: [Sample]
  var epochs = 5
  /// Valid and train MAE and loss by epoch; the best epoch is the fourth.
  static let trainLoss = [1.75, 1.5, 1.25, 1.0, 0.875]
  static let validError = [1.125, 0.9375, 0.8125, 0.5625, 0.625]

  /// As many samples, of `videos` videos, in −3 ... 3.
  init(samples count: Int = 40, videos: Int = 4, seed: UInt64 = 7) {
    var state = seed
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 33) / Double(UInt64(1) << 31)
    }
    samples = (0..<count).map { place in
      let label = (next() * 12 - 6).rounded() / 2
      let prediction = Float(label * 0.75 + next() - 0.5)
      return Sample(id: "video\(place * videos / max(count, 1))[\(place)]", label: Float(label), prediction: prediction)
    }
  }

  var predictionTable: String {
    "id,label,prediction\n"
      + samples.map { sample in
        "\"\(sample.id.replacing("\"", with: "\"\""))\",\(sample.label.map { "\($0)" } ?? ""),\(sample.prediction)\n"
      }.joined()
  }

  var metricsLog: String {
    (0..<epochs).map { e in
      """
      {"epoch":\(e + 1),"split":"train","loss":\(Self.trainLoss[e]),"mae":\(Self.trainLoss[e] / 2),"corr":0.5,"learning_rate":0.001}
      {"epoch":\(e + 1),"split":"valid","loss":\(Self.validError[e] * 1.5),"mae":\(Self.validError[e]),"corr":\(0.5 + 0.0625 * Double(e)),"f1_macro_has0":0.75,"acc7":null}

      """
    }.joined()
  }

  static let test = """
    {"mae": 0.4375, "corr": 0.875, "acc2_has0": 0.8125, "f1_macro_has0": 0.8, "f1_weighted_has0": 0.81, "acc2_non0": 0.82,
     "f1_macro_non0": 0.79, "f1_weighted_non0": 0.78, "acc5": 0.5, "acc7": 0.4, "f1_macro_7": 0.3, "samples": 40,
     "best_epoch": 4, "baselines": {"majority": {"mae": 1.375, "acc7": 0.21}, "median": {"mae": 1.3125, "acc7": null}}}
    """

  /// - Parameters:
  ///   - settings: further ones of `data`.
  ///   - files: those that are written; all by default.
  func write(
    to path: String, dataset: String = "nowhere/", seed: Int = 0, content: String? = "aa", kind: String = "grf",
    settings: [String: String] = [:],
    files: Set<String> = ["config.yaml", "metrics.jsonl", "test.json", "predictions-test.csv", "profile.json"]
  ) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let texts = [
      "config.yaml": """
      model:
        kind: \(kind)
      training:
        seed: \(seed)
      data:
        shards: \(JSONValue.string(dataset).compact())
        order: [text, vision, audio]

      """ + settings.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)\n" }.joined(),
      "metrics.jsonl": metricsLog, "test.json": Self.test, "predictions-test.csv": predictionTable,
      "profile.json": "{\"parameters\": 12345}",
    ]
    for (name, text) in texts where files.contains(name) {
      try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }
    if let content {
      try Safetensors(metadata: ["content": content], tensors: []).write(to: "\(path)/best.safetensors")
    }
  }

  /// A value of a state that says nothing of the label.
  static func noise(_ sample: Int, _ dimension: Int) -> Float { Float((sample * 7 + dimension * 13) % 11) / 11 - 0.5 }

  /// States whose first value follows the label more from stage to stage, gates, and attention over `frames` frames.
  func embedding(frames: Int = 3) -> Safetensors {
    let (count, width) = (samples.count, 6)
    func state(_ strength: Float) -> [UInt8] {
      var values: [Float] = []
      for s in 0..<count {
        values.append(strength * (samples[s].label ?? 0))
        for d in 1..<width { values.append(Self.noise(s, d)) }
      }
      return TensorBytes.of(values)
    }
    func gate(_ value: Float) -> [UInt8] { TensorBytes.of([Float](repeating: value, count: count * width)) }
    var ids: [UInt8] = []
    var offsets: [Int64] = [0]
    for sample in samples {
      ids += sample.id.utf8
      offsets.append(Int64(ids.count))
    }
    let rows = count * frames
    let whole = Float(frames * (frames + 1) / 2)
    var weights: [Float] = []
    for row in 0..<rows { weights += [Float(row % frames + 1) / whole, 1 / Float(frames)] }
    let labels: [Float] = samples.map { $0.label ?? .nan }
    let frameOffsets: [Int64] = (0...count).map { Int64($0 * frames) }
    let positions: [Int32] = (0..<rows).map { Int32($0 % frames) }
    return Safetensors(
      metadata: [
        "format": "grf-embedding", "version": "1", "kind": "grf", "component": "full", "order": "text,vision,audio",
        "stage.0.modality": "vision", "stage.1.modality": "audio", "attention.0.decoder_2.modality": "text",
      ],
      tensors: [
        ("sample.id", "U8", [ids.count], ids), ("sample.id_offsets", "I64", [count + 1], TensorBytes.of(offsets)),
        ("label", "F32", [count], TensorBytes.of(labels)),
        ("prediction", "F32", [count], TensorBytes.of(samples.map(\.prediction))),
        ("stage.first", "F32", [count, width], state(0.1)),
        ("stage.0.state", "F32", [count, width], state(1)),
        ("stage.0.gate", "F32", [count, width], gate(0.25)),
        ("stage.1.state", "F32", [count, width], state(3)),
        ("stage.1.gate", "F32", [count, width], gate(0.625)),
        ("attention.0.decoder_2.0", "F32", [rows, 2], TensorBytes.of(weights)),
        ("attention.0.decoder_2.offsets", "I64", [count + 1], TensorBytes.of(frameOffsets)),
        ("attention.0.decoder_2.positions", "I32", [rows], TensorBytes.of(positions)),
      ])
  }
}

/// A safetensors file of given tensors.
struct Safetensors {
  var metadata: [String: String]
  var tensors: [(name: String, type: String, shape: [Int], bytes: [UInt8])]

  func write(to path: String) throws {
    var header: JSONObject = ["__metadata__": .object(JSONObject(metadata))]
    var end = 0
    for tensor in tensors {
      let start = end
      end += tensor.bytes.count
      header[tensor.name] = [
        "dtype": .string(tensor.type), "shape": JSONValue(tensor.shape), "data_offsets": JSONValue([start, end]),
      ]
    }
    let text = Array(JSONValue.object(header).compact().utf8)
    let bytes = TensorBytes.of([UInt64(text.count)]) + text + tensors.flatMap(\.bytes)
    try Data(bytes).write(to: URL(filePath: path))
  }
}

extension JSONObject {
  fileprivate init(_ strings: [String: String]) {
    self.init()
    for (key, value) in strings.sorted(by: { $0.key < $1.key }) { self[key] = .string(value) }
  }
}
