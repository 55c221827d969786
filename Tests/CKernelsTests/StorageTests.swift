import CKernels
import Testing

@Suite struct `Storage kernels` {
  private func unshuffled(_ bytes: [UInt8], width: Int) -> [UInt8] {
    var target = [UInt8](repeating: 0xAA, count: bytes.count)
    unsafe grf_unshuffle(bytes, &target, bytes.count, width)
    return target
  }

  /// HDF5's shuffle: byte k of every element, for k in turn; then what is left over.
  private func shuffled(_ bytes: [UInt8], width: Int) -> [UInt8] {
    let count = bytes.count / width
    return (0..<width).flatMap { k in (0..<count).map { bytes[$0 * width + k] } } + bytes[(count * width)...]
  }

  @Test(arguments: [1, 2, 3, 4, 8], [0, 1, 2, 7, 8, 64, 1000])
  func `undo a shuffle of any width and length`(width: Int, count: Int) {
    var numbers = Numbers(seed: UInt64(width * 10_000 + count))
    let bytes = numbers.bytes(count * width)
    #expect(unshuffled(shuffled(bytes, width: width), width: width) == bytes)
  }

  @Test(arguments: [2, 3, 4, 8])
  func `copy bytes after the last whole element`(width: Int) {
    for left in 1..<width {
      let bytes = (0..<UInt8(5 * width + left)).map { $0 }
      #expect(unshuffled(shuffled(bytes, width: width), width: width) == bytes, "\(left) left over")
    }
  }

  @Test func `copy what is shorter than one element`() {
    #expect(unshuffled([1, 2, 3], width: 4) == [1, 2, 3])
    #expect(unshuffled([], width: 8) == [])
  }

  @Test(
    arguments: [
      ([0, 1, 2], [0, 1, 2]), ([1, 2], [3, 4]), ([2], [0]), ([2, 0], [0, 1]), ([0, 2], [0, 1]), ([0, 1], [1, 0]),
      ([], []),
    ] as [([Int], [Int])])
  func `place columns where they belong, and touch no others`(sources: [Int], targets: [Int]) {
    let (rows, width, stride) = (4, 3, 6)
    let source = (0..<rows * width).map { Float($0) }
    var target = [Float](repeating: -1, count: rows * stride)
    unsafe grf_place_columns_f32(source, rows, width, sources, targets, sources.count, &target, stride)
    var doubled = [Float](repeating: -1, count: rows * stride)
    var overflows = [UInt32](repeating: 0, count: rows)
    let sum = unsafe grf_place_columns_f64(
      source.map { Double($0) }, rows, width, sources, targets, sources.count, &doubled, stride, &overflows)
    var expected = [Float](repeating: -1, count: rows * stride)
    for row in 0..<rows {
      for (from, to) in zip(sources, targets) { expected[row * stride + to] = source[row * width + from] }
    }
    #expect(target == expected)
    #expect(doubled == expected)
    #expect(sum == 0 && overflows == [0, 0, 0, 0])
  }

  @Test func `round Doubles to Floats, and count the finite ones that overflow by row`() {
    let limit = Double(Float.greatestFiniteMagnitude)
    // Halfway between the greatest Float and 2^128 rounds to even, and so away.
    let half = (limit + 0x1p128) / 2
    let source = [limit, half.nextDown, half, -half, 1e300, .infinity, .nan, -.infinity]
    var target = [Float](repeating: 0, count: 8)
    var overflows: [UInt32] = [5, 0, 0, 0]
    let sum = unsafe grf_place_columns_f64(source, 4, 2, [0, 1], [0, 1], 2, &target, 2, &overflows)
    #expect(sum == 3)
    #expect(overflows == [5, 2, 1, 0], "added to what is there")
    let greatest = Float.greatestFiniteMagnitude
    let expected: [Float] = [greatest, greatest, .infinity, -.infinity, .infinity, .infinity]
    #expect(Array(target[..<6]) == expected)
    #expect(target[6].isNaN && target[7] == -.infinity)
  }

  @Test(arguments: [0, 1, 63, 64, 65, 1000])
  func `sum any number of floats`(count: Int) {
    let values = (0..<count).map { Float($0 % 13) }
    #expect(unsafe grf_sum_f32(values, count) == values.reduce(0) { $0 + Double($1) })
  }
}
