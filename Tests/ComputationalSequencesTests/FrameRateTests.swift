import ComputationalSequences
import Testing

@Suite struct `A frame rate` {
  @Test func `is the inverse of the usual step, in any order of rows`() throws {
    let starts = (0..<100).map { Double($0) / 30 }
    let rate = try #require(FrameRate(starts: [starts, starts.reversed().map { $0 + 5 }]))
    #expect(abs(rate.perSecond - 30) < 1e-9 && rate.isRegular)
  }

  @Test func `is an average where steps differ`() throws {
    let rate = try #require(FrameRate(starts: [[0, 0.1, 0.5, 1.7, 2]]))
    #expect(rate.perSecond == 2 && !rate.isRegular)
  }

  @Test(arguments: [[], [[]], [[1]], [[2, 2, 2]]] as [[[Double]]])
  func `is unknown where no rows follow each other`(starts: [[Double]]) {
    #expect(FrameRate(starts: starts) == nil)
  }
}
