import Testing

@testable import Experiments

@Suite struct `The median rule` {
  /// Five trials whose running means at epoch 5 are 1, 2, 3, 4 and 5.
  private static func rule(_ trials: Int = 5) -> MedianStopping {
    var rule = MedianStopping()
    for trial in 1...trials { rule.add(Array(repeating: Double(trial), count: 8)) }
    return rule
  }

  @Test func `stops what is worse than the median at epoch 5`() {
    #expect(Self.rule().stop([9, 9, 9, 9, 3.01]) == 5)
    #expect(Self.rule().stop([9, 9, 9, 9, 9, 9, 9]) == 5)
  }

  @Test func `lets what is as good as the median go on`() {
    #expect(Self.rule().stop([9, 3, 9, 9, 9, 9, 9, 9]) == nil)
  }

  @Test func `waits for 5 epochs`() { #expect(Self.rule().stop([9, 9, 9, 9]) == nil) }

  @Test func `waits for 5 finished trials`() {
    #expect(Self.rule(4).stop([9, 9, 9, 9, 9, 9]) == nil)
    #expect(MedianStopping().stop([9, 9, 9, 9, 9, 9]) == nil)
  }

  @Test func `takes the middle of two where the number is even`() {
    #expect(Self.rule(6).stop([9, 9, 9, 9, 3.5]) == nil)
    #expect(Self.rule(6).stop([9, 9, 9, 9, 3.51]) == 5)
  }

  @Test func `compares a best value with running means`() {
    var rule = MedianStopping()
    // Means: 10, 5.5, 4, 3.25, 2.8, 2.5
    for _ in 0..<5 { rule.add([10, 1, 1, 1, 1, 1]) }
    #expect(rule.stop([4, 2.7, 4, 4, 4]) == nil)
    #expect(rule.stop([4, 2.7, 4, 4, 4, 4]) == 6)
  }

  @Test func `takes all epochs of a trial that was shorter`() {
    var rule = MedianStopping()
    for _ in 0..<5 { rule.add([3, 1]) }
    #expect(rule.stop([9, 9, 9, 9, 2]) == nil && rule.stop([9, 9, 9, 9, 2.1]) == 5)
  }

  @Test func `takes what is undefined for the worst`() {
    #expect(Self.rule().stop([nil, nil, nil, nil, nil]) == 5)
    var rule = Self.rule()
    for _ in 0..<6 { rule.add([nil, 1, 1, 1, 1, 1]) }
    #expect(rule.stop([100, 100, 100, 100, 100]) == nil)
    rule.add([])
    #expect(rule.stop([100, 100, 100, 100, 100]) == nil)
  }
}
