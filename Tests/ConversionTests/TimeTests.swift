import Conversion
import Shards
import TestSupport
import Testing

/// Times that are not seconds from the start of the video.
@Suite struct `Times of another kind` {
  /// Segments of two seconds, one after another.
  private static let labels = Recipe.labels(["a", "b"].map { ($0, [(0, 2, 1), (2, 4, 2), (4, 6, 3)]) })
  private static let rows: [[Float]] = (0..<6).map { [Float($0)] }

  /// Six rows of `a` and of `b`, a second each, counted in units of which so many make a second.
  private static func sounds(units: Double) -> Recipe {
    var recipe = Recipe.frames("COVAREP", ["a", "b"].map { ($0, rows) })
    for index in recipe.entries.indices {
      recipe.entries[index].intervals = Recipe.seconds(6).map { ($0.0 * units, $0.1 * units) }
    }
    return recipe
  }

  /// Two rows for each segment of `a` and `b`, each from its own start.
  private static func relative(_ root: String = "COVAREP") -> Recipe {
    Recipe.frames(
      root, ["a", "b"].flatMap { video in (0..<3).map { k in ("\(video)[\(k)]", [[Float(k)], [Float(k) + 0.5]]) } })
  }

  @Test(arguments: [(1000.0, "ms", "milliseconds"), (30, "UNITS-A-SECOND", "frame numbers")])
  func `are noticed, with the option that repairs them`(units: Double, unit: String, name: String) throws {
    let bench = try Workbench(Self.sounds(units: units), Self.labels)
    let notes = try bench.convert([.folds: "none", .normalize: "none"]).notes
    #expect(
      notes == [
        "audio: its times end at \(Int(units)) times those of the labels, as \(name) do; --time-unit audio=\(unit) takes them "
          + "for what they are"
      ])
  }

  @Test(arguments: [(1000.0, "ms"), (1000, "audio=1000"), (30, "30"), (1, "s")])
  func `are taken for what they are`(units: Double, option: String) throws {
    let bench = try Workbench(Self.sounds(units: units), Self.labels)
    let report = try bench.convert([.folds: "none", .normalize: "none", .timeUnit: option])
    #expect(report.notes.isEmpty)
    let samples = try bench.sound().samples
    #expect(samples.map { $0["audio"].values } == [[0, 1], [2, 3], [4, 5], [0, 1], [2, 3], [4, 5]])
    #expect(samples[1]["audio"].times == [0, 1, 1, 2])
  }

  @Test(arguments: ["0", "-1", "nan", "hours", "audio="])
  func `are no unit that there is not`(text: String) {
    #expect(throws: ConversionError.self) { try Workbench.configuration([.timeUnit: text]) }
  }

  @Test func `that count from each segment are refused, with the option that repairs them`() throws {
    let bench = try Workbench(Self.relative(), Self.labels)
    #expect(throws: ConversionError.relativeTimes(modality: "audio", first: "a[0]", second: "a[1]")) {
      try bench.convert([.folds: "none"])
    }
  }

  @Test func `that count from each segment go to the segment of their number`() throws {
    let bench = try Workbench(Self.relative(), Self.labels)
    let report = try bench.convert([.folds: "none", .normalize: "none", .timesRelative: "audio"])
    #expect(report.notes.isEmpty)
    let samples = try bench.sound().samples
    #expect(samples.map { $0["audio"].values } == [[0, 0.5], [1, 1.5], [2, 2.5], [0, 0.5], [1, 1.5], [2, 2.5]])
    #expect(samples[2]["audio"].times == [0, 1, 1, 2])
  }

  @Test func `need labels to count from`() throws {
    let bench = try Workbench(Self.relative())
    #expect(throws: ConversionError.relativeWithoutLabels(modality: "audio")) {
      try bench.convert([.timesRelative: "audio", .labels: "none"])
    }
  }

  @Test func `are noticed where most frames lie in no segment`() throws {
    let rows: [[Float]] = (0..<9).map { [Float($0)] }
    let bench = try Workbench(.frames("COVAREP", [("a", rows)]), .labels([("a", [(0, 1, 1), (8, 9, 2)])]))
    let notes = try bench.convert([.folds: "none", .normalize: "none"]).notes
    #expect(notes.count == 1 && notes.first?.hasPrefix("audio: 77.78 % of its frames lie in no segment") == true)
  }
}
