import ComputationalSequences
import PackedSequences
import Segments
import TestSupport
import Testing

/// Plans made from small files.
@Suite struct `A plan` {
  typealias Entry = (id: String, rows: [(start: Double, end: Double)])

  /// Writes roots of one column whose values count the rows, and opens the file.
  private func file(_ path: String, _ roots: [(name: String, entries: [Entry])]) throws -> SequenceFile {
    let writer = try SequenceWriter(creating: path)
    for (name, entries) in roots {
      try writer.addRoot(name, metadata: [])
      for (id, rows) in entries {
        try writer.addEntry(
          id, to: name, features: .float32(rows.indices.map { Float($0) }, columns: 1),
          intervals: .float64(rows.flatMap { [$0.start, $0.end] }))
      }
    }
    try writer.close()
    return try SequenceFile(path)
  }

  private func plan(
    labels: [Entry]? = nil, features: [(name: String, entries: [Entry])] = [], folds: FoldChoice = .none,
    over unit: FoldUnit? = nil
  ) throws -> (plan: SamplePlan, roots: [SequenceRoot]) {
    let folder = try TemporaryFolder()
    let roots = features + (labels.map { [("labels", $0)] } ?? [])
    let file = try file(folder.file("a.csd"), roots)
    func sequence(_ name: String) throws -> (file: SequenceFile, root: SequenceRoot) {
      (file, try #require(file.roots.first { $0.name == name }))
    }
    let plan = try SamplePlanner.plan(
      labels: labels == nil ? nil : sequence("labels"), roots: features.map { try sequence($0.name) }, folds: folds,
      over: unit)
    return (plan, try features.map { try sequence($0.name).root })
  }

  private static let second: [(start: Double, end: Double)] = [(0, 1)]
  private static func rows(_ count: Int) -> [(start: Double, end: Double)] {
    (0..<count).map { (Double($0), Double($0) + 1) }
  }

  @Test func `makes a sample of each row of the labels, by entry in byte order, then by row`() throws {
    let (plan, _) = try plan(labels: [("b", Self.rows(12)), ("a", [(3, 4), (1, 2)]), ("Z", []), ("é", Self.second)])
    #expect(
      plan.samples.map(\.id.description)
        == ["a[0]", "a[1]"] + (0..<12).map { "b[\($0)]" } + ["é[0]"])
    #expect(plan.samples[0].start == 3 && plan.samples[0].end == 4 && plan.samples[1].start == 1)
    #expect(plan.samples[5].labels == [3] && plan.samples[5].video == "b" && plan.samples[5].entry == nil)
    #expect(plan.splits == ["all"] && plan.samples.allSatisfy { $0.split == "all" })
    #expect(
      plan.isLabelled && plan.labelNames == ["label_0"] && plan.folds?.choice == FoldChoice.none
        && plan.folds?.folds == nil)
    #expect(plan.withoutSplit.isEmpty && plan.unlabelled.isEmpty)
  }

  @Test func `orders splits as train, valid, test, and leaves out what no fold has`() throws {
    let videos = ["c7UH_rxdZv4", "03bSnISJMiM", "aiEXnCPZubE", "unknown", "f9O3YtZ2VfI"]
    let (plan, _) = try plan(labels: videos.map { ($0, Self.rows(2)) }, folds: .auto)
    #expect(plan.folds?.choice == .cmuMOSI && plan.splits == ["train", "valid", "test"])
    #expect(
      plan.samples.map { "\($0.split) \($0.id)" } == [
        "train 03bSnISJMiM[0]", "train 03bSnISJMiM[1]", "valid aiEXnCPZubE[0]", "valid aiEXnCPZubE[1]",
        "test c7UH_rxdZv4[0]", "test c7UH_rxdZv4[1]", "test f9O3YtZ2VfI[0]", "test f9O3YtZ2VfI[1]",
      ])
    #expect(plan.withoutSplit.map(\.description) == ["unknown[0]", "unknown[1]"])
  }

  @Test func `is refused where no sample is left`() throws {
    #expect(throws: SegmentsError.noSamples(folds: "cmu-mosi")) {
      try plan(labels: [("unknown", Self.rows(2))], folds: .cmuMOSI)
    }
    #expect(
      SegmentsError.noSamples(folds: "cmu-mosi").description
        == "no sample is left: none of the videos is in the folds (cmu-mosi); choose others with --folds")
  }

  @Test func `names entries without labels, once each`() throws {
    let (plan, _) = try plan(
      labels: [("a", Self.second), ("b[1]", Self.second)],
      features: [
        ("x", [("a", Self.second), ("c", Self.second), ("b[2]", Self.second), ("d[0]", Self.second)]),
        ("y", [("c", Self.second), ("A", Self.second)]),
      ])
    #expect(plan.unlabelled == ["A", "c", "d[0]"])
  }

  @Test func `keeps the ids of label entries that are segments themselves`() throws {
    let (plan, _) = try plan(labels: [("v[10]", Self.second), ("v[2]", [(5, 6)]), ("w[3]", Self.rows(2))])
    #expect(plan.samples.map(\.id.description) == ["v[2]", "v[10]", "w[3][0]", "w[3][1]"])
    #expect(plan.samples.map { $0.entry == $0.id } == [true, true, false, false])
    #expect(plan.samples.map(\.video) == ["v", "v", "w", "w"])
  }

  @Test(arguments: [
    (["v[0][0]", "v[0][1]", "w[3][7]"], ["v[0]", "v[1]", "w[7]"], false),
    (["v[0][0]", "v[1][0]", "v[2][0]", "w[1][0]"], ["v[0]", "v[1]", "v[2]", "w[1]"], true),
    (["v[0][0]", "v[0][1]", "v[1][0]"], ["v[0][0]", "v[0][1]", "v[1][0]"], true),
    (["v[0][4]", "w[1]"], ["v[0][4]", "w[1]"], false),
  ])
  func `shortens ids of two numbers as far as they stay different`(entries: [String], ids: [String], isSaid: Bool)
    throws
  {
    let (plan, roots) = try plan(
      labels: entries.map { ($0, Self.second) }, features: [("x", entries.map { ($0, Self.second) })])
    #expect(plan.samples.map(\.id.description) == ids && plan.notes.isEmpty == !isSaid)
    #expect(plan.samples.allSatisfy { $0.video == String($0.id.description.prefix(1)) })
    // Features still find the entries that samples come from.
    #expect(plan.strips(of: roots[0]).map(\.entries) == entries.indices.map { [$0] })
    #expect(plan.strips(of: roots[0]).allSatisfy { $0.isWhole && $0.samples == $0.entries })
  }

  @Test func `reads every spelling of a segment, where the video is known`() throws {
    let (plan, roots) = try plan(
      labels: [("v$_$2", Self.second), ("w", Self.rows(2)), ("03bSnISJMiM_4", Self.second), ("clip_1", Self.second)],
      features: [
        ("x", [("v[2]", Self.second), ("w_1", Self.second), ("03bSnISJMiM", Self.second), ("clip_1", Self.second)])
      ])
    #expect(plan.samples.map(\.id.description) == ["03bSnISJMiM[4]", "clip_1[0]", "v[2]", "w[0]", "w[1]"])
    #expect(plan.samples.map(\.video) == ["03bSnISJMiM", "clip_1", "v", "w", "w"])
    let entries = roots[0].entries.map(\.id)
    #expect(
      plan.strips(of: roots[0]).map { $0.entries.map { entries[$0] } } == [
        ["03bSnISJMiM"], ["clip_1"], ["v[2]"], ["w_1"],
      ])
    #expect(plan.unlabelled.isEmpty)
  }

  @Test func `is refused where two spellings name one segment`() throws {
    for features in [["v[2]", "v$_$2"], ["v_2", "v[2]"]] {
      #expect(throws: SegmentsError.self) {
        try plan(labels: [("v", Self.rows(3))], features: [("x", features.map { ($0, Self.second) })])
      }
    }
    #expect(throws: SegmentsError.self) { try plan(labels: [("v[2]", Self.second), ("v$_$2", Self.second)]) }
  }

  @Test func `gives each split a strip of a video that is divided`() throws {
    let (plan, roots) = try plan(
      labels: [("v", Self.rows(4))], features: [("x", [("v", Self.rows(4))])], folds: .ratio([0.5, 0.25, 0.25]),
      over: .samples)
    #expect(plan.splits.map { split in plan.samples.count { $0.split == split } } == [2, 1, 1])
    let strips = plan.strips(of: roots[0])
    #expect(strips.map(\.samples) == [[0, 1], [2], [3]] && strips.allSatisfy { $0.entries == [0] })
  }

  @Test func `is refused where a row and an entry make the same sample`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    let file = try file(path, [("labels", [("v", Self.rows(3)), ("v[1]", Self.second)])])
    let expected = SegmentsError.duplicateSample(path: path, id: "v[1]")
    #expect(throws: expected) {
      try SamplePlanner.plan(labels: (file, file.roots[0]), roots: [], folds: .none)
    }
    #expect(
      expected.description
        == "\(path): the segment v[1] is there twice, as a row and an entry or under two spellings; remove one")
  }

  @Test func `is refused where the labels are text`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    let writer = try SequenceWriter(creating: path)
    try writer.addRoot("words", metadata: [])
    try writer.addEntry("v", to: "words", features: .fixedStrings(["a"]), intervals: .float64([0, 1]))
    try writer.close()
    let file = try SequenceFile(path)
    #expect(throws: SegmentsError.labelsAreText(path: path, root: "words")) {
      try SamplePlanner.plan(labels: (file, file.roots[0]), roots: [], folds: .none)
    }
  }

  @Test func `is refused where a label's interval is reversed`() throws {
    #expect(throws: SequenceError.self) { try plan(labels: [("v", [(2, 1)])]) }
    #expect(throws: SequenceError.self) { try plan(features: [("x", [("v", [(.nan, 1)])])]) }
  }

  @Test func `without labels makes a sample of each entry, from its first frame to its last`() throws {
    let (plan, roots) = try plan(
      features: [
        ("x", [("b", [(2, 3), (1, 2)]), ("a[2]", Self.second), ("a[10]", []), ("c", [])]), ("y", [("b", [(0.5, 5)])]),
      ], folds: .auto)
    #expect(plan.samples.map(\.id.description) == ["a[2]", "a[10]", "b", "c"])
    #expect(plan.samples.map(\.start) == [0, 0, 0.5, 0] && plan.samples.map(\.end) == [1, 0, 5, 0])
    #expect(plan.samples.allSatisfy { $0.entry == $0.id && $0.labels.isEmpty && $0.split == "all" })
    #expect(
      !plan.isLabelled && plan.labelNames.isEmpty && plan.unlabelled.isEmpty && plan.folds?.choice == FoldChoice.none)
    let strips = plan.strips(of: roots[1])
    #expect(strips.count == 1 && strips[0].isWhole && strips[0].samples == [2] && strips[0].entries == [0])
    #expect(plan.strips(of: roots[0]).map(\.samples) == [[0], [1], [2], [3]])
  }

  @Test func `without labels divides where folds are asked for`() throws {
    let (plan, _) = try plan(
      features: [("x", ["p", "q", "r", "s"].map { ($0, Self.second) })], folds: .ratio([0.5, 0.25, 0.25]))
    #expect(plan.samples.map(\.split) == ["train", "train", "valid", "test"])
    #expect(!plan.isLabelled && plan.folds?.folds?.splits.count == 4)
  }

  @Test func `joins a video's entries in the order of their numbers`() throws {
    let (plan, roots) = try plan(
      labels: [("v", Self.rows(3)), ("w", Self.rows(1))],
      features: [
        (
          "x",
          [("v[10]", Self.second), ("v[2]", Self.second), ("v", Self.second), ("w", Self.second), ("z", Self.second)]
        ),
        ("y", [("w[0]", Self.second)]),
      ])
    let strips = plan.strips(of: roots[0])
    let entries = roots[0].entries.map(\.id)
    #expect(strips.map { $0.entries.map { entries[$0] } } == [["v", "v[2]", "v[10]"], ["w"]])
    #expect(strips.map(\.samples) == [[0, 1, 2], [3]] && strips.allSatisfy { !$0.isWhole })
    let others = plan.strips(of: roots[1])
    #expect(others.map(\.samples) == [[3]] && others[0].entries == [0])
  }

  @Test func `takes an entry of a segment's own id whole, and searches where there is none`() throws {
    let (plan, roots) = try plan(
      labels: [("v[0]", Self.second), ("v[1]", [(1, 2)]), ("v[2]", [(2, 3)])],
      features: [("x", [("v[1]", [(50, 60)]), ("v[2]", Self.rows(2))]), ("y", [("v", Self.rows(4))])])
    let strips = plan.strips(of: roots[0])
    // v[0] has no entry of its own: it looks among all of the video's.
    #expect(strips.map(\.samples) == [[0], [1], [2]] && strips.map(\.isWhole) == [false, true, true])
    #expect(strips.map(\.entries) == [[0, 1], [0], [1]])
    let others = plan.strips(of: roots[1])
    #expect(others.count == 1 && others[0].samples == [0, 1, 2] && !others[0].isWhole)
  }

  @Test func `knows segments of no length`() throws {
    let (plan, _) = try plan(labels: [("v", [(0, 1), (1, 1)])])
    #expect(plan.samples.map(\.isZeroLength) == [false, true])
  }

  @Test func `names labels as the file does, where it names all of them`() throws {
    let folder = try TemporaryFolder()
    for (names, expected) in [(["a", "b"], ["a", "b"]), (["a"], ["label_0", "label_1"])] {
      let writer = try SequenceWriter(creating: folder.file("a.csd"))
      try writer.addRoot("labels", metadata: [.init("dimension names", .init(names))])
      try writer.addEntry(
        "v", to: "labels", features: .float64([0.25, 1e300], columns: 2), intervals: .float64([0, 1]))
      try writer.close()
      let file = try SequenceFile(folder.file("a.csd"))
      let plan = try SamplePlanner.plan(labels: (file, file.roots[0]), roots: [], folds: .none)
      #expect(plan.labelNames == expected && plan.samples[0].labels == [0.25, .infinity])
    }
  }

  @Test(.disabled(if: RealData.isMissing, "\(RealData.skipReason)"))
  func `of the published labels has 1284, 229 and 686 samples`() throws {
    let labels = try SequenceFile(RealData.file("mosi/CMU_MOSI_Opinion_Labels.csd"))
    let words = try SequenceFile(RealData.file("mosi/CMU_MOSI_ModifiedTimestampedWords.csd"))
    let plan = try SamplePlanner.plan(
      labels: (labels, labels.roots[0]), roots: [(words, words.roots[0])], folds: .auto)
    #expect(plan.folds?.choice == .cmuMOSI && plan.splits == ["train", "valid", "test"])
    #expect(plan.splits.map { split in plan.samples.count { $0.split == split } } == [1284, 229, 686])
    #expect(plan.withoutSplit.isEmpty && plan.unlabelled.isEmpty)
    #expect(plan.samples.filter(\.isZeroLength).map(\.id.description) == ["2WGyTLYerpo[43]"])
    let strips = plan.strips(of: words.roots[0])
    #expect(strips.count == 93 && strips.allSatisfy { $0.entries.count == 1 && !$0.isWhole })
    #expect(strips.flatMap(\.samples).sorted() == Array(0..<2199))

    // Against every frame and every segment, over all videos.
    for strip in strips {
      let frames = try words.readIntervals(of: words.roots[0].entries[strip.entries[0]], in: words.roots[0])
      let segments = strip.samples.map { (start: plan.samples[$0].start, end: plan.samples[$0].end) }
      let found = OverlapSearch.rows(of: frames, in: segments).map(\.rowCount)
      let expected = segments.map { segment in
        (0..<frames.count).count { row in
          min(frames.ends[row], segment.end) - max(frames.starts[row], segment.start) > 1e-5
        }
      }
      #expect(found == expected)
    }
  }
}
