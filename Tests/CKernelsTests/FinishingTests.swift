import CKernels
import Testing

/// What a finishing kernel made: patterns up to the first that was beyond the type.
private struct Finished: Equatable {
  var patterns: [UInt32]
  /// The index of the first value beyond the type, or the count.
  var done: Int
}

extension Narrowing {
  fileprivate func finish(
    _ values: [Double], shift: [Double] = [0], scale: [Double] = [1], column: Int = 0
  ) -> Finished {
    unsafe run(shift, scale, column, values.count) { scaling, words, halves in
      switch name {
      case "f32": unsafe grf_finish_f64_f32(values, words, values.count, scaling)
      case "f16": unsafe grf_finish_f64_f16(values, halves, values.count, scaling)
      default: unsafe grf_finish_f64_bf16(values, halves, values.count, scaling)
      }
    }
  }

  fileprivate func finish(
    floats values: [Float], shift: [Double] = [0], scale: [Double] = [1], column: Int = 0
  ) -> Finished {
    unsafe run(shift, scale, column, values.count) { scaling, words, halves in
      switch name {
      case "f32": unsafe grf_finish_f32_f32(values, words, values.count, scaling)
      case "f16": unsafe grf_finish_f32_f16(values, halves, values.count, scaling)
      default: unsafe grf_finish_f32_bf16(values, halves, values.count, scaling)
      }
    }
  }

  private func run(
    _ shift: [Double], _ scale: [Double], _ column: Int, _ count: Int,
    _ kernel: (grf_scaling, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<UInt16>?) -> Int
  ) -> Finished {
    var words = [Float](repeating: -7, count: count)
    var halves = [UInt16](repeating: 0xABCD, count: count)
    // SAFETY: the four arrays live through the call, and the kernel writes `count` elements of one of the last two.
    let done = unsafe words.withUnsafeMutableBufferPointer { words in
      unsafe halves.withUnsafeMutableBufferPointer { halves in
        unsafe shift.withUnsafeBufferPointer { shift in
          unsafe scale.withUnsafeBufferPointer { scale in
            unsafe kernel(
              grf_scaling(
                shift: shift.baseAddress, scale: scale.baseAddress, width: shift.count, column: column,
                limit: .infinity, clipped: nil),
              words.baseAddress, halves.baseAddress)
          }
        }
      }
    }
    let patterns = name == "f32" ? words.map(\.bitPattern) : halves.map { UInt32($0) }
    return Finished(patterns: Array(patterns[..<done]), done: done)
  }
}

@Suite struct `Finishing kernels` {
  private static let types = [Narrowing.f32, .f16, .bf16]

  /// Around a pattern: the value, the midpoint to the next one, the Doubles beside it, and where rounding twice, over
  /// Float, would go wrong.
  private func cases(_ type: Narrowing, _ pattern: UInt32) -> [Double] {
    let (value, half) = (type.value(pattern), type.midpoint(pattern))
    let near = [value, value.nextUp, value.nextDown, half, half.nextUp, half.nextDown]
    let float = Double(Float(half))
    let beside = [Float(half).nextUp, Float(half).nextDown].flatMap { [(float + Double($0)) / 2, Double($0)] }
    let all = near + beside
    return (all + all.map { -$0 }).filter(\.isFinite)
  }

  private func expectRounded(_ type: Narrowing, _ values: [Double]) {
    for value in values {
      let expected = type.pattern(of: value)
      let found = type.finish([value])
      let wanted = type.isBeyond(expected) ? Finished(patterns: [], done: 0) : Finished(patterns: [expected], done: 1)
      if found != wanted { Issue.record("\(value): \(found), not \(wanted)") }
    }
  }

  @Test(arguments: types)
  func `round once, to nearest, ties to even`(type: Narrowing) {
    var numbers = Numbers(seed: 1)
    for _ in 0..<4000 {
      expectRounded(type, cases(type, UInt32.random(in: 0..<type.infinity, using: &numbers)))
    }
  }

  @Test(arguments: types)
  func `round at zero, among subnormals, and at the end of the range`(type: Narrowing) {
    let smallestNormal: UInt32 = type.name == "f32" ? 0x80_0000 : type.name == "f16" ? 0x400 : 0x80
    for pattern in [0, 1, 2, 3, smallestNormal - 1, smallestNormal, type.infinity - 2, type.infinity - 1] {
      expectRounded(type, cases(type, pattern))
    }
    let tiny = [Double.leastNonzeroMagnitude, .leastNormalMagnitude, type.midpoint(0)]
    expectRounded(type, tiny + tiny.map { -$0 } + [1e300, -1e300, 1e39, type.value(type.infinity)])
  }

  @Test func `round to every half from its neighbourhood`() {
    for pattern in 0..<Narrowing.f16.infinity {
      let half = Narrowing.f16.midpoint(pattern)
      let found = [half.nextDown, half, half.nextUp].map { Narrowing.f16.finish([$0]).patterns.first }
      let upper = pattern + 1 == Narrowing.f16.infinity ? nil : pattern + 1
      let expected = [pattern, pattern.isMultiple(of: 2) ? pattern : upper, upper]
      if found != expected { Issue.record("pattern \(pattern): \(found), not \(expected)") }
    }
  }

  @Test(arguments: types)
  func `keep the sign of zero`(type: Narrowing) {
    #expect(type.finish([0, -0.0]).patterns == [0, type.signBit])
    #expect(type.finish(floats: [0, -0.0]).patterns == [0, type.signBit])
    #expect(type.finish([-Double.leastNonzeroMagnitude]).patterns == [type.signBit])
  }

  @Test(arguments: types)
  func `give zero for what is not finite`(type: Narrowing) {
    let (shift, scale) = ([3.0], [2.0])
    #expect(type.finish([.nan, .infinity, -.infinity], shift: shift, scale: scale).patterns == [0, 0, 0])
    #expect(type.finish(floats: [.nan, .infinity, -.infinity], shift: shift, scale: scale).patterns == [0, 0, 0])
  }

  @Test(arguments: types, [0, 1, 2, 4])
  func `scale by column, from whichever column comes first`(type: Narrowing, column: Int) {
    var numbers = Numbers(seed: UInt64(column))
    let values = numbers.floats(33)
    let (shift, scale) = ([0, 1, -0.25, 1e-9, 7], [1, 3, 0.1, 1e-3, 1.5])
    let expected = values.indices.map { index -> UInt32 in
      let place = (column + index) % 5
      return type.pattern(of: (Double(values[index]) - shift[place]) / scale[place])
    }
    #expect(type.finish(floats: values, shift: shift, scale: scale, column: column).patterns == expected)
    let doubles = values.map { Double($0) }
    #expect(type.finish(doubles, shift: shift, scale: scale, column: column).patterns == expected)
  }

  @Test(arguments: types, [1, 4, 100])
  func `stop at the first value beyond the type`(type: Narrowing, width: Int) {
    let (shift, scale) = (Array(repeating: 0.0, count: width), Array(repeating: 1.0, count: width))
    for place in [0, 1, 17, 18] {
      var values = [Double](repeating: 1, count: 20)
      values[place] = type.value(type.infinity)
      values[19] = -values[place]
      #expect(type.finish(values, shift: shift, scale: scale).done == place)
    }
    #expect(type.finish([1, 1, .infinity], shift: shift, scale: scale).done == 3, "not a result beyond the type")
    #expect(type.finish(floats: [Float](repeating: 1e30, count: 3), shift: [0], scale: [1e-10]).done == 0)
    #expect(type.finish([1], shift: [0], scale: [.leastNonzeroMagnitude]).done == 0, "beyond Double, too")
  }

  @Test(arguments: types)
  func `finish nothing`(type: Narrowing) {
    #expect(type.finish([]) == Finished(patterns: [], done: 0))
    #expect(type.finish(floats: [], column: 0) == Finished(patterns: [], done: 0))
  }
}

@Suite struct `Widening kernels` {
  private static let patterns = (0...UInt16.max).map { $0 }

  @Test func `widen every half exactly`() {
    var target = [Float](repeating: 0, count: Self.patterns.count)
    unsafe grf_widen_f16(Self.patterns, &target, Self.patterns.count)
    for (pattern, found) in zip(Self.patterns, target) {
      let magnitude = UInt32(pattern & 0x7FFF)
      let sign: Float = pattern & 0x8000 == 0 ? 1 : -1
      let isRight =
        magnitude > 0x7C00
        ? found.isNaN
        : magnitude == 0x7C00
          ? found == sign * .infinity : found.bitPattern == (sign * Float(Narrowing.f16.value(magnitude))).bitPattern
      if !isRight { Issue.record("\(pattern): \(found)") }
    }
  }

  @Test func `widen every bfloat by its bits`() {
    var target = [Float](repeating: 0, count: Self.patterns.count)
    unsafe grf_widen_bf16(Self.patterns, &target, Self.patterns.count)
    #expect(target.map(\.bitPattern) == Self.patterns.map { UInt32($0) << 16 })
  }

  @Test(arguments: [0, 1, 7, 16, 33])
  func `widen any number of values, and no more`(count: Int) {
    let source = [UInt16](repeating: 0x3C00, count: count)
    var target = [Float](repeating: -1, count: count + 1)
    unsafe grf_widen_f16(source, &target, count)
    #expect(target == [Float](repeating: 1, count: count) + [-1])
    unsafe grf_widen_bf16(source.map { _ in 0x4000 }, &target, count)
    #expect(target == [Float](repeating: 2, count: count) + [-1])
  }
}
