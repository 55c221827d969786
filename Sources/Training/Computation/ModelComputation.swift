internal import Autodiff
internal import Batches
internal import FusionModels
internal import Synchronization
internal import Workers

/// Computes a model over batches on a pool of threads.
///
/// A batch is computed some neighbouring samples at a time; see ``Batch/groups(_:)``. For gradients it is cut into lanes of neighbours: each lane's are one
/// ordered sum, whichever thread adds it up, and the lanes are added in their order. So the results are the same, to the bit,
/// on any number of threads, and memory does not grow with the batch.
struct ModelComputation {
  /// Parameters that one thread adds up or steps at a time.
  static let sliceSize = 1 << 15

  let model: any FusionModel
  let weights: FloatBuffer
  let pool: WorkerPool<GroupWorker>
  let threads: Int
  /// What a batch is cut into for its gradients; no more threads than lanes have something to do then.
  let lanes: Int
  /// Of each lane.
  private var laneGradients: [FloatBuffer] = []
  /// Of the last batch that was differentiated.
  private(set) lazy var gradients = FloatBuffer(count: weights.count)

  /// - Parameter lanes: without use where nothing is differentiated.
  init(_ model: any FusionModel, weights: FloatBuffer, pool: WorkerPool<GroupWorker>, threads: Int, lanes: Int = 1) {
    self.model = model
    self.weights = weights
    self.pool = pool
    self.threads = threads
    self.lanes = lanes
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

    fileprivate mutating func append(_ group: GroupResult) {
      loss += group.loss
      packing += group.packing
      predictions += group.predictions
      nonfinite = nonfinite ?? group.nonfinite
      guard let observed = group.observed else { return }
      if self.observed == nil { self.observed = observed } else { self.observed?.append(observed) }
    }
  }

  /// Predicts, without dropout and without gradients.
  ///
  /// - Parameter observation: what else is to be told; nil: nothing, at no cost.
  func evaluate(_ batch: Batch, observation: ObservationRequest? = nil) throws -> Result {
    try run(
      batch.groups(0..<batch.count).map { samples in
        Group(
          batch: batch, samples: samples, model: model, weights: weights, lossWeight: batch.lossWeight,
          observation: observation)
      })
  }

  /// Predicts with dropout and adds up the gradients of the batch's loss.
  ///
  /// The sum stands in ``gradients``.
  ///
  /// - Returns: the result, and the gradients' norm.
  mutating func differentiate(
    _ batch: Batch, seed: UInt64, epoch: Int
  ) throws -> (result: Result, norm: Double) {
    while laneGradients.count < lanes { laneGradients.append(FloatBuffer(count: weights.count)) }
    let groups = Self.lanes(lanes, of: batch.count).enumerated().map { lane, samples in
      Group(
        batch: batch, samples: samples, model: model, weights: weights, gradients: laneGradients[lane],
        dropout: (seed, epoch), lossWeight: batch.lossWeight)
    }
    let result = try run(groups)
    let parts = Array(laneGradients[..<groups.count])
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

  /// The places of each lane's samples, neighbours, and as many in each as can be; lanes without samples are left out.
  static func lanes(_ lanes: Int, of count: Int) -> [Range<Int>] {
    let used = min(lanes, count)
    return (0..<used).map { count * $0 / used..<count * ($0 + 1) / used }
  }

  private func run(_ groups: [Group]) throws -> Result {
    let results = Slots<GroupResult>(count: groups.count)
    // The longest first, so that no thread is left with it at the end; that changes nothing in the results.
    let frames = groups.map { group in group.samples.reduce(0) { $0 + group.batch.frames(sample: $1) } }
    for index in groups.indices.sorted(by: { (frames[$0], $1) > (frames[$1], $0) }) {
      let group = groups[index]
      try pool.submit(cost: 0) { worker in results.put(worker.run(group), at: index) }
    }
    try pool.wait()
    var result = Result()
    for group in results.all { result.append(group) }
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
  /// What each sample's error counts; nil where there are no labels.
  fileprivate var lossWeight: Float? { isLabelled ? 1 / Float(count) : nil }

  /// Cuts places into runs of neighbours that are computed at a time: enough frames for matrix products to be fast, few enough
  /// that what they need stays small. Results do not depend on it.
  func groups(_ places: Range<Int>) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var (first, sum) = (places.lowerBound, 0)
    for place in places {
      let frames = frames(sample: place)
      if place > first, sum + frames > Self.framesPerGroup || place - first == Self.samplesPerGroup {
        groups.append(first..<place)
        (first, sum) = (place, 0)
      }
      sum += frames
    }
    if first < places.upperBound { groups.append(first..<places.upperBound) }
    return groups
  }

  private static var framesPerGroup: Int { 1024 }
  private static var samplesPerGroup: Int { 16 }

  /// The frames of one sample, of all modalities.
  fileprivate func frames(sample: Int) -> Int {
    modalities.indices.reduce(0) {
      $0 + (filledCount(sample: sample, modality: $1) ?? frameCount(sample: sample, modality: $1))
    }
  }
}
