import ComputationalSequences
import JSONValues
import PackedSequences
import TestSupport
import Testing

@Suite struct `A sequence file` {
  typealias Storage = SequenceWriter.Storage

  @Test func `has its roots and entries in byte order, with their shapes`() throws {
    let folder = try TemporaryFolder()
    let writer = try SequenceWriter(creating: folder.file("a.csd"))
    for root in ["words", "FACET 4.1", "é", "Z"] { try writer.addRoot(root, metadata: []) }
    for entry in ["v[10]", "v[2]", "a", "é", "_x", "A"] {
      try writer.addEntry(
        entry, to: "Z", features: .float64([1, 2, 3, 4, 5, 6], columns: 3), intervals: .float32([0, 1, 1, 2]),
        storage: Storage(.chunked(rows: 1, columns: 2), gzip: 3, shuffle: true), intervalStorage: .contiguous)
    }
    try writer.addEntry("w", to: "words", features: .fixedStrings(["ab"], width: 7), intervals: .float64([0, 1]))
    try writer.close()

    let file = try SequenceFile(folder.file("a.csd"))
    #expect(file.path == folder.file("a.csd"))
    #expect(file.roots.map(\.name) == ["FACET 4.1", "Z", "words", "é"])
    #expect(file.roots.map(\.dimension) == [0, 3, 1, 0] && file.roots.map(\.rows) == [0, 12, 1, 0])
    #expect(file.roots.map(\.holdsTokens) == [false, false, true, false])
    let entries = file.roots[1].entries
    #expect(entries.map(\.id) == ["A", "_x", "a", "v[10]", "v[2]", "é"])
    let features = try #require(entries.first).features
    #expect(features.object == "Z/data/A/features" && features.rows == 2 && features.columns == 3)
    #expect(features.element == .float64 && features.layout == .chunked(rows: 1, columns: 2))
    #expect(features.filters == [.shuffle(width: 8), .deflate(level: 3)])
    #expect(entries[0].intervals.element == .float32 && entries[0].intervals.layout == .contiguous)
    #expect(entries[0].intervals.storedBytes == 16)
    #expect(file.roots[2].entries[0].features.element == .fixedString(width: 7))
    #expect(file.roots[1].label("A") == "entry A of \"Z\"")
  }

  @Test func `takes its dimension from an entry that has rows`() throws {
    let folder = try TemporaryFolder()
    let writer = try SequenceWriter(creating: folder.file("a.csd"))
    try writer.addRoot("r", metadata: [])
    try writer.addEntry("a", to: "r", features: .float32([], columns: 9), intervals: .float64([]))
    try writer.addEntry("b", to: "r", features: .float32([1, 2], columns: 2), intervals: .float64([0, 1]))
    try writer.addEntry("c", to: "r", features: .fixedStrings([]), intervals: .float64([]))
    try writer.close()
    let root = try #require(try SequenceFile(folder.file("a.csd")).roots.first)
    #expect(root.dimension == 2 && !root.holdsTokens && root.rows == 1)
    #expect(root.entries.map(\.rows) == [0, 1, 0])
  }

  @Test func `keeps metadata, whether it is JSON or not`() throws {
    let folder = try TemporaryFolder()
    let writer = try SequenceWriter(creating: folder.file("a.csd"))
    try writer.addRoot(
      "r",
      metadata: [
        .init("version", .number(1.5)), .init("dimension names", .init(["x", "ÿ"])), .init("uuid", .string("u-1")),
        .init("contact", text: "not JSON: {naïve"), .init("empty", text: ""), .init("md5", .null),
      ])
    try writer.addRoot("s", metadata: [.init("dimension names", text: "f0, f1"), .init("uuid", .null)])
    try writer.close()
    let roots = try SequenceFile(folder.file("a.csd")).roots
    let metadata = roots[0].metadata
    #expect(metadata.texts.map(\.key) == ["contact", "dimension names", "empty", "md5", "uuid", "version"])
    #expect(metadata.value("version") == .number(1.5) && metadata.value("md5") == .null)
    #expect(metadata.value("contact") == .string("not JSON: {naïve") && metadata.value("empty") == .string(""))
    #expect(metadata.value("none") == nil)
    #expect(metadata.dimensionNames == ["x", "ÿ"] && metadata.uuid == "u-1")
    #expect(roots[1].metadata.dimensionNames == nil && roots[1].metadata.uuid == nil)
  }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"))
  func `keeps metadata of other shapes, and leaves out what is no text`() throws {
    let folder = try TemporaryFolder()
    try Scripted.write(
      folder.file("a.csd"),
      """
      entry("v", table(2, 2), root="r")
      m = f.create_group("r/metadata")
      m["scalar"] = "one"
      m.create_dataset("fixed", data=np.array([b'"two"'], "S9"))
      m.create_dataset("fixed scalar", data=np.bytes_(b"three"))
      m.create_dataset("table", data=np.array([["four"]], dtype=object), dtype=h5py.string_dtype())
      m.create_dataset("ascii", data=np.array(["five"], dtype=object), dtype=h5py.string_dtype("ascii"))
      m["number"] = 3
      m.create_dataset("many", data=np.array(["a", "b"], dtype=object), dtype=h5py.string_dtype())
      m.create_group("group")
      f.create_dataset("beside", data=[1, 2])
      """)
    let metadata = try #require(try SequenceFile(folder.file("a.csd")).roots.first).metadata
    #expect(metadata.texts.map(\.key) == ["ascii", "fixed", "fixed scalar", "scalar", "table"])
    #expect(metadata.texts.map(\.text) == ["five", "\"two\"", "three", "one", "four"])
    #expect(metadata.value("fixed") == .string("two"))
  }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"))
  func `needs no metadata, and follows links`() throws {
    let folder = try TemporaryFolder()
    try Scripted.write(
      folder.file("a.csd"),
      """
      entry("v", table(2, 3), root="r")
      f["r/data/w"] = h5py.SoftLink("/r/data/v")
      f["r/data/x"] = f["r/data/v"]
      """)
    let root = try #require(try SequenceFile(folder.file("a.csd")).roots.first)
    #expect(root.entries.map(\.id) == ["v", "w", "x"] && root.metadata.texts.isEmpty && root.dimension == 3)
  }

  @Test func `promotes Float intervals to Doubles`() throws {
    let folder = try TemporaryFolder()
    try Example.write(
      folder.file("a.csd"), features: .float32([1, 2], columns: 1), intervals: .float32([0.1, 130.4, -0.5, -0.5]))
    let file = try SequenceFile(folder.file("a.csd"))
    let root = file.roots[0]
    let intervals = try file.readIntervals(of: root.entries[0], in: root)
    #expect(intervals.starts == [Double(Float(0.1)), -0.5] && intervals.ends == [Double(Float(130.4)), -0.5])
    #expect(intervals.count == 2)
    let hull = try #require(intervals.hull)
    #expect(hull.start == -0.5 && hull.end == Double(Float(130.4)))
    let none = Intervals().hull
    #expect(none == nil)
  }
}

@Suite struct `A collection of sequences` {
  @Test func `reads files, and the csd files of folders, each once`() throws {
    let folder = try TemporaryFolder()
    for name in ["b", "a", "c"] { try Example.write(folder.file("\(name).csd"), root: "root \(name)") }
    try Example.write(folder.file("d.h5"), root: "root d")
    #expect(
      try SequenceCollection.paths([folder.path, folder.file("a.csd")])
        == ["a", "b", "c"].map { folder.file("\($0).csd") })
    let collection = try SequenceCollection([folder.file("d.h5"), folder.path, folder.file("b.csd")])
    #expect(collection.roots.map(\.name) == ["root d", "root a", "root b", "root c"])
    #expect(collection.files.count == 4)
    let found = try #require(collection.root("root b"))
    #expect(found.file.path == folder.file("b.csd") && found.root.name == "root b")
    #expect(collection.root("root") == nil)
  }

  private func refusal(_ inputs: [String]) -> SequenceError? {
    do throws(SequenceError) {
      _ = try SequenceCollection(inputs)
      return nil
    } catch { return error }
  }

  @Test func `refuses a root that two files hold`() throws {
    let folder = try TemporaryFolder()
    let (a, b) = (folder.file("a.csd"), folder.file("b.csd"))
    try Example.write(a, root: "COVAREP")
    try Example.write(b, root: "COVAREP")
    let expected = SequenceError.duplicateRoot(root: "COVAREP", first: a, second: b)
    #expect(refusal([a, b]) == expected && refusal([folder.path]) == expected)
    #expect(expected.description == "\(b): the root \"COVAREP\" was already read from \(a); give one of the two files")
  }

  @Test func `refuses a folder without sequences`() throws {
    let folder = try TemporaryFolder()
    try Example.write(folder.file("a.h5"))
    #expect(refusal([folder.path]) == .noSequences(folder: folder.path))
  }

  @Test func `refuses what is not there`() throws {
    let folder = try TemporaryFolder()
    #expect(refusal([folder.file("none.csd")]) == .notFound(path: folder.file("none.csd")))
    #expect(refusal([folder.file("none")]) == .notFound(path: folder.file("none")))
  }
}

@Suite struct `The names of published roots` {
  @Test(arguments: [
    ("glove_vectors", "text", 0), ("glove_vectors_with_sp", "text", 1), ("COVAREP", "audio", 0),
    ("COAVAREP", "audio", 1), ("OpenSMILE", "audio", 2), ("OpenSmile-emobase2010", "audio", 3),
    ("OpenSMILE utterance", "audio", 4), ("FACET 4.2", "vision", 0), ("FACET_4.2", "vision", 1),
    ("FACET 4.1", "vision", 2), ("FACET_4.1", "vision", 3), ("OpenFace_2", "vision", 4), ("OpenFace_1", "vision", 5),
    ("OpenFace", "vision", 6), ("Video utterance", "vision", 7), ("words", "words", 0),
    ("CMU_MOSI_ModifiedTimestampedWords", "words", 1), ("CMU_MOSI_TimestampedWords", "words", 2),
    ("phones", "phones", 0), ("phonemes", "phones", 1), ("Opinion Segment Labels", "labels", 0),
    ("All Labels", "labels", 1), ("Sentiment Labels", "labels", 2), ("Emotion Labels", "labels", 3),
    ("CMU_MOSI_COVAREP", "audio", 0), ("CMU_MOSEI_FACET 4.2", "vision", 0), ("CMU_MOSI_words", "words", 0),
    ("covarep", "audio", 0), ("labels", "labels", 1000), ("CMU_MOSI_Opinion_Labels", "labels", 1000),
  ])
  func `claim a modality, some before others`(root: String, name: String, rank: Int) throws {
    let claim = try #require(ModalityCatalog.claim(of: root))
    #expect(claim.name == name && claim.rank == rank)
  }

  @Test(arguments: ["", "COVAREP ", "my features", "CMU_MOSI_", "MOSI_COVAREP", "unlabelled", "text"])
  func `leave any other root without a claim`(root: String) { #expect(ModalityCatalog.claim(of: root) == nil) }

  @Test func `come in a fixed order, unknown ones last`() {
    let names = ["text", "audio", "vision", "words", "phones", "labels", "other"]
    #expect(names.map(ModalityCatalog.order) == [0, 1, 2, 3, 4, 5, 6])
  }
}
