import PackedSequences
import Testing

@Suite struct `A sample's id` {
  @Test(arguments: [
    ("v[4]", "v", 4), ("v[0]", "v", 0), ("03bSnISJMiM[10]", "03bSnISJMiM", 10), ("_dI--eQ6qVU[3]", "_dI--eQ6qVU", 3),
    ("v[4][5]", "v[4]", 5), ("v][1]", "v]", 1), ("[[1]", "[", 1), ("v [1]", "v ", 1), ("é日本[2]", "é日本", 2),
    ("[1][2]", "[1]", 2), ("v[9223372036854775807]", "v", Int.max),
  ])
  func `reads a number in brackets at the end as the segment`(text: String, entry: String, segment: Int) {
    let id = SampleID(parsing: text)
    #expect(id == SampleID(entry: entry, segment: segment) && id.description == text)
  }

  @Test(arguments: [
    "", "v", "[4]", "v[]", "v[-1]", "v[+1]", "v[04]", "v[00]", "v[1", "v1]", "v[1] ", "v[ 1]", "v[1.0]", "v[a]",
    "v[1]x", "v[\u{661}]", "v[9223372036854775808]", "]", "[", "[]", "v(1)", "v[0x1]",
  ])
  func `takes anything else as an entry`(text: String) {
    let id = SampleID(parsing: text)
    #expect(id == SampleID(entry: text, segment: nil) && id.description == text)
  }

  @Test(
    arguments: [
      ("v[4]", "v", 4, "v"), ("v[1][2]", "v[1]", 2, "v"), ("v$_$3", "v", 3, "v"), ("v", "v", nil, "v"),
      ("video_0001$_$0012", "video_0001", 12, "video_0001"), ("v@12.5", "v@12.5", nil, "v"),
      ("v@-0.5[0]", "v@-0.5", 0, "v"),
      ("v$_$1[0]", "v$_$1", 0, "v"), ("v[2][0][1]", "v[2][0]", 1, "v"), ("x_1", "x", 1, "x"),
      ("y_1", "y_1", nil, "y_1"),
      ("x_9", "x_9", nil, "x_9"), ("x_", "x_", nil, "x_"), ("a@b", "a@b", nil, "a@b"), ("a@", "a@", nil, "a@"),
      ("$_$1", "$_$1", nil, "$_$1"), ("_1", "_1", nil, "_1"), ("", "", nil, ""), ("x_-1", "x_-1", nil, "x_-1"),
      ("x_9223372036854775808", "x_9223372036854775808", nil, "x_9223372036854775808"),
      ("v$_$\u{661}", "v$_$\u{661}", nil, "v$_$\u{661}"),
    ] as [(String, String, Int?, String)])
  func `is read in every spelling, given the known videos`(text: String, entry: String, segment: Int?, video: String) {
    let id = SampleID(reading: text, videos: ["x", "x_9"])
    #expect(id == SampleID(entry: entry, segment: segment) && id.video == video)
  }

  @Test func `reads parts of texts alike`() {
    #expect(SampleID(parsing: "xv[4]x".dropFirst().dropLast()) == SampleID(entry: "v", segment: 4))
  }

  @Test func `is ordered by entry in byte order, then by number`() {
    let ordered = [
      SampleID(entry: "", segment: nil), SampleID(entry: "A", segment: 5), SampleID(entry: "Z", segment: nil),
      SampleID(entry: "_", segment: nil), SampleID(entry: "a", segment: nil), SampleID(entry: "a", segment: 0),
      SampleID(entry: "a", segment: 2), SampleID(entry: "a", segment: 10), SampleID(entry: "a0", segment: 0),
      SampleID(entry: "ab", segment: nil), SampleID(entry: "é", segment: nil),
      SampleID(entry: "\u{FFFD}", segment: nil), SampleID(entry: "\u{10000}", segment: nil),
    ]
    #expect(ordered.reversed().sorted() == ordered)
    for (i, left) in ordered.enumerated() {
      for (j, right) in ordered.enumerated() { #expect((left < right) == (i < j)) }
    }
  }
}

@Suite struct `Runs of rows` {
  @Test(arguments: [
    ([], []), ([3], [RowRun(start: 3, count: 1)]), ([0, 1, 2], [RowRun(start: 0, count: 3)]),
    ([5, 4], [RowRun(start: 5, count: 1), RowRun(start: 4, count: 1)]),
    ([0, 1, 3, 4, 2], [RowRun(start: 0, count: 2), RowRun(start: 3, count: 2), RowRun(start: 2, count: 1)]),
    ([7, 7], [RowRun(start: 7, count: 1), RowRun(start: 7, count: 1)]),
  ])
  func `join rows that follow each other, and keep their order`(rows: [Int], runs: [RowRun]) {
    var found: [RowRun] = []
    for row in rows { found.append(row: row) }
    #expect(found == runs && found.rowCount == rows.count && found.flatMap { Array($0.range) } == rows)
  }

  @Test func `end after their last row`() {
    #expect(RowRun(start: 2, count: 3).end == 5 && RowRun(start: 2, count: 0).range.isEmpty)
  }
}

@Suite struct `The nearest name` {
  private let names = ["audio", "vision", "text", "words", "phones"]

  @Test(arguments: [
    ("audoi", "audio"), ("AUDIO", "audio"), ("visions", "vision"), ("tex", "text"), ("test", "text"),
    ("word", "words"), ("phonemes", "phones"), ("text", "text"),
  ])
  func `is the one with the fewest edits`(name: String, nearest: String) {
    #expect(NearestName.of(name, in: names) == nearest)
    #expect(NearestName.hint(name, in: names) == " (did you mean \"\(nearest)\"?)")
  }

  @Test(arguments: ["covarep", "xyz", "", "a"])
  func `is none where nothing is near`(name: String) {
    #expect(NearestName.of(name, in: names) == nil && NearestName.hint(name, in: names) == "")
    #expect(NearestName.of("audio", in: []) == nil)
  }

  @Test func `allows long names more slips`() {
    #expect(NearestName.of("drop-zero-frmaes-al", in: ["drop-zero-frames"]) == "drop-zero-frames")
    #expect(NearestName.of("Opinion Labels", in: ["Opinion Segment Labels"]) == nil)
  }

  @Test func `is the first of equals`() { #expect(NearestName.of("cat", in: ["bat", "hat"]) == "bat") }
}

@Suite struct `A modality's name` {
  @Test(arguments: ["a", "Z", "text", "audio_2", "m_4", "a1", "Labels", "samples", "labels_"])
  func `is letters, digits and underscores after a letter`(name: String) { #expect(ModalityName.isValid(name)) }

  @Test(arguments: ["", "1a", "_a", "a b", "a.b", "a-b", "é", "aé", "labels", "sample", "a=b", "a,b", "a\n"])
  func `is nothing else, and no word of the format`(name: String) { #expect(!ModalityName.isValid(name)) }

  @Test(arguments: [
    ("COVAREP", "covarep"), ("FACET 4.2", "facet_4_2"), ("OpenFace-2", "openface_2"), ("4gram", "m_4gram"),
    ("labels", "labels_"), ("Sample", "sample_"), ("", "m_"), ("é", "m__"), ("日本", "m___"), ("_x", "m__x"),
    ("a/b", "a_b"),
  ])
  func `is made of any text`(text: String, name: String) {
    #expect(ModalityName.sanitized(text) == name && ModalityName.isValid(name))
  }
}

@Suite struct `A scratch buffer` {
  @Test func `grows, is aligned, and gives back what is too much`() {
    var buffer = ScratchBuffer()
    #expect(buffer.capacity == 0)
    for bytes in [0, 1, 100, 4, 10_000] {
      let memory = unsafe buffer.take(bytes)
      let isAligned = unsafe memory.baseAddress.map { UInt(bitPattern: $0) % 64 == 0 } ?? (bytes == 0)
      #expect(memory.count == bytes && isAligned)
    }
    #expect(buffer.capacity == 10_000)
    buffer.trim(to: 10_000)
    #expect(buffer.capacity == 10_000)
    buffer.trim(to: 9_999)
    #expect(buffer.capacity == 0)
    let memory = unsafe buffer.take(8)
    #expect(memory.count == 8)
  }
}
