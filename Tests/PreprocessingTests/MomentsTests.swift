import PackedSequences
import Preprocessing
import Testing

@Suite struct `Combined moments` {
  /// Rows of a few values, some of them not finite.
  private func rows(_ count: Int, _ dimension: Int, offset: Float = 0) -> [Float] {
    let generator = CounterGenerator(seed: 3, purpose: .synthesis)
    return (0..<count * dimension).map { index in
      switch generator.integer(below: 50, at: UInt64(index), lane: 1) {
      case 0: .nan
      case 1: .infinity
      case 2: -.infinity
      default: offset + Float(generator.uniform(at: UInt64(index)) * 6 - 3)
      }
    }
  }

  private func moments(_ values: [Float], _ dimension: Int) -> Moments {
    var moments = Moments(dimension: dimension)
    moments.add(values.span)
    return moments
  }

  /// Relative, for what is summed; nothing at all for what is counted or compared.
  private func expectSame(_ found: Moments, _ expected: Moments) {
    for field in Moments.Field.allCases {
      for (left, right) in zip(found.values(field), expected.values(field)) {
        let tolerance = field == .mean || field == .squares ? 1e-12 * max(abs(right), 1) : 0
        #expect(left == right || abs(left - right) <= tolerance, "\(field): \(left) and \(right)")
      }
    }
  }

  @Test(arguments: [[0], [1], [100], [1, 1], [0, 3, 0, 50, 1], [7, 0, 0, 100, 400]], [1, 3, 17])
  func `are those of a single pass`(counts: [Int], dimension: Int) {
    let values = rows(counts.reduce(0, +), dimension, offset: 100)
    var combined = Moments(dimension: dimension)
    var start = 0
    for count in counts {
      combined.combine(moments(Array(values[start..<start + count * dimension]), dimension))
      start += count * dimension
    }
    expectSame(combined, moments(values, dimension))
  }

  @Test func `of records without finite values keep their counts`() {
    var combined = moments([.nan, .infinity], 1)
    combined.combine(moments([-.infinity, .nan], 1))
    #expect(Moments.Field.allCases.map { combined[$0, 0] } == [0, 0, 0, .infinity, -.infinity, 2, 1, 1])
    #expect(combined.deviations == [0])
    combined.combine(moments([3, 5], 1))
    #expect(Moments.Field.allCases.map { combined[$0, 0] } == [2, 4, 2, 3, 5, 2, 1, 1])
    #expect(combined.deviations == [1])
  }

  @Test func `stay as they are beside an empty record`() {
    let values = rows(20, 2)
    var combined = moments(values, 2)
    combined.combine(Moments(dimension: 2))
    #expect(combined == moments(values, 2))
    var empty = Moments(dimension: 2)
    empty.combine(moments(values, 2))
    #expect(empty == combined)
  }

  @Test func `have the population's deviation`() {
    let values: [Float] = [1, 5, 2, 5, 3, 5, 4, 5]
    #expect(moments(values, 2).deviations == [Double(1.25).squareRoot(), 0])
  }

  @Test func `take rows several times, and Doubles as Floats`() {
    let values = rows(10, 3)
    let doubles = values.map { Double($0) }
    var twice = Moments(dimension: 3)
    twice.add(values.span, times: 2)
    var fromDoubles = Moments(dimension: 3)
    fromDoubles.add(doubles.span, times: 2)
    #expect(twice == fromDoubles)
    #expect(twice[.count, 0] == 2 * moments(values, 3)[.count, 0])
  }

  @Test func `add or take over counts of non-finite values alone`() {
    var left = moments([1, .nan, 2, .infinity], 1)
    let right = moments([9, .nan, -.infinity], 1)
    left.addCounts(of: right)
    #expect(Moments.Field.allCases.map { left[$0, 0] } == [2, 1.5, 0.5, 1, 2, 2, 1, 1])
    left.setCounts(of: right)
    #expect(Moments.Field.allCases.map { left[$0, 0] } == [2, 1.5, 0.5, 1, 2, 1, 0, 1])
  }
}

@Suite struct `Frame averages` {
  private func average(frames: Int, _ rows: [(frame: Int, values: [Float])]) -> [Double] {
    var average = CombinedFrames(dimension: 2)
    for (frame, values) in rows { average.add(values.span, to: frame) }
    return average.take(before: frames)
  }

  @Test func `are of the finite values of each dimension`() {
    let found = average(
      frames: 2, [(0, [1, .nan]), (0, [2, 5]), (1, [.infinity, 7]), (0, [6, -.infinity]), (1, [4, 8])])
    #expect(found == [3, 5, 4, 7.5])
  }

  @Test func `are NaN where no value is finite`() {
    let found = average(frames: 3, [(0, [.nan, 1]), (0, [.infinity, 3]), (2, [1, 1])])
    #expect(found[0].isNaN && found[1] == 2)
    #expect(found[2].isNaN && found[3].isNaN, "a frame without rows")
    #expect(found[4] == 1)
  }

  @Test func `are Doubles, summed in the order of the rows`() {
    let ulp: Float = 0x1p-23
    let large: Float = 0x1p60
    #expect(average(frames: 1, [(0, [1, large]), (0, [1, 1]), (0, [1 + ulp, -large])]) == [1 + Double(ulp) / 3, 0])
    let greatest = Float.greatestFiniteMagnitude
    #expect(average(frames: 1, [(0, [greatest, 0]), (0, [greatest, 0])]) == [Double(greatest), 0])
  }

  @Test func `are taken frame by frame, while later frames are under way`() {
    var average = CombinedFrames(dimension: 1)
    for (frame, value) in [(0, 1), (2, 7), (1, 4), (0, 3)] as [(Int, Float)] {
      let row = [value]
      average.add(row.span, to: frame)
    }
    #expect(average.take(before: 1) == [2] && average.firstFrame == 1)
    let row: [Float] = [9]
    average.add(row.span, to: 2)
    #expect(average.take(before: 1).isEmpty)
    #expect(average.take(before: 3) == [4, 8])
  }

  @Test func `may be taken as they are done, frame by frame`() {
    var average = CombinedFrames(dimension: 1)
    for (frame, value) in [(0, 1), (2, 5), (0, 3), (1, 7)] as [(Int, Float)] {
      let row = [value]
      average.add(row.span, to: frame)
    }
    #expect(average.take(before: 1) == [2] && average.firstFrame == 1)
    let late: [Float] = [9]
    average.add(late.span, to: 2)
    #expect(average.take(before: 3) == [7, 7] && average.take(before: 3) == [])
  }

  @Test func `of nothing are nothing`() { #expect(average(frames: 0, []) == []) }
}
