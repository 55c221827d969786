package import Evaluation
internal import Training

/// The published study: GRF in two sizes and MulT, with masks and with padding as data, and GRF over every order of the
/// modalities.
package struct Study: Sendable {
  /// In the order of the first table.
  package static let models = ["grf", "grf-4m", "mult"]

  /// The metric that was published: macro F1, negative or not.
  package static let publishedMetric = Metric.f1MacroHas0

  /// What the published table says of a model on CMU-MOSI, in percent.
  ///
  /// Source: arXiv 2507.02985. Its GRF has 4.5 million parameters, as `grf-4m` has.
  package static func published(_ model: String) -> Int { model == "mult" ? 79 : 81 }

  package static let tableName = "results.csv"

  /// What `--quick` sets, before anything else that is set.
  package static let quickAssignments = ["training.epochs=3", "training.warmup_epochs=1"]

  package let seeds: [Int]

  package init(seeds: [Int]) { self.seeds = seeds }

  /// A model of the first table, with masks and with padding as data.
  package struct Pair: Sendable {
    package let model: String
    package let masked: Setting
    package let padded: Setting
  }

  package struct Settings: Sendable {
    package let pairs: [Pair]
    /// GRF over the orders, the standard one, which stands among the pairs too, first.
    package let orders: [Setting]

    /// Each once, in the order of the tables.
    package var all: [Setting] { pairs.flatMap { [$0.masked, $0.padded] } + orders.dropFirst() }
  }

  /// Whether all models can have these settings, before there is a dataset.
  ///
  /// - Throws: ``ExperimentError/impossible(setting:problem:remedy:)``; `TrainingError` where a setting is none.
  package static func check(_ settings: Laboratory.Settings) throws {
    for model in models {
      let configuration = try Laboratory.configuration(settings, preset: model)
      do throws(TrainingError) { try configuration.check() } catch {
        throw ExperimentError.impossible(setting: model, problem: error.description, remedy: "")
      }
    }
  }

  /// - Throws: ``ExperimentError``, `TrainingError` where a variation cannot be.
  package func settings(_ laboratory: Laboratory) throws -> Settings {
    try laboratory.refuse([
      ("model.kind", nil), ("model.component", nil), ("training.seed", "--seeds"),
      ("data.order", nil), ("data.masks", nil),
    ])
    let pairs = try Self.models.map { model in
      Pair(
        model: model, masked: try setting(model, laboratory.order, laboratory, name: model, masks: true),
        padded: try setting(model, laboratory.order, laboratory, name: "\(model) no-mask", masks: false))
    }
    let others = try ModalityOrders.parse("all", standard: laboratory.order, among: laboratory.modalities).dropFirst()
    let orders = try others.map {
      try setting("grf", $0, laboratory, name: "grf \($0.joined(separator: "+"))", masks: true)
    }
    return Settings(pairs: pairs, orders: [pairs[0].masked] + orders)
  }

  private func setting(
    _ model: String, _ order: [String], _ laboratory: Laboratory, name: String, masks: Bool
  ) throws -> Setting {
    var configuration = try laboratory.configuration(preset: model)
    configuration.data.order = order
    if !masks { try configuration.set("data.masks", to: .bool(false), source: name) }
    try configuration.check()
    let stem = [model, order.joined(separator: "-")] + (masks ? [] : ["no-mask"])
    return Setting.over(
      seeds, configuration, name: name, component: model == "mult" ? "" : "full", masks: masks,
      runs: stem.joined(separator: "-"))
  }
}
