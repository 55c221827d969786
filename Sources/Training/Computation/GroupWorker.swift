internal import Autodiff
internal import Batches
internal import FusionModels

/// What one thread needs to compute a model over a group of samples; its memory is used again from group to group.
struct GroupWorker: ~Copyable {
  private var tape = Tape()
  private var frames: [PackedFrames] = []

  /// Bytes that the tape keeps.
  var capacity: Int { tape.capacity }

  mutating func run(_ group: Group) -> GroupResult {
    let began = ContinuousClock.now
    pack(group)
    let packed = began.duration(to: .now)
    tape.begin(group.weights, gradients: group.gradients, dropout: group.dropout)
    var seen: [Observation] = []
    let observer = group.observation.map { wanted in
      ModelObserver(wantsAttention: wanted.wantsAttention) { seen.append($0) }
    }
    let prediction = group.model.predict(frames, on: &tape, observe: observer)
    var result = GroupResult(packing: packed)
    if let lossWeight = group.lossWeight {
      let targets = group.samples.map { group.batch.label($0) }
      var loss = tape.l1Loss(prediction.main, targets: targets.span, weight: lossWeight)
      if let auxiliary = prediction.auxiliary, group.model.auxiliaryWeight > 0 {
        let weight = lossWeight * group.model.auxiliaryWeight
        loss = tape.addition(loss, tape.l1Loss(auxiliary, targets: targets.span, weight: weight))
      }
      result.loss = tape.values(of: loss)[0]
      if let gradients = group.gradients {
        gradients.clear()
        tape.backward(from: loss)
      }
    }
    result.predictions = tape.values(of: prediction.main)
    if group.observation != nil { result.observed = Observed(seen, on: tape, frames: frames) }
    if !result.loss.isFinite || !result.predictions.allSatisfy(\.isFinite) {
      result.nonfinite = tape.firstNonfinite().map { "\($0.scope), \($0.operation)" }
    }
    tape.reset()
    result.capacity = tape.capacity
    return result
  }

  /// Notes where the group's frames lie; copies none.
  private mutating func pack(_ group: Group) {
    if frames.count != group.batch.modalities.count {
      frames = group.batch.modalities.map { PackedFrames(columns: $0.dimension) }
    }
    for modality in frames.indices {
      frames[modality].removeAll()
      for sample in group.samples {
        let found = group.batch.frames(sample: sample, modality: modality)
        // The batch holds the mapping until the tape is reset.
        let rows =
          switch found.type {
          case .f32: MappedRows(found.values, columns: found.dimension)
          case .f16: MappedRows(bits: found.halves, columns: found.dimension, format: .f16)
          case .bf16: MappedRows(bits: found.halves, columns: found.dimension, format: .bf16)
          // Only parts hold such frames, and no part opens as a dataset.
          case .f64: preconditionFailure("frames of a part")
          }
        if let length = group.batch.filledCount(sample: sample, modality: modality) {
          frames[modality].append(rows, filledTo: length)
        } else {
          frames[modality].append(rows, valid: found.valid)
        }
      }
    }
  }
}

/// Some neighbouring samples of a batch, and what is to be computed of them.
struct Group: Sendable {
  let batch: Batch
  /// Places in the batch.
  let samples: Range<Int>
  let model: any FusionModel
  let weights: FloatBuffer
  /// Where the gradients go; nil: none are computed.
  let gradients: FloatBuffer?
  let dropout: DropoutKey?
  /// What each sample's error counts; nil where there are no labels.
  let lossWeight: Float?
  /// What is to be told of the model's way; nil: nothing.
  var observation: ObservationRequest?
}

/// What of a model's way to its predictions is asked for.
struct ObservationRequest: Sendable {
  let wantsAttention: Bool
}

struct GroupResult: Sendable {
  /// What it took to note where the frames lie.
  let packing: Duration
  var loss: Float = 0
  /// A number a sample.
  var predictions: [Float] = []
  /// Where the first number that is not finite came up: part of the model and operation.
  var nonfinite: String?
  /// Where it was asked for.
  var observed: Observed?
  /// Bytes that the worker keeps.
  var capacity = 0
}
