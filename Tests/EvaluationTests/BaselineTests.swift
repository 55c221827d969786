import Evaluation
import JSONValues
import Testing

@Suite struct `The baselines` {
  private func baselines(_ labels: [Float]) throws -> Baselines { try #require(Baselines(trainLabels: labels)) }

  @Test func `know the median`() throws {
    #expect(try baselines([3]).median == 3)
    #expect(try baselines([3, -1, 0.5]).median == 0.5)
    #expect(try baselines([3, -1, 0.5, 1]).median == 0.75)
    #expect(try baselines([.greatestFiniteMagnitude, .greatestFiniteMagnitude]).median == .greatestFiniteMagnitude)
  }

  @Test(
    arguments: [
      ([1, 1, 2], 1), ([-2, 2], -2), ([-1, 2, -1, 2, 0], -1), ([3, 3, -1, -1], -1), ([2.5, 1.5, 3, 3], 2),
      ([9, 5, 1], 3), ([0.5, -0.5, 1, 1.2], 0), ([-1, 1], -1),
    ] as [([Float], Float)])
  func `know the most frequent whole sentiment, of several the one nearer to zero, then the negative`(
    labels: [Float], majority: Float
  ) throws {
    #expect(try baselines(labels).majority == majority)
  }

  @Test func `predict the median for every sample`() throws {
    let labels: [Float] = [-1, 0, 0.5, 2]
    let metrics = try baselines([1, 0, 3]).medianMetrics(labels)
    #expect(metrics == Metrics(predictions: [1, 1, 1, 1], labels: labels))
    #expect(metrics[.mae] == 1.125 && metrics[.corr] == 0)
  }

  /// Five classes: −2 three times (once −3), 1 twice. Seven: 1 twice, −2 twice, −3 once, so 1. Negative on both counts.
  @Test func `give each metric the majority of its own classes`() throws {
    let baselines = try baselines([-2, -2, -3, 1, 1])
    let labels: [Float] = [-2, -3, 1, 0, 1]
    let metrics = baselines.majorityMetrics(labels)
    #expect(baselines.majority == 1 && metrics.samples == 5)
    let expected: [Metric: Double] = [
      // 3 + 4 + 0 + 1 + 0 over 5.
      .mae: 1.6, .corr: 0, .acc7: 0.4, .acc5: 0.4, .acc2Has0: 0.4, .acc2Non0: 0.5,
      // Only − is predicted: its F1 is 2·2 / (2 + 5), that of + is 0. Of the classes −3 −2 0 1 only 1: 2·2 / (2 + 5).
      .f1MacroHas0: 2.0 / 7, .f1Macro7: 1.0 / 7,
    ]
    for (metric, wanted) in expected {
      let found = try #require(metrics[metric])
      #expect(abs(found - wanted) < 1e-15, "\(metric.name)")
    }
  }

  @Test func `let ties of two sides go to where zero is counted`() throws {
    let metrics = try baselines([-1, 1]).majorityMetrics([2, 2, -2])
    #expect(metrics[.acc2Has0] == 2.0 / 3 && metrics[.acc2Non0] == 1.0 / 3)
  }

  @Test func `count zero as positive only where zeros count`() throws {
    let metrics = try baselines([-1, -1, 1, 0, 0]).majorityMetrics([2, 2, -2])
    #expect(metrics[.acc2Has0] == 2.0 / 3 && metrics[.acc2Non0] == 1.0 / 3)
  }

  @Test func `know no side where every train label is zero`() throws {
    let metrics = try baselines([0, 0]).majorityMetrics([1, 2])
    #expect(Metric.allCases.filter { metrics[$0] == nil } == [.acc2Non0, .f1MacroNon0, .f1WeightedNon0])
  }

  @Test func `need a finite train label`() throws {
    #expect(Baselines(trainLabels: []) == nil && Baselines(trainLabels: [.nan, .infinity]) == nil)
    #expect(try baselines([.nan, 1, -.infinity, 2]) == baselines([2, 1]))
  }

  @Test func `are undefined over no samples`() throws {
    let baselines = try baselines([1])
    #expect(baselines.majorityMetrics([]).pairs.allSatisfy { $0.value == nil })
    #expect(baselines.medianMetrics([]).pairs.allSatisfy { $0.value == nil })
  }

  @Test func `are printed under their names`() throws {
    let json = try baselines([1]).json([2])
    #expect(json.object?.keys == ["majority", "median"])
    #expect(json["median"]?["mae"] == .number(1) && json["majority"]?.object?.keys == Metric.allCases.map(\.name))
  }
}
