import Foundation
import Shards
import TestDatasets
import Testing

@testable import Training

@Suite struct `The same seed` {
  /// Wide enough that several slices of parameters are stepped at once.
  private static func wide(_ configuration: inout RunConfiguration, batchSize: Int) {
    configuration.model.width = configuration.model.kind == "grf" ? 32 : 16
    configuration.model.feedForwardWidth = 256
    configuration.training.batchSize = batchSize
    configuration.training.epochs = 2
  }

  @Test(arguments: [3, 10], RunConfiguration.kinds)
  func `gives the same bits on any number of threads`(batchSize: Int, kind: String) throws {
    let bench = try TrainingBench()
    var runs: [RunContents] = []
    for threads in [1, 2, 7] {
      try bench.train(
        "\(threads)",
        bench.configuration(kind) {
          Self.wide(&$0, batchSize: batchSize)
          $0.training.threads = .count(threads)
        })
      runs.append(try bench.contents("\(threads)"))
    }
    #expect(runs[0].last.tensors.values.reduce(0) { $0 + $1.count } > 3 * 2 * ModelComputation.sliceSize)
    #expect(runs[1] == runs[0])
    #expect(runs[2] == runs[0])
  }

  @Test(arguments: RunConfiguration.kinds)
  func `gives other rounding with another number of lanes, and nothing else`(kind: String) throws {
    let bench = try TrainingBench()
    var runs: [RunContents] = []
    for (run, lanes) in [1, 3, 3, 100].enumerated() {
      try bench.train(
        "\(run)",
        bench.configuration(kind) {
          $0.training.batchSize = 10
          $0.training.lanes = lanes
        })
      runs.append(try bench.contents("\(run)"))
    }
    #expect(runs[1] == runs[2] && runs[0].last.tensors != runs[1].last.tensors)
    for run in runs { #expect(abs((run.test["mae"]?.number ?? 9) - (runs[0].test["mae"]?.number ?? 0)) < 1e-2) }
  }

  @Test(arguments: [(8, 32), (8, 5), (8, 1), (3, 10), (1, 7), (100, 9)])
  func `shares a batch among lanes of neighbours`(lanes: Int, count: Int) {
    let ranges = ModelComputation.lanes(lanes, of: count)
    #expect(ranges.count == min(lanes, count) && ranges.flatMap(\.self) == Array(0..<count))
    #expect((ranges.map(\.count).max() ?? 0) - (ranges.map(\.count).min() ?? 0) <= 1)
  }

  @Test(arguments: RunConfiguration.kinds)
  func `predicts the same in batches of any size`(kind: String) throws {
    let bench = try TrainingBench(.trainable(40, 4, 50))
    let configuration = bench.configuration(kind)
    try bench.train("run", configuration)
    let checkpoint = try Checkpoint(bench.file("run/best.safetensors"))
    let predictions = try [1, 2, 7, 32, 1000].map { size in
      var model = try TrainedModel(
        checkpoint, on: bench.dataset, split: "test", fallback: configuration, needsLabels: true, isForced: false)
      model.batchSize = size
      return try model.predictions(threads: .count(2)).map(\.prediction)
    }
    #expect(predictions[0].count == 50 && Set(predictions[0]).count > 1)
    for other in predictions { #expect(other == predictions[0]) }
  }

  @Test(arguments: RunConfiguration.kinds) func `gives what another seed does not`(kind: String) throws {
    let bench = try TrainingBench()
    for seed in [0, 1] { try bench.train("\(seed)", bench.configuration(kind) { $0.training.seed = seed }) }
    try bench.train("again", bench.configuration(kind))
    let (first, other, again) = (try bench.contents("0"), try bench.contents("1"), try bench.contents("again"))
    #expect(again == first)
    #expect(other.best.tensors != first.best.tensors && other.metrics != first.metrics)
  }

  @Test func `gives another order only where samples are shuffled`() throws {
    let bench = try TrainingBench()
    for shuffles in [true, false] {
      try bench.train("\(shuffles)", bench.configuration { $0.training.shuffles = shuffles })
    }
    #expect(try bench.contents("true").best.tensors != bench.contents("false").best.tensors)
  }
}

@Suite struct `A run that was stopped` {
  @Test(arguments: [true, false], RunConfiguration.kinds)
  func `after any step goes on to the same end`(shuffles: Bool, kind: String) throws {
    let bench = try TrainingBench()
    let configuration = bench.configuration(kind) { $0.training.shuffles = shuffles }
    try bench.train("whole", configuration)
    let whole = try bench.contents("whole")
    var places: [[Int]] = []
    while true {
      let number = places.count
      let outcome = try bench.train("\(number)", configuration) { $0 == number }
      guard let place = outcome.place else { break }
      places.append(place)
      #expect(try bench.resume("\(number)", threads: 1 + number % 3)?.result != nil)
      #expect(try bench.contents("\(number)") == whole)
    }
    // Six steps an epoch; the last one of all ends the training anyway.
    #expect(places == (1..<18).map { [$0 / 6, $0 % 6] })
  }

  @Test func `after every step goes on to the same end`() throws {
    let bench = try TrainingBench()
    try bench.train("whole", bench.configuration())
    var place = try bench.train("parts", bench.configuration(), stop: { _ in true }).place
    var parts = 1
    while place != nil {
      place = try bench.resume("parts", stop: { _ in true })?.place
      parts += 1
    }
    #expect(parts == 18)
    #expect(try bench.contents("parts") == bench.contents("whole"))
  }

  @Test func `goes on at the rate that a plateau has lowered`() throws {
    let bench = try TrainingBench()
    let configuration = bench.configuration("mult") {
      $0.training.epochs = 8
      $0.training.learningRate = 0.1
      $0.training.plateauFactor = 0.5
    }
    try bench.train("whole", configuration)
    let whole = try bench.contents("whole")
    let lowered = try #require(whole.learningRates.firstIndex { $0 < 0.1 })
    // The rate of an epoch after the first that was lowered, and within it.
    let outcome = try bench.train("parts", configuration) { $0 == 6 * lowered + 2 }
    #expect(outcome.place == [lowered, 3])
    try bench.resume("parts")
    #expect(try bench.contents("parts") == whole)
  }

  @Test func `goes on while patience runs out`() throws {
    let bench = try TrainingBench()
    let configuration = bench.configuration {
      $0.training.patience = 2
      $0.training.epochs = 40
      $0.training.learningRate = 0.05
    }
    let result = try #require(try bench.train("whole", configuration).result)
    try #require(result.stoppedEarly && result.epochs > result.bestEpoch)
    // Within the epochs that are no better.
    let outcome = try bench.train("parts", configuration) { $0 == 6 * (result.epochs - 1) + 2 }
    #expect(outcome.place == [result.epochs - 1, 3])
    #expect(try bench.resume("parts")?.result?.epochs == result.epochs)
    #expect(try bench.contents("parts") == bench.contents("whole"))
  }

  @Test func `says so where it is finished`() throws {
    let bench = try TrainingBench()
    try bench.train("run", bench.configuration())
    let before = try bench.contents("run")
    #expect(try bench.resume("run") == nil)
    #expect(try bench.contents("run") == before)
  }

  @Test func `needs the bytes that it began with`() throws {
    let bench = try TrainingBench()
    let other = try TrainingBench(.trainable(seed: 2))
    try bench.train("run", bench.configuration()) { $0 == 1 }
    #expect(
      throws: TrainingError.contentMismatch(path: bench.file("run/last.safetensors"), dataset: other.shards)
    ) {
      _ = try Trainer.resume(
        bench.file("run"), shards: other.shards, threads: nil, observer: .init(emit: { _ in }))
    }
  }
}

@Suite struct `A run that was killed` {
  /// Trains once, and keeps a copy of the run's folder after each epoch: `after 1`, `after 2`, ….
  private static func history(_ bench: borrowing TrainingBench, epochs: Int) throws {
    for epoch in 1...epochs {
      // Stopped after an epoch, the folder is as it was at that moment.
      let outcome =
        try epoch == 1
        ? bench.train("run", bench.configuration { $0.training.epochs = epochs }) { $0 == 5 }
        : bench.resume("run") { $0 == 5 }
      if epoch < epochs { #expect(outcome?.place == [epoch, 0]) } else { #expect(outcome?.result != nil) }
      try bench.copy("run", to: "after \(epoch)")
    }
  }

  @Test func `between any two files of an epoch goes on to the same end`() throws {
    let bench = try TrainingBench()
    let epochs = 4
    try Self.history(bench, epochs: epochs)
    let whole = try bench.contents("run")
    for epoch in 1..<epochs {
      // Metrics come first, then the best weights, then the last.
      for (number, newer) in [[], ["metrics.jsonl"], ["metrics.jsonl", "best.safetensors"]].enumerated() {
        let name = "killed \(epoch) \(number)"
        try bench.copy("after \(epoch)", to: name)
        for file in newer { try bench.replace(file, of: name, by: "after \(epoch + 1)") }
        try Data("half a fi".utf8).write(to: URL(filePath: bench.file("\(name)/last.safetensors.7.partial")))
        #expect(try bench.resume(name)?.result != nil)
        var found = try bench.contents(name)
        #expect(found.files.filter { !$0.hasSuffix(".partial") } == whole.files)
        found.files = whole.files
        #expect(found == whole, "after epoch \(epoch), newer \(newer)")
      }
    }
  }

  @Test func `before its last files were written writes them`() throws {
    let bench = try TrainingBench()
    try bench.train("run", bench.configuration())
    let whole = try bench.contents("run")
    for files in [["test.json"], ["test.json", "predictions-test.csv"]] {
      let name = files.joined()
      try bench.copy("run", to: name)
      for file in files { try FileManager.default.removeItem(atPath: bench.file("\(name)/\(file)")) }
      #expect(try bench.resume(name)?.result?.epochs == 3)
      #expect(try bench.contents(name) == whole)
    }
  }

  @Test func `in its first epoch has nothing to resume`() throws {
    let bench = try TrainingBench()
    try bench.train("run", bench.configuration()) { $0 == 0 }
    try FileManager.default.removeItem(atPath: bench.file("run/last.safetensors"))
    #expect(throws: TrainingError.nothingToResume(path: bench.file("run"))) { try bench.resume("run") }
  }
}
