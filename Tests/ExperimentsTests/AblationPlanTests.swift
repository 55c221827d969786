import Foundation
import Shards
import TestDatasets
import Testing
import Training

@testable import Experiments

@Suite struct `An ablation` {
  private func settings(
    _ bench: Bench, orders: String? = nil, classes: [Int] = [2], components: String = "all",
    seeds: [Int] = [0]
  ) throws -> [Setting] {
    let laboratory = try bench.laboratory()
    let orders = try ModalityOrders.parse(orders, standard: laboratory.order, among: laboratory.modalities)
    return try Ablation(
      orders: orders, classes: classes,
      components: Ablation.parse(components: components, among: laboratory.modalities), seeds: seeds
    ).settings(laboratory)
  }

  @Test func `of everything has each component once`() throws {
    let bench = try Bench()
    let found = try settings(bench, seeds: [0, 4])
    #expect(
      found.map(\.name) == [
        "full", "no-gate-mean", "no-gate-sum", "no-gate-concat", "one-way", "no-cross", "no-auxiliary", "no-mask",
        "single-text", "single-vision", "single-audio", "mult",
      ])
    #expect(found.allSatisfy { $0.runs.map(\.configuration.training.seed) == [0, 4] })
    #expect(found.map(\.model) == Array(repeating: "grf", count: 11) + ["mult"])
    #expect(found.map(\.masks) == found.map { $0.name != "no-mask" })
    #expect(found[7].runs[0].configuration.yaml.contains("masks: false"))
    #expect(found[8].runs[0].configuration.data.order == ["text"])
    // What MulT has a use for is kept, what it has not is not.
    let mult = found[11].runs[0].configuration
    #expect(mult.model.width == 8 && mult.training.batchSize == 6 && mult.training.weightDecay == 0)
  }

  @Test func `over orders runs what does not depend on them once`() throws {
    let bench = try Bench()
    let found = try settings(bench, orders: "all", components: "full,single,mult")
    #expect(found.count == 6 + 3 + 1)
    #expect(found[0].name == "full text+vision+audio" && found[5].name == "full audio+vision+text")
    #expect(found.suffix(4).map(\.name) == ["single-text", "single-vision", "single-audio", "mult"])
    // The same runs, whatever else is asked for, so that a folder can grow.
    #expect(try settings(bench, components: "mult")[0].runs == found[9].runs)
    #expect(try settings(bench, components: "full")[0].runs == found[0].runs)
    #expect(try settings(bench, orders: "audio,vision,text", components: "mult")[0].runs == found[9].runs)
  }

  @Test func `over sets of modalities has MulT for each`() throws {
    let bench = try Bench()
    let found = try settings(bench, orders: "audio,text;text,audio;text,audio,vision", components: "single,mult")
    #expect(
      found.map(\.name) == [
        "single-text", "single-vision", "single-audio", "mult text+audio", "mult text+vision+audio",
      ])
  }

  @Test func `gives every setting and run a name of its own`() throws {
    let bench = try Bench()
    let found = try settings(bench, orders: "all", classes: [2, 7], seeds: [0, 1, 2])
    let runs = found.flatMap(\.runs)
    #expect(Set(found.map(\.name)).count == found.count && Set(runs.map(\.name)).count == runs.count)
    #expect(found.count == 2 * (8 * 6 + 3 + 1) && runs.count == 3 * found.count)
    #expect(found.filter { $0.name.hasSuffix("7-class") }.allSatisfy { $0.classes == 7 })
  }

  @Test(arguments: [
    "model.component=one-way", "model.kind=mult", "training.seed=1", "data.num_classes=7", "data.order=[text, audio]",
    "data.masks=false",
  ])
  func `refuses to be told what it varies`(assignment: String) throws {
    let bench = try Bench()
    let laboratory = try bench.laboratory(
      assignment == "model.kind=mult" ? ["model.d_model=10", assignment] : Bench.small + [assignment])
    let ablation = Ablation(orders: [laboratory.order], classes: [2], components: [.part("full")], seeds: [0])
    let error = #expect(throws: ExperimentError.self) { try ablation.settings(laboratory) }
    guard case .varied(let key, _) = error else { return #expect(Bool(false), "\(String(describing: error))") }
    #expect(assignment.hasPrefix(key))
  }

  @Test func `keeps MulT as published beside the larger GRF`() throws {
    let bench = try Bench()
    let configuration = try bench.laboratory([], preset: "grf-4m").configuration(preset: "mult")
    let published = try RunConfiguration.preset("mult")
    #expect(configuration.model == published.model)
    var training = published.training
    training.threads = .count(1)
    #expect(configuration.training == training)
  }
}

@Suite struct `MulT beside GRF` {
  @Test func `takes what is set, also where that is what GRF has anyway`() throws {
    let bench = try Bench()
    let configuration = try bench.laboratory(["training.epochs=100", "training.batch_size=32", "model.dropout=0.5"])
      .configuration(preset: "mult")
    #expect(configuration.training.epochs == 100 && configuration.training.batchSize == 32)
    let published = try RunConfiguration.preset("mult")
    #expect(configuration.model == published.model)
    #expect(configuration.training.schedule == .plateau && configuration.training.maxGradientNorm == 0.8)
  }

  @Test func `does not take a file of GRF's values for its own`() throws {
    let bench = try Bench()
    var grf = RunConfiguration()
    grf.training.learningRate = 0.5
    try grf.yaml.write(toFile: bench.file("config.yaml"), atomically: true, encoding: .utf8)
    let laboratory = try Laboratory(
      Dataset.open(bench.shards), shards: bench.shards, .init(file: bench.file("config.yaml")))
    let configuration = try laboratory.configuration(preset: "mult")
    #expect(configuration.training.epochs == 40 && configuration.model.width == 30)
    // What the file has otherwise than GRF's preset holds for both.
    #expect(configuration.training.learningRate == 0.5)
  }

  @Test func `that cannot have a setting is named, with what to do`() throws {
    let bench = try Bench()
    let ablation = Ablation(
      orders: [["text", "vision", "audio"]], classes: [2], components: [.part("full"), .mult], seeds: [0])
    let laboratory = try bench.laboratory(["model.d_model=128"])
    let error = #expect(throws: ExperimentError.self) { try ablation.settings(laboratory) }
    #expect(
      error.map { "\($0)" }.map {
        $0.hasPrefix("mult: model.d_model 128") && $0.hasSuffix("leave mult out of --components")
      }
        == true, "\(String(describing: error))")
    #expect(throws: ExperimentError.self) { try Study.check(.init(assignments: ["model.d_model=128"])) }
    try Study.check(.init(assignments: Bench.small))
  }
}

@Suite struct `A planned run` {
  @Test(arguments: ["grf", "mult"]) func `is begun by arguments that say all of it`(preset: String) throws {
    let bench = try Bench()
    var configuration = try bench.laboratory([]).configuration(preset: preset)
    configuration.data.order = ["audio", "text"]
    configuration.projectName = "a \"b\", c: [d]"
    configuration.data.shards = "/tmp/ü, x=1: '\n"
    var found = RunConfiguration()
    try found.apply(assignments: configuration.assignments)
    #expect(found == configuration)
  }

  @Test func `differs by what decides a result only`() throws {
    let bench = try Bench()
    let configuration = try bench.laboratory().configuration()
    let run = PlannedRun(name: "x", configuration: configuration)
    var other = configuration
    other.training.threads = .all
    other.data.shards = "elsewhere"
    other.projectName = "another"
    #expect(run.difference(from: other) == nil)
    other.training.learningRate = 0.5
    let difference = try #require(run.difference(from: other))
    #expect(difference.key == "training.learning_rate" && difference.found == "0.5" && difference.wanted == "0.001")
    other = try bench.laboratory().configuration(preset: "mult")
    #expect(run.difference(from: other) != nil)
  }
}
