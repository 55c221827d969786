internal import CKernels

/// How fast a dataset is read: the claim that reading through the mapping is reading memory, as numbers.
package struct ReadSpeed: Sendable {
  /// From nothing to an open dataset.
  package let openSeconds: Double
  /// Of the values of all frames, tokens left out.
  package let bytes: Int
  /// To add up all values through the mapping.
  package let seconds: Double
  /// Of the same sum over an array of about as many bytes in ordinary memory.
  package let memoryBytesPerSecond: Double

  /// Passes over the data, after one that brings everything into memory; the fastest counts, as everything that
  /// disturbs a pass only makes it slower.
  private static let passes = 5
  private static let greatestArray = 1 << 30

  /// Measures on this thread. Values of 16 bits are added up in pairs, as if each pair were a number: what counts is
  /// that every byte is read.
  package static func measure(_ path: String) throws(ShardError) -> ReadSpeed {
    let clock = ContinuousClock()
    let begun = clock.now
    let dataset = try Dataset.open(path)
    let opening = clock.now - begun
    var bytes = 0
    var sum = 0.0
    let reading = fastest { (sum, bytes) = total(of: dataset) }
    let count = max(1024, min(bytes, greatestArray) / MemoryLayout<Float>.size)
    let array = (0..<count).map { Float($0 & 255) }
    let remembering = fastest { sum += total(of: array.span) }
    // The sums are used, so that they are computed.
    precondition(sum.isNaN || sum != .leastNonzeroMagnitude)
    return ReadSpeed(
      openSeconds: opening / .seconds(1), bytes: bytes, seconds: reading,
      memoryBytesPerSecond: Double(count * MemoryLayout<Float>.size) / remembering)
  }

  private static func fastest(_ body: () -> Void) -> Double {
    body()
    let clock = ContinuousClock()
    return (0..<passes).map { _ in clock.measure(body) / .seconds(1) }.min() ?? 0
  }

  private static func total(of dataset: Dataset) -> (sum: Double, bytes: Int) {
    var (sum, bytes) = (0.0, 0)
    for shard in dataset.splits.flatMap(\.shards) {
      for (m, modality) in shard.schema.modalities.enumerated() where !modality.isTokens {
        let range = shard.ranges.modalities[m].values
        // An odd number of 16-bit values leaves one out.
        let even = range.lowerBound..<range.lowerBound + range.count / 4 * 4
        sum += total(of: shard.view(even, as: Float.self))
        bytes += even.count
      }
    }
    return (sum, bytes)
  }

  private static func total(of values: Span<Float>) -> Double {
    unsafe values.withUnsafeBufferPointer { buffer in
      // SAFETY: the kernel reads `count` floats of the buffer.
      buffer.isEmpty ? 0 : unsafe grf_sum_f32(buffer.baseAddress, buffer.count)
    }
  }
}
