import Batches
import PackedSequences
import Shards
import TestDatasets
import TestSupport
import Testing

@Suite struct `A source of batches` {
  private func refusal(
    _ ragged: RaggedDataset, split: String = "train", _ modalities: [String] = ["text"],
    label: BatchSource.Label = .standard
  ) throws -> (error: BatchError?, text: String) {
    let bench = try Bench(ragged)
    do throws(BatchError) {
      let source = try BatchSource(bench.dataset, split: split, modalities: modalities, label: label)
      try source.checkLabels()
      return (nil, "")
    } catch { return (error, error.description.replacing(bench.path, with: "out")) }
  }

  @Test(arguments: [(1, 40), (2, 20), (3, 14), (39, 2), (40, 1), (41, 1)])
  func `counts the last, smaller batch`(size: Int, batches: Int) throws {
    let source = try BatchSource(Bench(.mixed(samples: 40)).dataset, split: "train", modalities: ["text"])
    #expect(source.batchCount(size: size) == batches && source.sampleCount == 40)
  }

  @Test func `has modalities in the order asked for`() throws {
    let source = try BatchSource(Bench(.mixed(samples: 2)).dataset, split: "train", modalities: ["vision", "text"])
    #expect(source.modalities.map(\.name) == ["vision", "text"] && source.modalities.map(\.index) == [3, 0])
    #expect(source.modalities.map(\.dimension) == [5, 3] && source.modalities.map(\.type) == [.bf16, .f32])
  }

  @Test func `names a split that is missing or empty`() throws {
    let missing = try refusal(.mixed(samples: 2), split: "tain")
    #expect(
      missing.text == "out: there is no split \"tain\" (did you mean \"train\"?); there are train, valid, test, "
        + "and grf-data convert --folds makes others")
    #expect(missing.error?.isRequestAtFault == true)
    let empty = try refusal(.mixed(samples: 2), split: "test")
    #expect(empty.text == "out: the split test has no samples; convert again with other --folds")
    #expect(empty.error?.isRequestAtFault == false)
  }

  @Test func `names a modality that is missing, holds tokens or comes twice`() throws {
    let present = "there are text, audio, vision with numbers"
    #expect(
      try refusal(.mixed(samples: 2), ["text", "vison"]).text
        == "out: there is no modality \"vison\" (did you mean \"vision\"?); \(present)")
    #expect(
      try refusal(.mixed(samples: 2), ["words"]).text
        == "out: the modality words holds tokens, which cannot be trained on; \(present)")
    #expect(
      try refusal(.mixed(samples: 2), ["text", "text"]).text == "the modality text is wanted twice; name it once")
    #expect(
      try refusal(.tiny(), ["audio"]).text == "out: there is no modality \"audio\"; there is text with numbers")
  }

  @Test func `takes the sentiment, or the first column, or the one that is named, or none`() throws {
    let bench = try Bench(.mixed(samples: 4))
    let labels = bench.samples("train").map(\.labels)
    func source(_ label: BatchSource.Label) throws -> BatchSource {
      try BatchSource(bench.dataset, split: "train", modalities: ["text"], label: label)
    }
    #expect(try source(.standard).labelName == "sentiment" && source(.standard).labels() == labels.map { $0[1] })
    #expect(try source(.column("SENTIMENT")).labelName == "sentiment")
    #expect(try source(.column("a")).labelName == "a" && source(.column("a")).labels() == labels.map { $0[0] })
    #expect(try source(.none).labelName == nil)
    try source(.none).checkLabels()
    var other = RaggedDataset.mixed(samples: 4)
    other.schema.labels = ["Confidence", "Sentiment"]
    #expect(
      try BatchSource(Bench(other).dataset, split: "train", modalities: ["text"]).labels() == labels.map { $0[1] })
    other.schema.labels = ["x", "y"]
    #expect(
      try BatchSource(Bench(other).dataset, split: "train", modalities: ["text"]).labels() == labels.map { $0[0] })
  }

  @Test func `names a label column that is missing`() throws {
    let (error, text) = try refusal(.mixed(samples: 2), label: .column("sentimnt"))
    #expect(
      text == "out: there is no label column \"sentimnt\" (did you mean \"sentiment\"?); there are a, sentiment")
    #expect(error?.isRequestAtFault == true)
  }

  @Test(arguments: [BatchSource.Label.standard, .column("sentiment")])
  func `says how to come by labels where there are none`(label: BatchSource.Label) throws {
    var ragged = RaggedDataset.mixed(samples: 2)
    ragged.schema.labels = []
    for split in ragged.splits.indices {
      for sample in ragged.splits[split].samples.indices { ragged.splits[split].samples[sample].labels = [] }
    }
    #expect(
      try refusal(ragged, label: label).text
        == "out: the samples have no labels; convert again with a label sequence among the inputs "
        + "(grf-data convert … --labels ROOT says which)")
    #expect(try refusal(ragged, label: .none).error == nil)
  }

  @Test(arguments: [(Float.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")])
  func `names the sample whose label is not finite`(value: Float, spelled: String) throws {
    var ragged = RaggedDataset.mixed(samples: 5)
    ragged.splits[0].samples[3].labels[1] = value
    let (error, text) = try refusal(ragged)
    #expect(
      text == "out: the label sentiment of sample v[3] in train is \(spelled); correct it in the label sequence, or "
        + "convert again with --drop-unlabelled, which leaves out such samples")
    #expect(error?.isRequestAtFault == false)
    #expect(try refusal(ragged, label: .column("a")).error == nil)
    #expect(try refusal(ragged, split: "valid").error == nil)
  }

  @Test func `rounds labels half to even where asked to`() throws {
    var ragged = RaggedDataset.mixed(samples: 8)
    let given: [Float] = [0.5, -0.5, 1.5, -1.5, 2.5, 2.6, -2.75, 3.5]
    for (index, label) in given.enumerated() { ragged.splits[0].samples[index].labels[1] = label }
    let bench = try Bench(ragged)
    let source = try BatchSource(bench.dataset, split: "train", modalities: ["text"], roundsLabels: true)
    #expect(source.labels() == [0, 0, 2, -2, 2, 3, -3, 4])
    var batch = source.makeBatch(capacity: 8)
    source.fill(&batch, from: EpochOrder(count: 8, seed: 0, epoch: 0, isShuffled: false), index: 0, size: 8)
    #expect((0..<8).map { batch.label($0) } == source.labels())
    let plain = try BatchSource(bench.dataset, split: "train", modalities: ["text"])
    #expect(plain.labels() == given && !plain.roundsLabels)
  }

  @Test(arguments: [Int.max, 700])
  func `knows what an epoch costs`(limit: Int) throws {
    let bench = try Bench(.mixed(samples: 40), limit: limit)
    let names = ["audio", "text"]
    let source = try BatchSource(bench.dataset, split: "train", modalities: names)
    for (found, name) in zip(source.frameStatistics(), names) {
      let frames = bench.samples("train").map { bench.frames($0, name) }
      #expect(found.modality.name == name && found.frames == frames.reduce(0) { $0 + $1.frames.count })
      #expect(found.validFrames == frames.reduce(0) { $0 + $1.valid.count { $0 } })
      #expect(found.longest == 9 && found.longestSample == frames.firstIndex { $0.frames.count == 9 })
      #expect(found.samplesWithoutFrames == frames.count { !$0.valid.contains(true) })
      #expect(found.samplesWithoutFrames > 0 && found.validFrames < found.frames)
    }
    #expect(source.framesPerEpoch == source.frameStatistics().reduce(0) { $0 + $1.frames })
  }

  @Test func `of samples without frames costs nothing`() throws {
    var ragged = RaggedDataset.mixed(samples: 2)
    for sample in 0..<2 { ragged.splits[0].samples[sample].modalities[0] = RaggedDataset.Frames() }
    let source = try BatchSource(Bench(ragged).dataset, split: "train", modalities: ["text"])
    let found = source.frameStatistics()[0]
    #expect(found.frames == 0 && found.longest == 0 && found.longestSample == 0 && found.samplesWithoutFrames == 2)
  }
}
