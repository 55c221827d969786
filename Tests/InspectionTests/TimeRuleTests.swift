import Inspection
import Testing

@Suite struct `Times beside the labels'` {
  private func labels(_ ids: [String] = ["v"], scale: Double = 1) -> Example {
    Example("Opinion Segment Labels", ids.map { ($0, (0..<4).map { (Double($0) * scale, Double($0 + 1) * scale) }) })
  }

  @Test(arguments: [(1000.0, 1), (30, 1), (1, 0), (0.01, 1)])
  func `are of another unit where they end elsewhere`(units: Double, count: Int) throws {
    let rows = (0..<40).map { (Double($0) * units / 10, Double($0 + 1) * units / 10) }
    let report = try inspect(Example("COVAREP", [("v", rows)]), labels())
    #expect(report.counts("COVAREP")["time-unit"] ?? 0 == count)
  }

  @Test func `count from each segment where the entries of a video overlap`() throws {
    let entries = (0..<4).map { ("v[\($0)]", Example.rows(8)) }
    let report = try inspect(Example("COVAREP", entries), labels())
    #expect(report.counts("COVAREP")["relative-times"] == 3)
    #expect(report.places(.relativeTimes, "COVAREP").first?.entry == "v[0]")
  }

  @Test func `may overlap where each entry is a sample of its own`() throws {
    let ids = (0..<4).map { "v[\($0)]" }
    let report = try inspect(
      Example("COVAREP", ids.map { ($0, Example.rows(8)) }),
      Example("Opinion Segment Labels", ids.map { ($0, [(0, 1)]) }))
    #expect(report.counts("COVAREP")["relative-times"] == nil)
  }

  @Test func `leave most frames out`() throws {
    let report = try inspect(
      Example("COVAREP", [("v", Example.rows(80))]),
      Example("Opinion Segment Labels", [("v", [(0, 1), (9.5, 10)])]))
    #expect(report.counts("COVAREP")["outside-segments"] == 1)
  }
}
