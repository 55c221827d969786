import JSONValues
import TestDatasets
import Testing

@testable import Shards

struct SummaryTests {
  @Test func `quantiles are by nearest rank`() {
    let lengths = Lengths(Array(1...10).reversed())
    #expect(lengths == Lengths([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
    #expect(lengths?.minimum == 1)
    #expect(lengths?.median == 5)
    #expect(lengths?.p90 == 9)
    #expect(lengths?.p99 == 10)
    #expect(lengths?.maximum == 10)
    #expect(Lengths([7]).map { [$0.minimum, $0.median, $0.p90, $0.p99, $0.maximum] } == [7, 7, 7, 7, 7])
    #expect(Lengths(Array(1...200))?.p99 == 198)
    #expect(Lengths([]) == nil)
  }

  @Test func `labels are rounded half to even and clipped`() {
    let summary = LabelSummary(name: "s", [-9, -2.5, -0.5, 0, 0.5, 1.5, 2.5, 3, .nan])
    #expect(summary.histogram == [1, 1, 0, 3, 0, 2, 1])
    #expect((summary.negative, summary.neutral, summary.positive) == (3, 1, 4))
    #expect(summary.count == 8)
    #expect(summary.mean == -0.5625)
  }

  @Test func `the deviation is the population's`() {
    #expect(LabelSummary(name: "s", [1, 3]).deviation == 1)
    #expect(LabelSummary(name: "s", []).mean == nil)
    #expect(LabelSummary(name: "s", []).deviation == nil)
  }

  @Test func `the tiny dataset in numbers`() throws {
    let summary = DatasetSummary(try Dataset.open(GoldenTests.folder))
    let train = try #require(summary.splits.first)
    #expect(train.samples == 2)
    #expect(train.bytes == 5704)
    #expect(train.modalities.map(\.frames) == [2, 2])
    #expect(train.modalities.map(\.missing) == [1, 1])
    #expect(train.modalities.map(\.masked) == [1, 0])
    #expect(train.modalities[0].paddedFrames == 4)
    // Words are no numbers, and are not padded.
    #expect(train.paddedFramesRatio == 2)
    #expect(train.paddedBytesRatio == 2)
    #expect(train.labels.map(\.positive) == [1])
    #expect(summary.ledger == [.missing: 1, .noSplit: 1])
    #expect(summary.ranges.map(\.modality) == ["text"])
    #expect(summary.ranges[0].before == -1...2)
    #expect(summary.ranges[0].after == -6...6)
  }

  @Test func `the padded bytes weigh modalities by their frames' size`() throws {
    let folder = try TemporaryFolder()
    let schema = ShardSchema(
      labels: [],
      modalities: [
        ModalitySchema(name: "text", content: .values(.f16, dimension: 1)),
        ModalitySchema(name: "audio", content: .values(.f32, dimension: 2)),
      ], keepsTimes: false)
    func frames(_ count: Int, _ bytes: Int) -> RaggedDataset.Frames {
      RaggedDataset.Frames(
        frames: Array(repeating: [UInt8](repeating: 0, count: bytes), count: count),
        valid: Array(repeating: true, count: count))
    }
    let samples = [
      RaggedDataset.Sample(id: "a", modalities: [frames(1, 2), frames(3, 8)]),
      RaggedDataset.Sample(id: "b", modalities: [frames(1, 2), frames(1, 8)]),
    ]
    try RaggedDataset(schema: schema, splits: [("all", samples)]).write(to: folder.path)
    let split = DatasetSummary(try Dataset.open(folder.path)).splits[0]
    #expect(split.paddedFramesRatio == 8.0 / 6)
    #expect(split.paddedBytesRatio == 52.0 / 36)
  }

  @Test func `ranges tell constant dimensions`() throws {
    var modality = RaggedDataset.modality(ModalitySchema(name: "audio", content: .values(.f32, dimension: 4)))
    modality.statistics = ScalingTests.statistics
    modality.normalization = .minmax
    let range = try #require(ValueRange(modality))
    #expect(range.constant == 2)
    #expect(range.before == -3e38...3e38)
    #expect(range.after == 0...1)
    modality.statistics?.min = [nil, nil, nil, nil]
    #expect(ValueRange(modality)?.before == nil)
    #expect(ValueRange(modality)?.json["after"] == .null)
  }

  @Test func `a summary is a JSON document`() throws {
    let summary = DatasetSummary(try Dataset.open(GoldenTests.folder))
    let json = try JSONValue.parse(summary.json.pretty())
    #expect(json["splits"]?.array?[0]["modalities"]?.array?[0]["lengths"]?["max"]?.integer == 2)
    #expect(json["splits"]?.array?[0]["labels"]?.array?[0]["histogram"]?.array?.count == 7)
    #expect(json["ledger"]?["missing"]?.integer == 1)
  }
}
