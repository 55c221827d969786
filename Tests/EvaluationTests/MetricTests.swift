import Evaluation
import JSONValues
import Testing

/// Worked out by hand.
@Suite struct `The metrics` {
  @Test func `have these names, in this order`() {
    #expect(
      Metric.allCases.map(\.name) == [
        "mae", "corr", "acc2_has0", "f1_macro_has0", "f1_weighted_has0", "acc2_non0", "f1_macro_non0",
        "f1_weighted_non0", "acc5", "acc7", "f1_macro_7",
      ])
    #expect(Metric.allCases.filter(\.isLowerBetter) == [.mae])
    #expect(Set(Metric.allCases.map(\.title)).count == 11 && Metric.allCases.allSatisfy { $0.title.count <= 33 })
  }

  /// Side of zero, zero counted as positive: labels − − + + +, predictions − + + + −.
  /// Without the zero: labels − − + +, predictions − − + −, since a prediction of 0 is not positive.
  @Test func `of five samples`() throws {
    let metrics = Metrics(predictions: [-1, 0, 0.25, 2, -1], labels: [-2, -1, 0, 1, 2])
    #expect(metrics.samples == 5)
    let third = 1.0 / 3
    let expected: [Metric: Double] = [
      // 1 + 1 + 0.25 + 1 + 3 over 5.
      .mae: 1.25,
      // Σ(p − 0.05)² = 1.1025 + 0.0025 + 0.04 + 3.8025 + 1.1025, Σ y² = 10, Σ p y = 2 + 0 + 0 + 2 − 2.
      .corr: 2 / 60.5.squareRoot(),
      // F1 of − is 2·1 / (2 + 2), of + 2·2 / (3 + 3).
      .acc2Has0: 0.6, .f1MacroHas0: 0.25 + third, .f1WeightedHas0: 0.6,
      // F1 of − is 2·2 / (2 + 3), of + 2·1 / (2 + 1).
      .acc2Non0: 0.75, .f1MacroNon0: 0.4 + third, .f1WeightedNon0: 0.4 + third,
      // Rounded: predictions −1 0 0 2 −1, labels −2 −1 0 1 2.
      .acc5: 0.2, .acc7: 0.2,
      // Classes −2 −1 0 1 2; only 0 is ever hit: 2·1 / (1 + 2).
      .f1Macro7: 2 * third / 5,
    ]
    for metric in Metric.allCases {
      let (found, wanted) = (try #require(metrics[metric]), try #require(expected[metric]))
      #expect(abs(found - wanted) < 1e-15, "\(metric.name)")
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `are undefined where a value is not finite`(value: Float) {
    for metrics in [
      Metrics(predictions: [0, value, 1], labels: [1, 2, 3]), Metrics(predictions: [1, 2, 3], labels: [0, 1, value]),
    ] { #expect(metrics.samples == 3 && metrics.pairs.allSatisfy { $0.value == nil }) }
  }

  @Test func `stay finite for the largest numbers`() {
    let most = Float.greatestFiniteMagnitude
    let metrics = Metrics(predictions: [most, -most], labels: [-most, most])
    #expect(metrics[.mae] == 2 * Double(most) && abs((metrics[.corr] ?? 0) + 1) < 1e-12 && metrics[.acc7] == 0)
  }

  @Test func `are found by name and printed in order, undefined ones as null`() {
    let metrics = Metrics(predictions: [0.5], labels: [0])
    #expect(metrics["mae"] == 0.5 && metrics["acc2_has0"] == 1 && metrics["acc2_non0"] == nil && metrics["f1"] == nil)
    #expect(metrics.pairs.map(\.name) == Metric.allCases.map(\.name) && metrics.pairs[0].value == 0.5)
    #expect(
      metrics.json.compact()
        == #"{"mae":0.5,"corr":0.0,"acc2_has0":1.0,"f1_macro_has0":1.0,"f1_weighted_has0":1.0,"acc2_non0":null,"#
        + #""f1_macro_non0":null,"f1_weighted_non0":null,"acc5":1.0,"acc7":1.0,"f1_macro_7":1.0}"#)
    #expect(metrics.members.keys == Metric.allCases.map(\.name))
  }
}
