import Conversion
import PackedSequences
import Shards

/// A sample as a dataset has it, copied.
struct StoredSample: Equatable {
  var id: String
  var split: String
  var interval: [Double]
  var labels: [Float]
  /// By modality.
  var frames: [String: Frames] = [:]

  struct Frames: Equatable {
    /// Widened to Float.
    var values: [Float] = []
    var tokens: [String] = []
    var valid: [UInt8] = []
    var times: [Float] = []

    var count: Int { valid.count }
  }

  subscript(modality: String) -> Frames { frames[modality] ?? Frames() }
}

extension Dataset {
  /// Every sample, split after split.
  var samples: [StoredSample] {
    splits.flatMap { split in
      split.shards.flatMap { shard in (0..<shard.sampleCount).map { shard.stored($0) } }
    }
  }

  func sample(_ id: String) throws -> StoredSample {
    guard let sample = samples.first(where: { $0.id == id }) else { throw Missing(description: "no sample \(id)") }
    return sample
  }

  func modality(_ name: String) throws -> Manifest.Modality {
    guard let modality = manifest.modalities.first(where: { $0.name == name }) else {
      throw Missing(description: "no modality \(name)")
    }
    return modality
  }

  func statistics(_ name: String) throws -> Manifest.Statistics {
    guard let statistics = try modality(name).statistics else { throw Missing(description: "no statistics") }
    return statistics
  }

  struct Missing: Error, CustomStringConvertible {
    let description: String
  }
}

extension Shard {
  fileprivate func stored(_ sample: Int) -> StoredSample {
    let (start, end) = interval(sample)
    var result = StoredSample(
      id: id(sample), split: split, interval: [start, end], labels: schema.labels.isEmpty ? [] : copy(labels(sample)))
    for (m, modality) in schema.modalities.enumerated() {
      var frames = StoredSample.Frames(
        valid: copy(valid(sample: sample, modality: m)), times: copy(times(sample: sample, modality: m)))
      switch elementType(m) {
      case nil:
        frames.tokens = frameRange(sample: sample, modality: m).map {
          String(decoding: copy(token($0, modality: m)), as: UTF8.self)
        }
      case .f32: frames.values = copy(values(sample: sample, modality: m))
      case .f16: frames.values = copy(halves(sample: sample, modality: m)).map { Float(Float16(bitPattern: $0)) }
      case .bf16: frames.values = copy(halves(sample: sample, modality: m)).map { Float(bitPattern: UInt32($0) << 16) }
      case .f64: frames.values = widened(sample: sample, modality: m)
      }
      result.frames[modality.name] = frames
    }
    return result
  }

  private func copy<Element>(_ span: Span<Element>) -> [Element] { span.indices.map { span[$0] } }
}

extension Manifest {
  /// Samples by split.
  var sampleCounts: [String: Int] { Dictionary(uniqueKeysWithValues: splits.map { ($0.name, $0.samples) }) }
}
