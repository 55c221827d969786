import CKernels
import Testing

/// The kernels' record, as eight lists.
private struct Record: Equatable {
  let width: Int
  private var state: [Double]

  init(width: Int) {
    self.width = width
    state = Array(repeating: 0, count: 8 * width)
    for column in 0..<width { (state[3 * width + column], state[4 * width + column]) = (.infinity, -.infinity) }
  }

  mutating func add(_ values: [Double], repeat times: Int = 1) {
    unsafe with { unsafe grf_moments_f64(values, values.count / $1, $1, times, $0) }
  }

  mutating func add(_ values: [Float], repeat times: Int = 1) {
    unsafe with { unsafe grf_moments_f32(values, values.count / $1, $1, times, $0) }
  }

  private mutating func with(_ body: (grf_moments, Int) -> Void) {
    let width = width
    unsafe state.withUnsafeMutableBufferPointer { state in
      guard let start = state.baseAddress else { return }
      // SAFETY: the eight fields lie one after the other in the buffer.
      unsafe body(
        grf_moments(
          count: start, mean: start + width, m2: start + 2 * width, min: start + 3 * width, max: start + 4 * width,
          nan: start + 5 * width, posinf: start + 6 * width, neginf: start + 7 * width), width)
    }
  }

  /// count, mean, m2, min, max, nan, posinf, neginf of a column.
  func fields(_ column: Int) -> [Double] { (0..<8).map { state[$0 * width + column] } }
}

@Suite struct `Moments` {
  /// The same by two passes over one column.
  private func twoPass(_ values: [Double]) -> [Double] {
    let finite = values.filter(\.isFinite)
    // Summed around the first value, so that a large offset costs no digits.
    let offset = finite.first ?? 0
    let mean = finite.isEmpty ? 0 : offset + finite.reduce(0) { $0 + ($1 - offset) } / Double(finite.count)
    let m2 = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return [
      Double(finite.count), mean, m2, finite.min() ?? .infinity, finite.max() ?? -.infinity,
      Double(values.count(where: \.isNaN)), Double(values.count { $0 == .infinity }),
      Double(values.count { $0 == -.infinity }),
    ]
  }

  private func expect(_ record: Record, is values: [Double], tolerance: Double) {
    for column in 0..<record.width {
      let expected = twoPass(stride(from: column, to: values.count, by: record.width).map { values[$0] })
      let found = record.fields(column)
      #expect(found[0] == expected[0] && Array(found[3...]) == Array(expected[3...]), "column \(column)")
      #expect(abs(found[1] - expected[1]) <= tolerance * max(abs(expected[1]), 1))
      #expect(abs(found[2] - expected[2]) <= tolerance * max(expected[2], 1), "\(found[2]) \(expected[2])")
    }
  }

  /// Random values, with some that are not finite.
  private func sample(_ rows: Int, _ width: Int) -> [Float] {
    var numbers = Numbers(seed: UInt64(rows * 1000 + width))
    var values = numbers.floats(rows * width)
    for index in values.indices {
      switch numbers.next() % 40 {
      case 0: values[index] = .nan
      case 1: values[index] = .infinity
      case 2: values[index] = -.infinity
      default: break
      }
    }
    return values
  }

  @Test(arguments: [0, 1, 2, 500], [1, 15, 16, 17, 33])
  func `agree with two passes over the values`(rows: Int, width: Int) {
    let values = sample(rows, width)
    var (single, double) = (Record(width: width), Record(width: width))
    single.add(values)
    double.add(values.map { Double($0) })
    #expect(single == double)
    expect(single, is: values.map { Double($0) }, tolerance: 1e-12)
  }

  @Test(arguments: [1, 3, 16, 20])
  func `do not depend on how rows are cut into calls`(width: Int) {
    let values = sample(60, width)
    var whole = Record(width: width)
    whole.add(values)
    for step in [1, 7, 59, 60] {
      var parts = Record(width: width)
      for start in stride(from: 0, to: 60, by: step) {
        parts.add(Array(values[start * width..<min(start + step, 60) * width]))
      }
      #expect(parts == whole, "\(step) rows a call")
    }
  }

  @Test func `count a row as often as is asked`() {
    let values = sample(9, 5)
    var repeated = Record(width: 5)
    repeated.add(values, repeat: 3)
    var one = Record(width: 5)
    for row in 0..<9 {
      for _ in 0..<3 { one.add(Array(values[row * 5..<(row + 1) * 5])) }
    }
    #expect(repeated == one)
    repeated.add(values, repeat: 0)
    #expect(repeated == one)
  }

  @Test(arguments: [0.1, -1e30, 3] as [Float])
  func `of a constant have no deviation at all`(value: Float) {
    var record = Record(width: 1)
    record.add([Float](repeating: value, count: 10_001))
    #expect(record.fields(0) == [10_001, Double(value), 0, Double(value), Double(value), 0, 0, 0])
  }

  @Test func `survive a large offset`() {
    var numbers = Numbers(seed: 4)
    let values = (0..<20_000).map { _ in 1e9 + Double.random(in: 0...1, using: &numbers) }
    var record = Record(width: 1)
    record.add(values)
    expect(record, is: values, tolerance: 1e-7)
  }

  @Test func `of nothing but non-finite values are none`() {
    var record = Record(width: 1)
    record.add([Double.nan, .infinity, -.infinity, .nan])
    #expect(record.fields(0) == [0, 0, 0, .infinity, -.infinity, 2, 1, 1])
  }
}
