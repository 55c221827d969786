internal import Autodiff
internal import Batches
internal import FusionModels
internal import Synchronization
internal import Workers

/// Computes a model over batches on a pool of threads.
///
/// A batch is cut into groups of ``groupSize`` neighbours, whoever computes them; their gradients are added in the order of
/// the groups. So the results are the same, to the bit, on any number of threads.
struct ModelComputation {
  /// Samples a group: enough rows for matrix products to be fast, few enough that several threads have something to do and
  /// that what a group needs stays in a core's cache.
  static let groupSize = 4
  /// Parameters that one thread adds up or steps at a time.
  static let sliceSize = 1 << 15

  let model: any FusionModel
  let weights: FloatBuffer
  let pool: WorkerPool<GroupWorker>
  let threads: Int
  /// Of each group of a batch.
  private var groupGradients: [FloatBuffer] = []
  /// Of the last batch that was differentiated.
  private(set) lazy var gradients = FloatBuffer(count: weights.count)

  init(_ model: any FusionModel, weights: FloatBuffer, pool: WorkerPool<GroupWorker>, threads: Int) {
    self.model = model
    self.weights = weights
    self.pool = pool
    self.threads = threads
  }

  /// What came of a batch.
  struct Result {
    /// Of the labelled samples; 0 where there are no labels.
    var loss = 0.0
    /// By place in the batch.
    var predictions: [Float] = []
    /// Where the first number came up that is not finite.
    var nonfinite: String?
    /// What the threads together spent on noting where the frames lie.
    var packing = Duration.zero
    /// What the model told, where that was asked for.
    var observed: Observed?
  }

  /// Predicts, without dropout and without gradients.
  ///
  /// - Parameter observation: what else is to be told; nil: nothing, at no cost.
  func evaluate(_ batch: Batch, observation: ObservationRequest? = nil) throws -> Result {
    try run(batch, gradients: [], dropout: nil, observation: observation)
  }

  /// Predicts with dropout and adds up the gradients of the batch's loss.
  ///
  /// The sum stands in ``gradients``.
  ///
  /// - Returns: the result, and the gradients' norm.
  mutating func differentiate(
    _ batch: Batch, seed: UInt64, epoch: Int
  ) throws -> (result: Result, norm: Double) {
    let groups = Self.groups(batch.count)
    while groupGradients.count < groups.count { groupGradients.append(FloatBuffer(count: weights.count)) }
    let parts = Array(groupGradients[..<groups.count])
    let result = try run(batch, gradients: parts) { samples in
      DropoutKey(seed: seed, epoch: epoch, samples: samples.map { batch.sample($0) })
    }
    let sum = gradients
    let squares = try slices { range in sum.assignSum(of: parts, range: range) }
    return (result, squares.reduce(0, +).squareRoot())
  }

  /// One optimizer step on all weights, by the last batch's gradients.
  mutating func step(_ settings: AdamWStep, first: FloatBuffer, second: FloatBuffer) throws {
    let (weights, gradients) = (weights, gradients)
    _ = try slices { range in
      weights.stepAdamW(gradients: gradients, first: first, second: second, range: range, settings)
      return 0
    }
  }

  // MARK: Parts

  private static func groups(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: groupSize).map { $0..<min($0 + groupSize, count) }
  }

  private func run(
    _ batch: Batch, gradients: [FloatBuffer], dropout: ((Range<Int>) -> DropoutKey)?,
    observation: ObservationRequest? = nil
  ) throws -> Result {
    let groups = Self.groups(batch.count)
    let results = Slots<GroupResult>(count: groups.count)
    let lossWeight = batch.isLabelled ? 1 / Float(batch.count) : nil
    // The longest first, so that no thread is left with it at the end; that changes nothing in the results.
    let frames = groups.map { samples in samples.reduce(0) { $0 + batch.frames(sample: $1) } }
    for index in groups.indices.sorted(by: { (frames[$0], $1) > (frames[$1], $0) }) {
      let group = Group(
        batch: batch, samples: groups[index], model: model, weights: weights,
        gradients: gradients.isEmpty ? nil : gradients[index], dropout: dropout?(groups[index]), lossWeight: lossWeight,
        observation: observation)
      try pool.submit(cost: 0) { worker in results.put(worker.run(group), at: index) }
    }
    try pool.wait()
    var result = Result()
    for group in results.all {
      result.loss += Double(group.loss)
      result.packing += group.packing
      result.predictions += group.predictions
      result.nonfinite = result.nonfinite ?? group.nonfinite
      guard let observed = group.observed else { continue }
      if result.observed == nil { result.observed = observed } else { result.observed?.append(observed) }
    }
    return result
  }

  /// Runs `body` over all parameters, slice by slice, and gives what it returned in the order of the slices.
  private func slices(_ body: @escaping @Sendable (Range<Int>) -> Double) throws -> [Double] {
    let count = weights.count
    let starts = Array(stride(from: 0, to: count, by: Self.sliceSize))
    let results = Slots<Double>(count: starts.count)
    for thread in 0..<min(threads, starts.count) {
      let threads = threads
      try pool.submit(cost: 0) { _ in
        for index in stride(from: thread, to: starts.count, by: threads) {
          results.put(body(starts[index]..<min(starts[index] + Self.sliceSize, count)), at: index)
        }
      }
    }
    try pool.wait()
    return results.all
  }
}

/// Results of jobs, each at its own place.
private final class Slots<Element: Sendable>: Sendable {
  private let slots: Mutex<[Element?]>

  init(count: Int) { slots = Mutex(Array(repeating: nil, count: count)) }

  func put(_ element: Element, at index: Int) { slots.withLock { $0[index] = element } }

  /// Those that were put, in the order of their places.
  var all: [Element] { slots.withLock { $0.compactMap(\.self) } }
}

extension Batch {
  /// The frames of one sample, of all modalities.
  fileprivate func frames(sample: Int) -> Int {
    modalities.indices.reduce(0) {
      $0 + (filledCount(sample: sample, modality: $1) ?? frameCount(sample: sample, modality: $1))
    }
  }
}
