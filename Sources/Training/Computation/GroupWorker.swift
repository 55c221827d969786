internal import Autodiff
internal import Batches
internal import FusionModels

/// What one thread needs to compute a model over a group of samples; its memory is used again from group to group.
struct GroupWorker: ~Copyable {
  private var tape = Tape()
  private var frames: [PackedFrames] = []

  /// Bytes that the tape keeps.
  var capacity: Int { tape.capacity }

  /// Computes samples, a few at a time, one after another.
  mutating func run(_ group: Group) -> GroupResult {
    var result = GroupResult()
    for samples in group.batch.groups(group.samples) {
      run(samples, of: group, isFirst: samples.lowerBound == group.samples.lowerBound, &result)
    }
    result.capacity = tape.capacity
    return result
  }

  private mutating func run(_ samples: Range<Int>, of group: Group, isFirst: Bool, _ result: inout GroupResult) {
    let began = ContinuousClock.now
    pack(samples, of: group.batch)
    result.packing += began.duration(to: .now)
    let dropout = group.dropout.map { seed, epoch in
      DropoutKey(seed: seed, epoch: epoch, samples: samples.map { group.batch.sample($0) })
    }
    tape.begin(group.weights, gradients: group.gradients, replacing: isFirst, dropout: dropout)
    var seen: [Observation] = []
    let observer = group.observation.map { wanted in
      ModelObserver(wantsAttention: wanted.wantsAttention) { seen.append($0) }
    }
    let prediction = group.model.predict(frames, on: &tape, observe: observer)
    var loss: Float = 0
    if let lossWeight = group.lossWeight {
      let value = record(prediction, samples, group, lossWeight)
      loss = tape.values(of: value)[0]
      if group.gradients != nil { tape.backward(from: value) }
    }
    let predictions = tape.values(of: prediction.main)
    if group.observation != nil {
      let observed = Observed(seen, on: tape, frames: frames)
      if result.observed == nil { result.observed = observed } else { result.observed?.append(observed) }
    }
    if result.nonfinite == nil, !loss.isFinite || !predictions.allSatisfy(\.isFinite) {
      result.nonfinite = tape.firstNonfinite().map { "\($0.scope), \($0.operation)" }
    }
    result.loss += Double(loss)
    result.predictions += predictions
    tape.reset()
  }

  private mutating func record(
    _ prediction: ModelOutputs, _ samples: Range<Int>, _ group: Group, _ weight: Float
  ) -> Tape.Value {
    let targets = samples.map { group.batch.label($0) }
    let loss = tape.l1Loss(prediction.main, targets: targets.span, weight: weight)
    guard let auxiliary = prediction.auxiliary, group.model.auxiliaryWeight > 0 else { return loss }
    return tape.addition(
      loss, tape.l1Loss(auxiliary, targets: targets.span, weight: weight * group.model.auxiliaryWeight))
  }

  /// Notes where the samples' frames lie; copies none.
  private mutating func pack(_ samples: Range<Int>, of batch: Batch) {
    if frames.count != batch.modalities.count {
      frames = batch.modalities.map { PackedFrames(columns: $0.dimension) }
    }
    for modality in frames.indices {
      frames[modality].removeAll()
      for sample in samples {
        let found = batch.frames(sample: sample, modality: modality)
        // The batch holds the mapping until the tape is reset.
        let rows =
          switch found.type {
          case .f32: MappedRows(found.values, columns: found.dimension)
          case .f16: MappedRows(bits: found.halves, columns: found.dimension, format: .f16)
          case .bf16: MappedRows(bits: found.halves, columns: found.dimension, format: .bf16)
          // Only parts hold such frames, and no part opens as a dataset.
          case .f64: preconditionFailure("frames of a part")
          }
        if let length = batch.filledCount(sample: sample, modality: modality) {
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
  /// What the gradients replace; nil: none are computed.
  var gradients: FloatBuffer?
  /// What decides on dropout; nil: nothing is dropped.
  var dropout: (seed: UInt64, epoch: Int)?
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
  var packing = Duration.zero
  var loss = 0.0
  /// A number a sample.
  var predictions: [Float] = []
  /// Where the first number that is not finite came up: part of the model and operation.
  var nonfinite: String?
  /// Where it was asked for.
  var observed: Observed?
  /// Bytes that the worker keeps.
  var capacity = 0
}
