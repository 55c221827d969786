import PackedSequences
import Testing

@testable import Preprocessing

@Suite struct `Exact quartiles` {
  /// Rows `[n, columns]` given in pieces, as a file is read.
  private func quartiles<Element: RankedElement>(
    _ values: [Element], width: Int = 1, columns: Range<Int>? = nil, valid: [UInt8]? = nil, rowsAPiece: Int = 7
  ) -> [Quartiles?] {
    var selection = QuartileSelection(of: Element.self, columns: columns ?? 0..<width)
    let rows = values.count / width
    while selection.beginPass() {
      for start in stride(from: 0, to: rows, by: rowsAPiece) {
        let piece = start..<min(start + rowsAPiece, rows)
        let part = Array(values[piece.lowerBound * width..<piece.upperBound * width])
        selection.add(part.span, width: width, valid: valid.map { Array($0[piece]) })
      }
    }
    return selection.quartiles
  }

  /// From the definition: sorted, place (n − 1)·q, a straight line between neighbours.
  private func expected(_ values: [Double]) -> Quartiles? {
    let sorted = values.filter(\.isFinite).sorted()
    guard let last = sorted.last else { return nil }
    func at(_ q: Double) -> Double {
      let place = Double(sorted.count - 1) * q
      let below = Int(place)
      let above = below + 1 < sorted.count ? sorted[below + 1] : last
      let part = place - Double(below)
      return part < 0.5
        ? sorted[below] + (above - sorted[below]) * part : above - (above - sorted[below]) * (1 - part)
    }
    return Quartiles(q1: at(0.25), median: at(0.5), q3: at(0.75))
  }

  @Test func `are none without a value, and the value where there is one`() {
    #expect(quartiles([Float]()) == [nil])
    #expect(quartiles([Float.nan, .infinity, -.infinity]) == [nil])
    #expect(quartiles([Float(-3.5)]) == [Quartiles(q1: -3.5, median: -3.5, q3: -3.5)])
  }

  @Test func `lie between neighbours`() {
    #expect(quartiles([Float(4), 1]) == [Quartiles(q1: 1.75, median: 2.5, q3: 3.25)])
    #expect(quartiles([Float(3), 1, 2, 10]) == [Quartiles(q1: 1.75, median: 2.5, q3: 4.75)])
    #expect(quartiles([Float(5), 5, 5, 5, -100]) == [Quartiles(q1: 5, median: 5, q3: 5)])
    #expect(quartiles([Float(0), -0.0, 0, -0.0]) == [Quartiles(q1: 0, median: 0, q3: 0)])
  }

  @Test(arguments: [2, 3, 4, 5, 6, 7, 8, 9, 100, 4001])
  func `are those of the sorted values, whatever these are`(count: Int) {
    let generator = CounterGenerator(seed: UInt64(count), purpose: .folds)
    // Any bits at all: huge and tiny numbers, both zeros, and now and then none.
    let floats = (0..<count).map { Float(bitPattern: generator.words(UInt64($0)).0) }
    #expect(quartiles(floats) == [expected(floats.map(Double.init))])
    let doubles = floats.map { $0.isFinite ? Double($0) / 3 : Double($0) }
    #expect(quartiles(doubles) == [expected(doubles)])
    // And values so near to each other that only the last digit tells them apart.
    let near = (0..<count).map { Float(1 + Float($0 * 7919 % count) * .ulpOfOne) }
    #expect(quartiles(near) == [expected(near.map(Double.init))])
  }

  @Test func `are of each column by itself, of those asked for, without rows that are not valid`() {
    let values: [Float] = [1, 10, .nan, 2, 20, 7, 3, 30, .nan, 1000, 1000, 1000]
    let valid: [UInt8] = [1, 1, 1, 0]
    #expect(
      quartiles(values, width: 3, valid: valid, rowsAPiece: 2) == [
        Quartiles(q1: 1.5, median: 2, q3: 2.5), Quartiles(q1: 15, median: 20, q3: 25),
        Quartiles(q1: 7, median: 7, q3: 7),
      ])
    #expect(quartiles(values, width: 3, columns: 1..<2, valid: valid) == [Quartiles(q1: 15, median: 20, q3: 25)])
    #expect(quartiles(values, width: 3, columns: 0..<1, valid: [0, 0, 0, 0]) == [nil])
  }
}
