import CKernels
import Testing

@Suite struct `Dropout kernels` {
  private let streams = [Stream(), Stream(threshold: 13_107), Stream(counter: (0, 0, 0), threshold: 65_535)]

  private func dropped(_ x: [Float], _ stream: Stream, shift: Int = 0) -> [Float] {
    let (source, target) = (Shifted(x, by: shift), Shifted(repeating: 9, count: x.count, by: 15 - shift))
    unsafe grf_dropout(source.pointer, target.pointer, x.count, stream.native)
    return target.values
  }

  @Test(arguments: lengths)
  func `keep the elements that the order of the bits names`(count: Int) {
    var numbers = Numbers(seed: UInt64(count))
    let x = numbers.floats(count)
    for stream in streams {
      #expect(dropped(x, stream) == zip(x, stream.factors(count)).map { $0 * $1 })
    }
  }

  @Test(arguments: lengths)
  func `add, and go back, by the same mask`(count: Int) {
    var numbers = Numbers(seed: UInt64(count))
    let (x, branch) = (numbers.floats(count), numbers.floats(count))
    for stream in streams {
      let expected = zip(zip(x, branch), stream.factors(count)).map { Double($0.0) + Double($0.1) * Double($1) }
      let sum = Shifted(repeating: 0, count: count, by: 3)
      unsafe grf_add_dropout(
        Shifted(x, by: 1).pointer, Shifted(branch, by: 2).pointer, sum.pointer, count, stream.native)
      expectClose(sum.values, expected, 2e-6)
      let gradient = Shifted(x)
      unsafe grf_dropout_backward(branch, gradient.pointer, count, stream.native)
      expectClose(gradient.values, expected, 2e-6)
      let inPlace = Shifted(x)
      unsafe grf_dropout(inPlace.pointer, inPlace.pointer, count, stream.native)
      #expect(inPlace.values == dropped(x, stream))
    }
  }

  @Test(arguments: [UInt32(6_554), 13_107, 32_768, 60_000])
  func `drop the asked part`(threshold: UInt32) {
    let count = 1 << 20
    let kept = dropped(Array(repeating: 1, count: count), Stream(threshold: threshold)).count { $0 != 0 }
    let rate = 1 - Double(threshold) / 65_536
    // Five standard deviations.
    let margin = 5 * (rate * (1 - rate) * Double(count)).squareRoot()
    #expect(abs(Double(kept) - rate * Double(count)) < margin)
  }

  @Test func `draw anew with every word of the key and the counter`() {
    let streams = [
      Stream(threshold: 32_768), Stream(key: (0x1234_5679, 0x9ABC_DEF0), threshold: 32_768),
      Stream(key: (0x1234_5678, 0x9ABC_DEF1), threshold: 32_768),
      Stream(counter: (8, 0xFFFF_FFFF, 3), threshold: 32_768),
      Stream(counter: (7, 0, 3), threshold: 32_768), Stream(counter: (7, 0xFFFF_FFFF, 4), threshold: 32_768),
    ]
    let ones = [Float](repeating: 1, count: 1024)
    let masks = Set(streams.map { dropped(ones, $0) })
    #expect(masks.count == streams.count)
  }

  @Test func `hide no NaN, and depend on no alignment`() {
    var numbers = Numbers(seed: 1)
    var x = numbers.floats(300)
    for i in stride(from: 0, to: 300, by: 7) { x[i] = .nan }
    for stream in streams {
      let y = dropped(x, stream)
      #expect(zip(x, y).allSatisfy { $0.isNaN == $1.isNaN })
      for shift in 1..<16 { #expect(patterns(dropped(x, stream, shift: shift)) == patterns(y)) }
    }
  }
}
