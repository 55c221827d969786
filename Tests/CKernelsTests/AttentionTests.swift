import CKernels
import Testing

@Suite struct `Attention kernels` {
  /// Against Double. `[...]` outside the head's columns must be as before, which the references hold, too.
  private func check(_ a: Attention, sourceLocation: SourceLocation = #_sourceLocation) {
    let (found, expected) = (a.results(), a.reference())
    let name = a.testDescription
    expectCloseOverall(found.o, expected.o, 2e-6, "\(name): o", sourceLocation: sourceLocation)
    expectClose(found.logsums, expected.logsums, 1e-6, "\(name): logsums", sourceLocation: sourceLocation)
    expectCloseOverall(found.means, expected.means, 2e-6, "\(name): means", sourceLocation: sourceLocation)
    expectCloseOverall(found.dq, expected.dq, 4e-6, "\(name): dq", sourceLocation: sourceLocation)
    expectCloseOverall(found.dk, expected.dk, 4e-6, "\(name): dk", sourceLocation: sourceLocation)
    expectCloseOverall(found.dv, expected.dv, 4e-6, "\(name): dv", sourceLocation: sourceLocation)
  }

  static let sizes = [
    (0, 0), (0, 3), (3, 0), (1, 1), (1, 63), (63, 1), (2, 5), (12, 12), (16, 16), (17, 33), (52, 12), (63, 63),
    (130, 7),
  ]

  @Test(arguments: sizes, [1, 3, 6, 8, 16, 32, 48, 20])
  func `agree with Double, forward and backward`(size: (Int, Int), width: Int) {
    check(Attention(size.0, size.1, width))
  }

  @Test(arguments: sizes, [6, 16, 32])
  func `drop weights, and their gradients by the same mask`(size: (Int, Int), width: Int) {
    for threshold: UInt32 in [13_107, 50_000] {
      check(Attention(size.0, size.1, width).with { $0.stream.threshold = threshold })
    }
  }

  @Test(arguments: sizes, [6, 16])
  func `hide masked keys`(size: (Int, Int), width: Int) {
    let (queries, keys) = size
    let masks: [(Int) -> Bool] = [
      { _ in false }, { $0 == keys - 1 }, { $0 != 0 }, { $0.isMultiple(of: 2) }, { $0 % 40 > 30 }, { $0 < keys / 2 },
    ]
    for mask in masks {
      var a = Attention(queries, keys, width)
      a.valid = (0..<keys).map { mask($0) ? 1 : 0 }
      check(a)
      check(a.with { $0.stream.threshold = 30_000 })
    }
  }

  @Test(arguments: sizes, [6, 16])
  func `hide keys beyond each query's limit`(size: (Int, Int), width: Int) {
    var all = [0, 1, -1, -10, -20, 5, 40, 1000].map { reach in
      Attention(size.0, size.1, width).with { $0.limit(reach: reach) }
    }
    // In steps of several keys, and of none.
    all.append(
      Attention(size.0, size.1, width).with { a in
        a.limits = (0..<a.queries).map { Int32(min(a.keys, $0 / 3 * 5)) }
      })
    for a in all {
      check(a)
      check(
        a.with { a in
          a.valid = (0..<a.keys).map { $0 % 5 == 2 ? 0 : 200 }
          a.stream.threshold = 30_000
        })
    }
  }

  @Test(arguments: [16, 32])
  func `agree over long segments`(width: Int) {
    check(Attention(300, 500, width))
    check(Attention(500, 300, width).with { $0.stream.threshold = 13_107 })
  }

  @Test func `stand scores that are far apart`() {
    // Score differences of a thousand: the weights are 0 or 1, and none is NaN.
    let a = Attention(20, 30, 16, spread: 40)
    let (found, expected) = (a.results(), a.reference())
    expectCloseOverall(found.o, expected.o, 1e-4, "o")
    expectClose(found.logsums, expected.logsums, 1e-6, "logsums")
    for gradient in [found.dq, found.dk, found.dv] { #expect(gradient.allSatisfy { $0.isFinite }) }
  }

  @Test(arguments: [6, 16])
  func `give a query that sees nothing 0 and no gradient`(width: Int) {
    let a = Attention(20, 20, width).with { $0.limit(reach: -4) }
    let found = a.results()
    #expect(found.logsums.map(\.isInfinite) == (0..<20).map { $0 < 4 })
    let head = (0..<4).flatMap { i in (0..<width).map { i * a.stride + Attention.column + $0 } }
    #expect(head.allSatisfy { found.o[$0] == 0 && found.dq[$0] == a.dq[$0] })
  }

  @Test func `never look at a masked key`() {
    for stream in [Stream(), Stream(threshold: 20_000)] {
      var a = Attention(40, 40, 16)
      (a.valid, a.stream) = ((0..<40).map { $0 % 3 == 1 ? 0 : 1 }, stream)
      let expected = a.results()
      for j in 0..<40 where a.valid?[j] == 0 {
        for c in 0..<a.stride { (a.k[j * a.stride + c], a.v[j * a.stride + c]) = (.nan, .infinity) }
      }
      let found = a.results()
      #expect(found.o == expected.o && found.dq == expected.dq)
      #expect(found.dk == expected.dk && found.dv == expected.dv)
    }
  }

  @Test(arguments: [6, 16], [UInt32(0), 20_000])
  func `hide no NaN`(width: Int, threshold: UInt32) {
    let plain = Attention(20, 24, width).with { $0.stream.threshold = threshold }
    let at = 7 * plain.stride + Attention.column + width - 1
    func row(_ values: [Float], _ i: Int) -> ArraySlice<Float> {
      values[i * plain.stride + Attention.column..<i * plain.stride + Attention.column + width]
    }
    let query = plain.with { $0.q[at] = .nan }.results()
    #expect((0..<20).allSatisfy { i in row(query.o, i).allSatisfy { $0.isNaN == (i == 7) } })
    #expect(query.logsums.map(\.isNaN) == (0..<20).map { $0 == 7 })
    #expect(row(query.dq, 7).allSatisfy { $0.isNaN })
    let key = plain.with { $0.k[at] = .nan }.results()
    #expect(
      (0..<20).allSatisfy { i in row(key.o, i).allSatisfy { $0.isNaN } && row(key.dq, i).allSatisfy { $0.isNaN } })
    #expect(row(key.dk, 7).allSatisfy { $0.isNaN })
    let gradient = plain.with { $0.dO[at] = .nan }.results()
    #expect(row(gradient.dq, 7).allSatisfy { $0.isNaN })
    #expect((0..<24).allSatisfy { row(gradient.dk, $0).allSatisfy { $0.isNaN } })
  }

  @Test(arguments: [6, 16, 32])
  func `depend on no alignment`(width: Int) {
    let a = Attention(35, 50, width).with { $0.stream.threshold = 9000 }
    let expected = a.results()
    for shift in 1..<16 {
      let found = a.with { $0.shift = shift }.results()
      #expect(patterns(found.o) == patterns(expected.o))
      #expect(patterns(found.logsums) == patterns(expected.logsums))
      #expect(patterns(found.dq) == patterns(expected.dq))
      #expect(patterns(found.dk) == patterns(expected.dk))
      #expect(patterns(found.dv) == patterns(expected.dv))
    }
  }

  @Test func `ask for memory that grows with the keys only`() {
    #expect(grf_attention_scratch(10_000) < 101 * grf_attention_scratch(100))
    // A bit a weight, in whole runs.
    #expect(grf_attention_bits(1000, 100) <= 1000 * 100 / 8 + 40)
  }
}
