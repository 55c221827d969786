import Testing

@testable import Experiments

@Suite struct `Mean and deviation` {
  @Test func `of nothing are nothing`() { #expect(Spread([] as [Double]) == nil) }

  @Test func `are undefined where one number is`() {
    #expect(Spread([1, nil, 3]) == nil && Spread([1, 3] as [Double?]) == Spread([1, 3]))
  }

  @Test func `of one number lack the deviation`() throws {
    let spread = try #require(Spread([3]))
    #expect(spread.mean == 3 && spread.deviation == nil)
  }

  @Test func `are the sample's`() throws {
    let spread = try #require(Spread([1, 2, 4, 9]))
    #expect(spread.mean == 4)
    // numpy.std([1, 2, 4, 9], ddof=1)
    #expect(abs((spread.deviation ?? 0) - 3.559026084010437) < 1e-14)
  }
}
