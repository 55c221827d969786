import Conversion
import Segments
import Shards
import Testing

/// Which folds a dataset is divided by, and what is said of them.
@Suite struct `Folds of a conversion` {
  /// Segments of two seconds, and a frame a second.
  private func bench(_ segments: [(video: String, count: Int)]) throws -> Workbench {
    var labels: [(String, [(Double, Double, Float)])] = []
    var frames: [(String, [[Float]])] = []
    for (video, count) in segments {
      var rows: [(Double, Double, Float)] = []
      for row in 0..<count { rows.append((2.0 * Double(row), 2.0 * Double(row + 1), Float(row))) }
      labels.append((video, rows))
      frames.append((video, (0..<2 * count).map { row -> [Float] in [Float(row)] }))
    }
    return try Workbench(.labels(labels), .frames("COVAREP", frames))
  }

  @Test func `are part of the report and the manifest`() throws {
    let bench = try bench([("a", 3), ("b", 2), ("c", 2), ("d", 1)])
    let report = try bench.convert([.folds: "kfold:4", .fold: "4"])
    #expect(report.folds == "random fold 4 of 4 of 4 videos, seed 0" && report.warnings.isEmpty)
    #expect(report.manifest.configuration["folds"] == "kfold:4/4")
    let automatic = try bench.convert([.overwrite: "true"])
    #expect(automatic.folds == "random 70/10/20 of 4 videos, seed 0" && automatic.warnings.count == 1)
    #expect(automatic.manifest.fingerprint != report.manifest.fingerprint)
    #expect(try bench.convert([.resume: "true"]).folds == automatic.folds)
  }

  @Test func `that leave a split empty are a warning that says what is lost`() throws {
    let bench = try bench([("03bSnISJMiM", 2)])
    let warnings = try bench.convert().warnings
    #expect(warnings.count == 2 && warnings[0].contains("valid") && warnings[0].contains("stop early"), "\(warnings)")
    #expect(warnings[1].contains("test"), "\(warnings)")
    #expect(try bench.convert([.folds: "none", .overwrite: "true"]).warnings.isEmpty)
  }

  @Test func `over samples give each split the frames of its own`() throws {
    let bench = try bench([("a", 4), ("b", 4)])
    let folds = try bench.write(
      #"{"train": ["a[0]", "a[2]", "b"], "valid": ["a[1]"], "test": ["a_3"]}"#, to: "folds.json")
    #expect(throws: SegmentsError.videoInTwoFolds(file: folds, video: "a", first: "train", second: "valid")) {
      try bench.convert([.folds: folds])
    }
    let dataset = try bench.dataset([.folds: folds, .foldsOver: "samples", .normalize: "none"])
    #expect(
      dataset.samples.map { "\($0.split) \($0.id) \($0["audio"].values)" } == [
        "train a[0] [0.0, 1.0]", "train a[2] [4.0, 5.0]", "train b[0] [0.0, 1.0]", "train b[1] [2.0, 3.0]",
        "train b[2] [4.0, 5.0]", "train b[3] [6.0, 7.0]", "valid a[1] [2.0, 3.0]", "test a[3] [6.0, 7.0]",
      ])
    #expect(dataset.manifest.configuration["folds_over"] == "samples")
  }

  @Test func `over samples make the same dataset in parts`() throws {
    let bench = try bench([("a", 5), ("b", 4), ("c", 3)])
    let dataset = try bench.dataset([.folds: "ratio:0.5,0.25,0.25", .foldsOver: "samples"])
    for part in 1...2 {
      try bench.convert(
        [.folds: "ratio:0.5,0.25,0.25", .foldsOver: "samples", .part: "\(part)/2"], to: "part\(part)")
    }
    _ = try Merger.run(
      parts: [bench.file("part1"), bench.file("part2")], output: bench.file("merged"), overwrites: false,
      progress: .none)
    #expect(try bench.sound("merged").manifest.content == dataset.manifest.content)
  }

  @Test func `know the video of an entry with two numbers`() throws {
    let entries = ["03bSnISJMiM[0][0]", "03bSnISJMiM[1][0]", "c7UH_rxdZv4[0][0]", "aiEXnCPZubE[0][0]"]
    let bench = try Workbench(
      .labels(entries.map { ($0, [(0, 2, 1)]) }), .frames("COVAREP", entries.enumerated().map { ($1, [[Float($0)]]) }))
    let dataset = try bench.dataset([.normalize: "none"])
    #expect(
      dataset.samples.map { "\($0.split) \($0.id) \($0["audio"].values)" } == [
        "train 03bSnISJMiM[0] [0.0]", "train 03bSnISJMiM[1] [1.0]", "valid aiEXnCPZubE[0] [3.0]",
        "test c7UH_rxdZv4[0] [2.0]",
      ])
  }
}
