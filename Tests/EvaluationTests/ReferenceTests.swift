import ComputationalSequences
import Evaluation
import Foundation
import JSONValues
import PackedSequences
import Segments
import TestSupport
import Testing

/// Holds metrics against `tools/reference/metrics_reference.py`, a second computation in numpy.
@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)"))
struct `The reference of the metrics` {
  private struct Case {
    let predictions: [Float]
    let labels: [Float]
    let train: [Float]

    var json: JSONValue {
      func list(_ values: [Float]) -> JSONValue { JSONValue(values.map(Double.init)) }
      return ["predictions": list(predictions), "labels": list(labels), "train": list(train)]
    }
  }

  /// Values of every kind: anything, halves, whole, few, and always the same.
  private static func values(_ count: Int, kind: Int, _ generator: CounterGenerator, _ lane: UInt32) -> [Float] {
    (0..<count).map { index in
      let uniform = generator.uniform(at: UInt64(index), lane: lane)
      return switch kind {
      case 0: Float(8 * uniform - 4)
      case 1: Float((uniform * 15).rounded(.down) / 2 - 3.5)
      case 2: Float((uniform * 7).rounded(.down) - 3)
      case 3: Float((uniform * 3).rounded(.down) - 1) / 10
      case 4: 0
      default: Float(generator.uniform(at: 1 << 40, lane: lane)) * 2 - 1
      }
    }
  }

  private static let cases: [Case] = (0..<720).map { index in
    let generator = CounterGenerator(seed: UInt64(index), purpose: .synthesis)
    let count = index % 10 == 0 ? 1 : generator.integer(below: 40, at: 0, lane: 9)
    return Case(
      predictions: values(count, kind: index % 6, generator, 1),
      labels: values(count, kind: index / 6 % 6, generator, 2),
      train: values(1 + generator.integer(below: 30, at: 1, lane: 9), kind: index / 36 % 6, generator, 3))
  }

  private func expectSame(_ found: Metrics, _ expected: JSONValue?, _ comment: Comment) throws {
    let expected = try #require(expected?.object, comment)
    #expect(Set(expected.keys) == Set(Metric.allCases.map(\.name)), comment)
    for (name, value) in found.pairs {
      let isSame = value.map { abs($0 - (expected[name]?.number ?? .nan)) <= 1e-12 } ?? (expected[name] == .null)
      #expect(isSame, "\(comment): \(name) is \(String(describing: value)), not \(String(describing: expected[name]))")
    }
  }

  @Test func `agrees about hundreds of random cases`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("cases.json")
    try Data(JSONValue.array(Self.cases.map(\.json)).compact().utf8).write(to: URL(filePath: path))
    let ending = try Python.run(file: "tools/reference/metrics_reference.py", [path])
    try #require(ending.status == 0, "\(ending)")
    let answers = try #require(JSONValue.parse(Array(ending.output.utf8)).array)
    #expect(answers.count == Self.cases.count)
    for (index, (answer, one)) in zip(answers, Self.cases).enumerated() {
      let baselines = try #require(Baselines(trainLabels: one.train))
      let metrics = Metrics(predictions: one.predictions, labels: one.labels)
      try expectSame(metrics, answer["metrics"], "case \(index), metrics")
      try expectSame(baselines.majorityMetrics(one.labels), answer["majority"], "case \(index), majority")
      try expectSame(baselines.medianMetrics(one.labels), answer["median"], "case \(index), median")
    }
  }
}

@Suite(.disabled(if: RealData.isMissing, "\(RealData.skipReason)"))
struct `The labels of MOSI` {
  private func labels(_ split: String) throws -> [Float] {
    let file = try SequenceFile(RealData.file("mosi/CMU_MOSI_Opinion_Labels.csd"))
    let root = try #require(file.roots.first)
    return try root.entries.filter { Folds.cmuMOSI.splits[$0.id] == split }.flatMap { entry in
      try file.readDoubles(entry.features).map { Float($0) }
    }
  }

  @Test func `would be other classes in 13 of the test split if halves were rounded away from zero`() throws {
    let labels = try labels("test")
    let away = labels.map { $0.rounded(.toNearestOrAwayFromZero) }
    let agreement = try #require(Metrics(predictions: away, labels: labels)[.acc7])
    #expect(labels.count == 686 && (agreement * 686).rounded() == 686 - 13)
    #expect(Metrics(predictions: labels.map { $0.rounded(.toNearestOrEven) }, labels: labels)[.acc7] == 1)
  }

  /// The figures are those that `metrics_reference.py` gives for these labels.
  @Test func `have these baselines`() throws {
    let (train, test) = (try labels("train"), try labels("test"))
    let baselines = try #require(Baselines(trainLabels: train))
    #expect(train.count == 1284 && baselines.majority == 2 && baselines.median == 0.2)
    let expected: [(Metric, majority: Double, median: Double)] = [
      (.mae, 2.384766764069959, 1.4558552037218568), (.corr, 0, 0),
      (.acc2Has0, 0.44752186588921283, 0.44752186588921283), (.acc2Non0, 0.4222560975609756, 0.4222560975609756),
      (.acc5, 0.1749271137026239, 0.15451895043731778), (.acc7, 0.1457725947521866, 0.15451895043731778),
      (.f1Macro7, 0.03635041802980734, 0.03823953823953824),
    ]
    let (majority, median) = (baselines.majorityMetrics(test), baselines.medianMetrics(test))
    for (metric, ofMajority, ofMedian) in expected {
      let found = (try #require(majority[metric]), try #require(median[metric]))
      #expect(abs(found.0 - ofMajority) < 1e-12 && abs(found.1 - ofMedian) < 1e-12, "\(metric.name)")
    }
  }

  @Test func `have a median that no constant betters over the train split`() throws {
    let train = try labels("train")
    let best = try #require(Baselines(trainLabels: train)?.medianMetrics(train)[.mae])
    for constant in stride(from: Float(-3), through: 3, by: 0.1) {
      let other = try #require(Metrics(predictions: train.map { _ in constant }, labels: train)[.mae])
      #expect(best <= other + 1e-12)
    }
  }
}
