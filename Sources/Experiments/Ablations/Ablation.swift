internal import PackedSequences
internal import Training

/// Which parts of GRF are left out, in which orders of the modalities, with which labels, and over which seeds.
package struct Ablation: Sendable {
  package var orders: [[String]]
  /// 2, 7, or both.
  package var classes: [Int]
  /// As ``parse(components:among:)`` gives them.
  package var components: [Component]
  package var seeds: [Int]

  package init(orders: [[String]], classes: [Int], components: [Component], seeds: [Int]) {
    self.orders = orders
    self.classes = classes
    self.components = components
    self.seeds = seeds
  }

  package enum Component: Sendable, Equatable {
    /// GRF with a value of `model.component`.
    case part(String)
    /// The whole of GRF, with padding as data.
    case noMask
    /// One modality alone.
    case single(String)
    case mult

    package var name: String {
      switch self {
      case .part(let name): name
      case .noMask: "no-mask"
      case .single(let modality): "single-\(modality)"
      case .mult: "mult"
      }
    }
  }

  /// The components that `all` means, in the order of the tables.
  ///
  /// - Parameter modalities: those that are taken alone.
  package static func all(among modalities: [String]) -> [Component] {
    let parts = [
      "full", "no-gate-mean", "no-gate-sum", "no-gate-concat", "one-way", "no-cross", "no-auxiliary",
    ]
    return parts.map { .part($0) } + [.noMask] + modalities.map { .single($0) } + [.mult]
  }

  /// `all`, or names parted by commas; `single` is every modality alone.
  ///
  /// - Throws: ``ExperimentError/unknownName(option:name:hint:known:)``.
  package static func parse(
    components text: String, among modalities: [String]
  ) throws(ExperimentError) -> [Component] {
    let all = all(among: modalities)
    var found: [Component] = []
    for name in NumberList.words(text) {
      let meant =
        switch name {
        case "all": all
        case "single": modalities.map { Component.single($0) }
        default: all.filter { $0.name == name }
        }
      if meant.isEmpty {
        let known = all.map(\.name) + ["single", "all"]
        throw .unknownName(option: "--components", name: name, hint: NearestName.hint(name, in: known), known: known)
      }
      found += meant.filter { !found.contains($0) }
    }
    guard !found.isEmpty else {
      throw .wrongList(option: "--components", wanted: "all, or names such as full,no-cross", found: text)
    }
    return found
  }

  /// The settings, in the order of components, then classes, then orders; those that mean the same only once.
  ///
  /// One modality alone and MulT do not depend on the order: MulT is the same for every order of the same modalities, but for
  /// what its random numbers fall on, and runs in the common order.
  ///
  /// - Throws: ``ExperimentError/impossible(setting:problem:remedy:)`` where a variation cannot be;
  ///   ``ExperimentError/varied(key:option:)``.
  package func settings(_ laboratory: Laboratory) throws -> [Setting] {
    try laboratory.refuse([
      ("model.kind", "--components"), ("model.component", "--components"), ("training.seed", "--seeds"),
      ("data.num_classes", "--classes"), ("data.order", "--orders"), ("data.masks", "--components"),
    ])
    var settings: [Setting] = []
    for component in components {
      for classes in classes {
        for order in orders(of: component) {
          settings.append(try setting(component, order, classes, laboratory))
        }
      }
    }
    return settings
  }

  private func orders(of component: Component) -> [[String]] {
    switch component {
    case .single(let name): return orders.contains { $0.contains(name) } ? [[name]] : []
    case .mult:
      var sets: [[String]] = []
      for order in orders.map({ ModalityOrder.sorted($0) }) where !sets.contains(where: { Set($0) == Set(order) }) {
        sets.append(order)
      }
      return sets
    default: return orders
    }
  }

  private func setting(
    _ component: Component, _ order: [String], _ classes: Int, _ laboratory: Laboratory
  ) throws -> Setting {
    var configuration = try laboratory.configuration(preset: component == .mult ? "mult" : nil)
    switch component {
    case .part(let name): configuration.model.component = name
    case .noMask: try configuration.set("data.masks", to: .bool(false), source: component.name)
    case .single: configuration.model.component = "single"
    case .mult: break
    }
    configuration.data.order = order
    configuration.data.classCount = classes
    configuration.dropUnused()
    do throws(TrainingError) { try configuration.check() } catch {
      throw ExperimentError.impossible(
        setting: component.name, problem: error.description,
        remedy: components.count > 1 ? ", or leave \(component.name) out of --components" : "")
    }
    // One modality's name says its order; MulT's is said where there are several sets.
    var name = component.name
    if case .single = component {
    } else if orders.count > 1, component != .mult || orders(of: .mult).count > 1 {
      name += " " + order.joined(separator: "+")
    }
    if self.classes.count > 1 { name += " \(classes)-class" }
    var stem = component.name
    if case .single = component {} else { stem += "-" + order.joined(separator: "-") }
    return Setting.over(
      seeds, configuration, name: name, component: component == .mult ? "" : configuration.model.component,
      masks: component != .noMask, runs: "\(stem)-c\(classes)")
  }
}

extension Setting {
  /// A configuration over seeds.
  ///
  /// - Parameter stem: what the runs' names begin with; `-seed0` follows.
  static func over(
    _ seeds: [Int], _ configuration: RunConfiguration, name: String, component: String, masks: Bool, runs stem: String
  ) -> Setting {
    let runs = seeds.map { seed in
      var seeded = configuration
      seeded.training.seed = seed
      return PlannedRun(name: "\(stem)-seed\(seed)", configuration: seeded)
    }
    return Setting(
      name: name, model: configuration.model.kind, component: component, order: configuration.data.order ?? [],
      classes: configuration.data.classCount, masks: masks, runs: runs)
  }
}
