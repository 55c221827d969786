import Foundation
import FusionModels
import JSONValues
import Shards
import TestDatasets
import Testing

@testable import Training

@Suite struct `A training` {
  @Test func `tells what it does`() throws {
    let bench = try TrainingBench()
    var events: [String] = []
    var start: TrainingStart?
    try bench.train(
      "run", bench.configuration { $0.training.epochs = 2 },
      emit: { event in
        switch event {
        case .started(let found):
          start = found
          events.append("started")
        case .timing: events.append("timing")
        case .step(let step): events.append("\(step.epoch)/\(step.epochs) \(step.step)/\(step.steps)")
        case .epoch(let epoch): events.append("epoch \(epoch.epoch)")
        }
      })
    let steps = (1...2).map { epoch in (1...6).map { "\(epoch)/2 \($0)/6" } + ["epoch \(epoch)"] }
    var expected = ["started"] + steps.joined()
    expected.insert("timing", at: 3)
    #expect(events == expected)
    let found = try #require(start)
    #expect(found.order == ["text", "vision", "audio"] && found.stepsPerEpoch == 6 && found.threads == 2)
    #expect(found.samples.map(\.count) == [17, 4, 5])
    let plan = try TrainingPlan(bench.dataset, bench.configuration())
    #expect(found.parameters == plan.model.layout.count)
  }

  @Test(arguments: ElementType.allCases, RunConfiguration.kinds)
  func `takes every type of numbers`(type: ElementType, kind: String) throws {
    let bench = try TrainingBench(.trainable(type: type))
    let result = try #require(try bench.train("run", bench.configuration(kind)).result)
    let contents = try bench.contents("run")
    #expect(contents.last.isFinite && contents.best.isFinite && result.splits.allSatisfy { $0.loss.isFinite })
    // Other numbers in the dataset give other weights, unless they are not read.
    let other = try TrainingBench(.trainable(type: type, seed: 2))
    try other.train("run", other.configuration(kind))
    #expect(try other.contents("run").last.tensors != contents.last.tensors)
  }

  @Test(arguments: RunConfiguration.kinds)
  func `of samples without a frame that counts is never NaN`(kind: String) throws {
    let bench = try TrainingBench(.trainable(isEmpty: true))
    let result = try #require(try bench.train("run", bench.configuration(kind)).result)
    let contents = try bench.contents("run")
    #expect(contents.last.isFinite && result.splits.allSatisfy { $0.loss.isFinite })
    // All samples look alike.
    let predictions = contents.predictions.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[2] }
    #expect(predictions.count == 5 && Set(predictions).count == 1)
  }

  @Test(arguments: [1, 2, 3, 100], RunConfiguration.kinds)
  func `of splits of one sample is never NaN`(batchSize: Int, kind: String) throws {
    let bench = try TrainingBench(.trainable(1, 1, 1))
    let result = try #require(
      try bench.train("run", bench.configuration(kind) { $0.training.batchSize = batchSize }).result)
    let contents = try bench.contents("run")
    #expect(contents.last.isFinite && result.splits.allSatisfy { $0.metrics[.mae]?.isFinite == true })
    #expect(contents.metrics.count == 6 && contents.test["samples"]?.integer == 1)
    #expect(contents.test["mae"]?.number?.isFinite == true && contents.test["corr"]?.number == 0)
  }

  @Test(arguments: RunConfiguration.kinds) func `takes any two or more modalities in any order`(kind: String) throws {
    let bench = try TrainingBench()
    for order in [["audio", "text"], ["vision", "text"], ["audio", "vision", "text"]] {
      let name = order.joined()
      try bench.train(name, bench.configuration(kind) { $0.data.order = order })
      let contents = try bench.contents(name)
      #expect(contents.best.metadata?.dataset.order == order && contents.best.isFinite)
    }
  }

  @Test func `takes one modality alone`() throws {
    let bench = try TrainingBench()
    let configuration = bench.configuration {
      $0.model.component = RunConfiguration.ModelSection.single
      $0.data.order = ["vision"]
    }
    try bench.train("run", configuration)
    let contents = try bench.contents("run")
    #expect(contents.last.isFinite && contents.best.metadata?.dataset.order == ["vision"])
    try bench.train("parts", configuration) { $0 == 8 }
    try bench.resume("parts")
    #expect(try bench.contents("parts") == contents)
  }

  @Test(arguments: GRFComponent.allCases) func `of an ablation says what it leaves out`(component: GRFComponent) throws
  {
    let bench = try TrainingBench()
    var parameters = 0
    let configuration = bench.configuration { $0.model.component = component.rawValue }
    try bench.train("run", configuration, emit: { if case .started(let start) = $0 { parameters = start.parameters } })
    let contents = try bench.contents("run")
    #expect(contents.last.isFinite && contents.best.metadata?.configuration.model.component == component.rawValue)
    let whole = try TrainingPlan(bench.dataset, bench.configuration()).model.layout.count
    #expect(component == .full ? parameters == whole : parameters < whole)
    // The checkpoint alone tells the model.
    let trained = try TrainedModel(
      Checkpoint(bench.file("run/best.safetensors")), on: bench.dataset, split: "test", fallback: RunConfiguration(),
      needsLabels: true, isForced: false)
    #expect(try trained.evaluate().report.json == contents.test)
  }

  @Test func `keeps the best epoch's weights and tests them`() throws {
    let bench = try TrainingBench()
    let configuration = bench.configuration {
      $0.training.patience = 3
      $0.training.epochs = 60
      $0.training.learningRate = 0.05
    }
    let result = try #require(try bench.train("run", configuration).result)
    let contents = try bench.contents("run")
    let maes = contents.validMAEs
    #expect(result.stoppedEarly && result.epochs == result.bestEpoch + 3 && maes.count == result.epochs)
    #expect(maes.firstIndex(of: try #require(maes.min())) == result.bestEpoch - 1)
    #expect(contents.best.metadata?.stopping.bestEpoch == result.bestEpoch)
    #expect(contents.best.metadata?.epoch == result.bestEpoch && contents.last.metadata?.epoch == result.epochs)
    // Used by itself, the checkpoint does what the run says it does.
    for split in result.splits {
      let trained = try TrainedModel(
        Checkpoint(bench.file("run/best.safetensors")), on: bench.dataset, split: split.split,
        fallback: RunConfiguration(), needsLabels: true, isForced: false)
      #expect(trained.note == nil)
      let (found, report) = try trained.evaluate(threads: .count(3))
      #expect(found.metrics == split.metrics && found.loss == split.loss)
      #expect(split.split == "valid" || report.json == contents.test)
      #expect(split.split == "test" || found.metrics[.mae] == maes.min())
      let table = PredictionTable.text(try trained.predictions())
      #expect(split.split == "valid" || table == contents.predictions)
    }
  }

  @Test func `rounds labels to whole numbers where seven classes are asked for`() throws {
    let bench = try TrainingBench()
    var rounded: String?
    try bench.train(
      "run", bench.configuration { $0.data.classCount = 7 },
      emit: { if case .started(let start) = $0 { rounded = start.roundsLabels ? start.label : nil } })
    #expect(rounded == "sentiment")
    let labels = try bench.contents("run").predictions.split(separator: "\n").dropFirst().map {
      try #require(Double($0.split(separator: ",")[1]))
    }
    #expect(labels.count == 5 && labels.allSatisfy { $0 == $0.rounded() })
  }

  @Test(arguments: RunConfiguration.kinds) func `keeps no more memory after the first epoch`(kind: String) throws {
    let bench = try TrainingBench()
    let plan = try TrainingPlan(bench.dataset, bench.configuration(kind) { $0.model.width = 64 })
    let capacities = try Memory.afterEpochs(4, of: plan)
    #expect(capacities[0] > 0 && Set(capacities).count == 1)
  }
}

@Suite struct `The first weights` {
  @Test(arguments: RunConfiguration.kinds) func `may be those of a PyTorch module`(kind: String) throws {
    let bench = try TrainingBench()
    try bench.train("run", bench.configuration(kind))
    let first = try RunContents.Weights(bench.file("run/best.safetensors"))
    let path = bench.file("torch.safetensors")
    try Tensors(readingParametersOf: bench.file("run/best.safetensors")).write(path)
    // A rate that is 0 as a Float shows what the training began with.
    let frozen = bench.configuration(kind) {
      $0.training.learningRate = 1e-60
      $0.training.minLearningRate = 0
      $0.training.weightDecay = 0
      $0.training.epochs = 1
      $0.training.seed = 5
    }
    try bench.train("frozen", frozen, initial: Checkpoint(path))
    #expect(try bench.contents("frozen").best.tensors == first.tensors)
    try bench.train("drawn", frozen)
    #expect(try bench.contents("drawn").best.tensors != first.tensors)
  }

  @Test func `that do not fit are refused by name, before a folder is made`() throws {
    let bench = try TrainingBench()
    try bench.train("run", bench.configuration())
    let path = bench.file("other.safetensors")
    var tensors = try Tensors(readingParametersOf: bench.file("run/best.safetensors"))
    tensors.list.removeAll { $0.name == "projectors.text.bias" }
    tensors.list.append(("extra", [1], [0]))
    let place = try #require(tensors.list.firstIndex { $0.name == "projectors.audio.weight" })
    tensors.list[place].shape.reverse()
    try tensors.write(path)
    #expect(
      throws: TrainingError.tensorMismatch(
        path: path, missing: ["projectors.text.bias"], superfluous: ["extra"],
        misshapen: [.init(name: "projectors.audio.weight", expected: [8, 2], found: [2, 8])])
    ) {
      try bench.train("refused", bench.configuration(), initial: Checkpoint(path))
    }
    #expect(!FileManager.default.fileExists(atPath: bench.file("refused")))
  }

  /// Changes one tensor of a run's first weights.
  private static func weights(
    _ bench: borrowing TrainingBench, _ changes: [String: Float], kind: String = "grf"
  ) throws -> Checkpoint {
    try bench.train("run", bench.configuration(kind))
    var tensors = try Tensors(readingParametersOf: bench.file("run/best.safetensors"))
    for (name, value) in changes {
      let place = try #require(tensors.list.firstIndex { $0.name == name })
      for index in tensors.list[place].values.indices { tensors.list[place].values[index] = value }
    }
    try tensors.write(bench.file("changed.safetensors"))
    return try Checkpoint(bench.file("changed.safetensors"))
  }

  @Test(arguments: [
    ("cross_encoders.text.audio.layers.0.linear2.weight", "cross_encoders.text.audio.layers.0"),
    ("self_encoders.vision.norm.bias", "self_encoders.vision"), ("block.linear1.bias", "block"),
  ]) func `of a MulT that are NaN end the training with the place`(tensor: String, place: String) throws {
    let bench = try TrainingBench()
    let initial = try Self.weights(bench, [tensor: .nan], kind: "mult")
    let error = #expect(throws: TrainingError.self) {
      try bench.train("nan", bench.configuration("mult"), initial: initial)
    }
    guard case .notFinite(1, 1, .loss, _, let found) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found.hasPrefix(place), "\(found)")
  }

  @Test(arguments: [
    ("projectors.text.weight", "projectors.text"),
    ("fusion_encoders.0.decoder_2.layers.0.linear1.weight", "fusion_encoders.0.decoder_2.layers.0"),
    ("gfus.1.norm.weight", "gfus.1"), ("regressor.regressor.3.bias", "regressor"),
    ("auxiliary_regressor.regressor.0.weight", "auxiliary_regressor"),
  ]) func `that are NaN end the training with the place`(tensor: String, place: String) throws {
    let bench = try TrainingBench()
    let initial = try Self.weights(bench, [tensor: .nan])
    let error = #expect(throws: TrainingError.self) {
      try bench.train("nan", bench.configuration { $0.training.shuffles = false }, initial: initial)
    }
    guard case .notFinite(1, 1, .loss, let samples, let found) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(samples == ["train[0]", "train[1]", "train[2]"] && found.hasPrefix(place), "\(found)")
    #expect(!FileManager.default.fileExists(atPath: bench.file("nan/best.safetensors")))
  }

  @Test func `whose gradients overflow end the training with the parameter`() throws {
    let bench = try TrainingBench()
    // The hidden units are tiny and the last weights huge: the prediction is finite, what flows back is not.
    let initial = try Self.weights(
      bench,
      [
        "regressor.regressor.0.weight": 0, "regressor.regressor.0.bias": 1e-37, "regressor.regressor.3.weight": 3e38,
      ])
    let error = #expect(throws: TrainingError.self) {
      try bench.train(
        "overflow",
        bench.configuration {
          $0.model.dropout = 0
          $0.training.batchSize = 1
          $0.training.shuffles = false
        }, initial: initial)
    }
    #expect(
      error
        == .notFinite(
          epoch: 1, step: 1, what: .gradient, samples: ["train[0]"], place: "regressor.regressor.0.weight"))
  }
}
