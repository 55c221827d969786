import ComputationalSequences
import Conversion
import Files
import Shards
import TestSupport
import Testing

/// `convert --part K/N` and `merge`: the whole is, byte for byte, what one conversion makes.
@Suite struct `A conversion in parts` {
  private let bench: Workbench

  init() throws { bench = try Workbench(.opinions, .sounds, .speech) }

  private func makeParts(
    _ count: Int, _ options: KeyValuePairs<ConversionOptions.Name, String> = [:],
    from inputs: [String] = [Project.fixture]
  ) throws -> [String] {
    try (1...count).map { index in
      var all = ConversionOptions()
      for (name, text) in options { all.add(name, text) }
      all.add(.part, "\(index)/\(count)")
      let path = bench.file("part\(index)of\(count)")
      _ = try Converter.run(
        inputs: inputs.map { $0.hasPrefix("/") ? $0 : bench.file($0) }, output: path, try all.configuration(),
        progress: .none)
      return path
    }
  }

  @discardableResult
  private func merge(_ parts: [String], to output: String = "merged", overwrites: Bool = false) throws
    -> ConversionReport
  {
    try Merger.run(parts: parts, output: bench.file(output), overwrites: overwrites, progress: .none)
  }

  private func expectWhole(
    _ count: Int, _ options: KeyValuePairs<ConversionOptions.Name, String>, from inputs: [String] = [Project.fixture]
  ) throws {
    try bench.convert(options, from: inputs)
    let report = try merge(try makeParts(count, options, from: inputs))
    let (whole, merged) = try (bench.bytes(), bench.bytes(of: "merged"))
    #expect(whole.keys.sorted() == merged.keys.sorted())
    for (name, bytes) in whole {
      let isSame = merged[name] == bytes
      #expect(isSame, "\(name)")
    }
    #expect(try report.ledger == bench.sound("merged").ledger())
  }

  // MARK: The same bytes

  @Test(arguments: [1, 2, 3, 25, 40])
  func `becomes the same dataset, however many parts there are`(count: Int) throws { try expectWhole(count, [:]) }

  @Test func `becomes the same with averages, masks and halves`() throws {
    try expectWhole(
      3, [.rate: "vision=5,audio=3", .dtype: "f16", .nonfinite: "mask", .dropZeroFrames: "words,vision"])
  }

  @Test func `becomes the same without what is incomplete, in small shards`() throws {
    try expectWhole(
      2, [.dropIncomplete: "true", .shardBytes: "60KiB", .normalize: "minmax", .dtype: "bf16,words=f32"])
  }

  @Test func `becomes the same without labels and times`() throws {
    try expectWhole(5, [.labels: "none", .times: "drop", .normalize: "none", .maxFrames: "20", .keep: "last"])
  }

  @Test func `becomes the same with a lag and other folds`() throws {
    try expectWhole(4, [.folds: "ratio:0.4,0.3,0.3", .lag: "words=1,text=-1"])
  }

  @Test func `becomes the same clipped, with the clipped values of all parts counted`() throws {
    try expectWhole(3, [.clip: "1.5", .dtype: "vision=f16", .rate: "vision=5", .normalize: "text=robust"])
    let clips = try bench.sound("merged").manifest.modalities.map(\.clip)
    #expect(clips.compactMap { $0?.limit } == [1.5, 1.5, 1.5] && clips.allSatisfy { ($0?.values ?? 1) > 0 })
    let part = try Dataset.open(bench.file("part1of3"), admittingParts: true)
    #expect(part.manifest.modalities.allSatisfy { $0.clip == nil })
  }

  @Test(arguments: [[:], ["rate": "vision=5,audio=3"], ["align": "words"], ["nonfinite": "mask"], ["folds": "none"]])
  func `becomes the same by the quartiles of all parts`(options: [String: String]) throws {
    var all = ConversionOptions()
    all.add(.normalize, "robust")
    for (name, text) in options { all.add(try #require(ConversionOptions.Name(rawValue: name)), text) }
    let inputs = [Project.fixture]
    _ = try Converter.run(
      inputs: inputs, output: bench.file("out"), try all.configuration(), progress: .none)
    let parts = try (1...3).map { index in
      var mine = all
      mine.add(.part, "\(index)/3")
      let path = bench.file("part\(index)")
      _ = try Converter.run(inputs: inputs, output: path, try mine.configuration(), progress: .none)
      return path
    }
    try merge(parts)
    let isSame = try bench.bytes() == bench.bytes(of: "merged")
    #expect(isSame)
    let statistics = try bench.sound("merged").manifest.modalities.compactMap(\.statistics)
    #expect(!statistics.isEmpty && statistics.allSatisfy { $0.quartiles != nil })
  }

  @Test func `becomes the same where parts have no frame to find quartiles of`() throws {
    try bench.write(
      [.opinions, .frames("COVAREP", [("a", [[1, .nan], [3, .nan]]), ("b", [[5, .nan]])])], to: "few.csd")
    try expectWhole(3, [.normalize: "robust", .folds: "none", .nonfinite: "zero"], from: ["few.csd"])
  }

  @Test func `becomes the same by quartiles of another dataset`() throws {
    try bench.convert([.normalize: "robust", .clip: "1"], from: [Project.fixture], to: "model")
    try expectWhole(2, [.like: bench.file("model"), .folds: "none"])
  }

  @Test func `becomes the same with some columns of the labels`() throws {
    try expectWhole(3, [.labelColumns: "sentiment"])
  }

  @Test(arguments: ["zero", "drop"], ["mean", "max"])
  func `becomes the same aligned to words`(missing: String, collapse: String) throws {
    try expectWhole(
      3, [.align: "words", .alignMissing: missing, .collapse: "audio=\(collapse)", .dtype: "vision=bf16"])
  }

  @Test func `becomes the same where folds leave videos out`() throws {
    try bench.write(#"{"train": ["clip_00", "clip_03"], "valid": ["clip_04"], "test": []}"#, to: "folds.json")
    try expectWhole(3, [.folds: bench.file("folds.json")])
  }

  @Test func `becomes the same like another dataset`() throws {
    try bench.convert([.rate: "vision=5"], from: [Project.fixture], to: "model")
    try expectWhole(3, [.like: bench.file("model")])
  }

  @Test func `becomes the same where a video has few frames, and another none`() throws {
    try bench.write([.opinions, .frames("COVAREP", [("a", [[1, 10], [.nan, 20]]), ("b", [])])], to: "few.csd")
    try expectWhole(2, [.folds: "none"], from: ["few.csd"])
  }

  @Test func `becomes the same on any number of threads`() throws {
    try bench.convert(from: [Project.fixture])
    let parts = try makeParts(3, [.threads: "1"])
    _ = try Merger.run(
      parts: parts.reversed(), output: bench.file("merged"), overwrites: false, threads: 3, progress: .none)
    let isSame = try bench.bytes() == bench.bytes(of: "merged")
    #expect(isSame)
  }

  // MARK: A part

  @Test func `takes every n-th video of the sorted list`() throws {
    let parts = try makeParts(2, [.folds: "none"], from: ["raw.csd"])
    let ids = try parts.map { try Dataset.open($0, admittingParts: true).samples.map(\.id) }
    #expect(ids == [["a[0]", "a[1]"], ["b[0]"]])
  }

  @Test func `keeps frames as they were read, and what is not finite`() throws {
    try bench.write(
      [.opinions, .frames("COVAREP", [("a", [[1, .nan], [.infinity, 4]])])], to: "odd.csd")
    let part = try Dataset.open(makeParts(1, from: ["odd.csd"])[0], admittingParts: true)
    let values = try part.sample("a[0]")["audio"].values
    #expect(values[0] == 1 && values[1].isNaN && values[2] == .infinity && values[3] == 4)
    #expect(part.manifest.modalities[0].normalization == .none && part.manifest.part?.count == 1)
  }

  @Test func `keeps averages unrounded`() throws {
    let part = try Dataset.open(
      makeParts(1, [.rate: "0.5", .folds: "none"], from: ["raw.csd"])[0], admittingParts: true)
    #expect(part.manifest.modalities.map(\.content) == [.values(.f64), .tokens])
    let shard = try #require(part.splits.first?.shards.first)
    #expect(shard.widened(sample: 0, modality: 0) == [1.5, 15])
  }

  @Test func `is no dataset yet`() throws {
    let part = try makeParts(2)[1]
    #expect(throws: ShardError.pendingPart(path: part, part: 2, count: 2)) { try Dataset.open(part) }
    #expect(throws: ShardError.pendingPart(path: part, part: 2, count: 2)) {
      try bench.convert([.like: part], from: [Project.fixture])
    }
  }

  @Test(arguments: ["0/3", "4/3", "1/0", "-1/3", "3", "1/2/3", "a/b", "", "1/", "1/9999999999"])
  func `is asked for as k of n`(text: String) throws {
    let error = #expect(throws: ConversionError.self) { try Workbench.configuration([.part: text]) }
    guard case .notANumber("part", text, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `that is damaged is found, its moments too`() throws {
    let part = try makeParts(2)[0]
    #expect(try Verification.run(part).isEmpty)
    let path = Path.join(part, "moments.safetensors")
    let file = try File(updating: path)
    let size = try file.size
    try file.write([0xFF], at: size / 2)
    let findings = try Verification.run(part)
    #expect(findings.count == 1)
    guard case .momentsChecksum(path, _, _) = findings.first?.error else {
      Issue.record("\(findings)")
      return
    }
    try file.resize(to: size - 1)
    #expect(try Verification.run(part).map(\.error) == [.momentsSize(path: path, expected: size, found: size - 1)])
    try Folder.removeAll(path)
    #expect(try Verification.run(part).map(\.error) == [.missingFile(path: path)])
  }

  // MARK: What is refused

  @Test func `is refused where a part is missing`() throws {
    let parts = try makeParts(4)
    #expect(throws: ConversionError.partsMissing([2, 4], count: 4)) { try merge([parts[0], parts[2]]) }
  }

  @Test func `is refused where a part is there twice`() throws {
    let parts = try makeParts(2)
    #expect(throws: ConversionError.partTwice(first: parts[0], second: parts[0], part: 1, count: 2)) {
      try merge([parts[0], parts[1], parts[0]])
    }
  }

  @Test func `is refused where parts are of different divisions`() throws {
    let (two, three) = try (makeParts(2), makeParts(3))
    let error = ConversionError.partsDiffer(first: two[0], second: three[1], what: "numbers of parts (2, 3)")
    #expect(throws: error) { try merge([two[0], three[1]]) }
  }

  @Test func `is refused where parts were made with different options`() throws {
    let first = try makeParts(2)
    try bench.convert([.part: "2/2", .normalize: "minmax"], from: [Project.fixture], to: "other")
    #expect(throws: ConversionError.partsDiffer(first: first[0], second: bench.file("other"), what: "options")) {
      try merge([first[0], bench.file("other")])
    }
  }

  @Test func `is refused where parts were made of different files`() throws {
    let first = try makeParts(2, from: ["raw.csd"])
    try bench.write([.opinions, .frames("COVAREP", [("a", [[1, 2], [3, 4], [5, 6]])]), .speech], to: "new.csd")
    try bench.convert([.part: "2/2"], from: ["new.csd"], to: "other")
    #expect(throws: ConversionError.partsDiffer(first: first[0], second: bench.file("other"), what: "inputs")) {
      try merge([first[0], bench.file("other")])
    }
  }

  @Test func `is refused where one is finished already`() throws {
    try bench.convert()
    #expect(throws: ConversionError.notPart(path: bench.file("out"))) { try merge([bench.file("out")]) }
  }

  @Test func `is refused where a part is damaged, and nothing is made`() throws {
    let parts = try makeParts(2)
    let shard = Path.join(parts[0], "train-00000-of-00001.safetensors")
    let file = try File(updating: shard)
    let byte = try file.read(bytes: 1, at: 8192)[0]
    try file.write([byte ^ 1], at: 8192)
    let error = #expect(throws: ConversionError.self) { try merge(parts) }
    #expect(error?.description.contains(shard) == true)
    #expect(try !bench.names().contains { $0.hasPrefix("merged") })
  }

  @Test func `is refused onto one of its parts`() throws {
    let parts = try makeParts(2)
    #expect(throws: ConversionError.outputIsSource(path: parts[1] + "/")) {
      try Merger.run(parts: parts, output: parts[1] + "/", overwrites: true, progress: .none)
    }
    #expect(try Verification.run(parts[1]).isEmpty)
  }

  @Test func `is refused where a modality has no frame in any part`() throws {
    try bench.write(
      [.labels([("a", [(10, 11, 1)]), ("b", [(10, 12, 1)])]), .frames("COVAREP", [("a", [[1]]), ("b", [[2]])])],
      to: "apart.csd")
    let parts = try makeParts(2, [.folds: "none"], from: ["apart.csd"])
    #expect(throws: (any Error).self) { try merge(parts) }
  }

  @Test func `may replace a part, and a dataset may be replaced by the whole`() throws {
    let parts = try makeParts(2)
    try bench.convert([.part: "1/2", .overwrite: "true"], from: [Project.fixture], to: "part1of2")
    try bench.convert([.normalize: "none"], from: [Project.fixture], to: "merged")
    #expect(throws: ConversionError.outputExists(bench.file("merged"))) { try merge(parts) }
    try merge(parts, overwrites: true)
    _ = try bench.sound("merged")
  }
}
