internal import CKernels
internal import PackedSequences

/// What decides which units are dropped: the run's seed, the epoch, and the samples whose rows a tape holds.
///
/// The mask of an element depends on these, on the number of the dropout operation, the attention head and the element's
/// place in its sample, and on nothing else: not on the batch, the group, or the thread.
package struct DropoutKey: Sendable {
  let key: (UInt32, UInt32)
  /// The number of each segment's sample within its split.
  package let samples: [Int]

  package init(seed: UInt64, epoch: Int, samples: [Int]) {
    let words = CounterGenerator(seed: seed, purpose: .dropout).words(UInt64(epoch))
    key = (words.0, words.1)
    self.samples = samples
  }

  func stream(segment: Int, operation: UInt32, head: Int = 0, probability: Float) -> grf_dropout_stream {
    grf_dropout_stream(
      key: key, counter: (UInt32(truncatingIfNeeded: samples[segment]), operation, UInt32(head)),
      threshold: UInt32((probability * 65536).rounded()), scale: 1 / (1 - probability))
  }
}

extension grf_dropout_stream {
  /// Nothing is dropped.
  static var none: grf_dropout_stream {
    grf_dropout_stream(key: (0, 0), counter: (0, 0, 0), threshold: 0, scale: 1)
  }
}
