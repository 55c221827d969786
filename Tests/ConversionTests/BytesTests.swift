import ComputationalSequences
import Conversion
import Files
import PackedSequences
import Shards
import TestSupport
import Testing

/// The same inputs and options give the same dataset, however it is made; and it is cut as asked.
@Suite struct `The bytes of a conversion` {
  /// Everything at once: selection, averages, masks, narrow types, tokens, scratch and no scratch.
  private static let everything: [KeyValuePairs<ConversionOptions.Name, String>] = [
    [:], [.normalize: "none"],
    [
      .select: "audio=1,3,5-7", .dropZeroFrames: "vision,words", .rate: "vision=5", .maxFrames: "audio=20",
      .keep: "audio=last", .nonfinite: "mask", .normalize: "minmax,text=none", .dtype: "text=f16,audio=bf16",
      .dropIncomplete: "true", .shardBytes: "64KiB",
    ],
  ]

  private func convert(
    _ bench: Workbench, _ options: KeyValuePairs<ConversionOptions.Name, String>, from inputs: [String], threads: Int
  ) throws -> [String: [UInt8]] {
    var all = ConversionOptions()
    for (name, text) in options { all.add(name, text) }
    all.add(.threads, "\(threads)")
    all.add(.overwrite, "true")
    _ = try Converter.run(
      inputs: inputs, output: bench.file("out"), try all.configuration(), progress: .none)
    return try bench.bytes()
  }

  @Test(arguments: everything.indices)
  func `do not depend on threads`(options: Int) throws {
    let bench = try Workbench()
    let one = try convert(bench, Self.everything[options], from: [Project.fixture], threads: 1)
    #expect(one.count >= 5)
    for threads in [2, 7] {
      #expect(try convert(bench, Self.everything[options], from: [Project.fixture], threads: threads) == one)
    }
    _ = try bench.sound()
  }

  @Test func `do not depend on the order of inputs, nor on whether they come as a folder`() throws {
    let bench = try Workbench()
    try Folder.create(bench.file("in"))
    let names = ["c.csd", "a.csd", "b.csd"]
    for (name, recipe) in zip(names, [Recipe.opinions, .sounds, .speech]) {
      try bench.write([recipe], to: "in/\(name)")
    }
    try bench.write("not a sequence", to: "in/README")
    let paths = names.map { bench.file("in/\($0)") }
    let first = try convert(bench, [:], from: paths, threads: 2)
    for inputs in [
      paths.reversed(), [bench.file("in")], [bench.file("in") + "/"], paths + paths, [paths[1], bench.file("in")],
    ] {
      #expect(try convert(bench, [:], from: Array(inputs), threads: 2) == first)
    }
  }

  @Test func `do not depend on where the inputs lie, only on what they hold`() throws {
    let bench = try Workbench()
    for folder in ["x", "y", "z"] { try Folder.create(bench.file(folder)) }
    try bench.write([.opinions, .sounds], to: "x/raw.csd")
    try bench.write([.opinions, .sounds], to: "y/raw.csd")
    var later = Recipe.sounds
    later.entries[0].intervals[0].1 = 0.75
    try bench.write([.opinions, later], to: "z/raw.csd")
    let first = try convert(bench, [:], from: [bench.file("x/raw.csd")], threads: 1)
    #expect(try convert(bench, [:], from: [bench.file("y")], threads: 1) == first)
    let fingerprint = try bench.sound().manifest.fingerprint
    #expect(try convert(bench, [:], from: [bench.file("z")], threads: 1) != first)
    #expect(try bench.sound().manifest.fingerprint != fingerprint)
  }

  @Test func `name no path and no time`() throws {
    let bench = try Workbench(.opinions, .sounds)
    try bench.convert()
    for (name, bytes) in try bench.bytes() {
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(!text.contains(bench.file("")) && !text.contains("/tmp/"), "\(name)")
    }
  }

  // MARK: Shards

  @Test(arguments: [1, 5000, 20_000, 60_000, 1 << 30], ["zscore", "none"])
  func `are cut into shards that hold what one shard would`(bytes: Int, normalization: String) throws {
    let bench = try Workbench()
    let options: KeyValuePairs<ConversionOptions.Name, String> = [.normalize: normalization, .nonfinite: "vision=mask"]
    try bench.convert(options, from: [Project.fixture], to: "whole")
    let cut: KeyValuePairs<ConversionOptions.Name, String> = [
      .normalize: normalization, .nonfinite: "vision=mask", .shardBytes: "\(bytes)",
    ]
    try bench.convert(cut, from: [Project.fixture])
    let (whole, parts) = try (bench.sound("whole"), bench.sound())
    #expect(parts.samples == whole.samples)
    #expect(try parts.ledger() == whole.ledger())
    for (part, all) in zip(parts.manifest.modalities, whole.manifest.modalities) { #expect(part == all) }
    for split in parts.splits {
      if bytes == 1 { #expect(split.shards.count == split.sampleCount) }
      if bytes == 1 << 30 { #expect(split.shards.count == 1) }
      let names = parts.manifest.splits.first { $0.name == split.name }?.shards.map(\.file) ?? []
      #expect(names == names.sorted() && names.count == split.shards.count)
    }
  }

  @Test func `may lie in more shards than files can be open`() throws {
    let count = 150
    let bench = try Workbench(
      .labels([("a", Recipe.seconds(count).map { ($0.0, $0.1, 1) })]),
      .frames("COVAREP", [("a", (0..<count).map { [Float($0)] })]))
    for normalization in ["none", "minmax"] {
      let result = try Program.shell.run([
        "-c", "ulimit -n 64; exec \"$0\" \"$@\"", Program.grfData.path, "convert", "--quiet", "--shard-bytes", "1",
        "--overwrite", "--normalize", normalization, bench.file("raw.csd"), bench.file("out"),
      ])
      #expect(result.status == 0, "\(result.error)")
      let findings = try Verification.run(bench.file("out"))
      #expect(findings.isEmpty)
      #expect(try bench.names(in: "out").count == count + 2)
    }
  }

  // MARK: Size

  /// A thousand samples of a thousand frames each; as Floats, the frames alone are 128 MB.
  @Test func `of a million frames in one entry are made in bounded memory`() throws {
    let (rows, columns) = (1_000_000, 32)
    let bench = try Workbench()
    let writer = try SequenceWriter(creating: bench.file("raw.csd"))
    try writer.addRoot("COVAREP", metadata: [])
    try writer.addRoot("Opinion Segment Labels", metadata: [])
    var times = [Double](repeating: 0, count: 2 * rows)
    for row in 0..<rows { (times[2 * row], times[2 * row + 1]) = (Double(row) / 100, Double(row + 1) / 100) }
    let ones = [Float](repeating: 1, count: rows * columns)
    try writer.addEntry(
      "a", to: "COVAREP", features: .float32(ones, columns: columns), intervals: .float64(times),
      storage: .init(.chunked(rows: 1000), gzip: 1))
    try writer.addEntry(
      "a", to: "Opinion Segment Labels", features: .float32([Float](repeating: 0, count: 1000), columns: 1),
      intervals: .float64((0..<1000).flatMap { [Double($0) * 10, Double($0 + 1) * 10] }))
    try writer.close()
    // Kilobytes of data, stacks included.
    let result = try Program.shell.run([
      "-c", "ulimit -d 262144; exec \"$0\" \"$@\"", Program.grfData.path, "convert", "--quiet", "--threads", "2",
      "--folds", "none", bench.file("raw.csd"), bench.file("out"),
    ])
    #expect(result.status == 0, "\(result.error)")
    let dataset = try Dataset.open(bench.file("out"))
    #expect(dataset.manifest.splits[0].frames == [rows] && dataset.manifest.sampleCounts == ["all": 1000])
    #expect(try dataset.statistics("audio").count[0] == rows && dataset.statistics("audio").mean[0] == 1)
  }

  @Test func `tell how far they are`() throws {
    let bench = try Workbench()
    let told = Told()
    try bench.convert(from: [Project.fixture], progress: told.report)
    let (stages, total, done) = told.state
    #expect(stages == [.sizing, .reading, .syncing])
    #expect(total > 0 && done > 0 && done <= total)
  }
}
