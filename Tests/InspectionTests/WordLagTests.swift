import ComputationalSequences
import Foundation
import Inspection
import TestSupport
import Testing

@Suite struct `The lag of words` {
  private static let labels = "Opinion Segment Labels"
  private static let said = (0..<24).map { "word\($0)" }

  /// A word a second, `lag` rows late, and segments of four words each; a pause after every third word.
  private func dataset(_ videos: [(id: String, lag: Int)]) -> (words: Example, labels: Example, transcripts: String) {
    var words: [(id: String, features: SequenceWriter.Features, rows: [Example.Row])] = []
    var segments: [(id: String, rows: [Example.Row])] = []
    var lines = ["video,row,text"]
    for (id, lag) in videos {
      var texts: [String] = []
      var rows: [Example.Row] = []
      for index in Self.said.indices {
        texts.append(Self.said.indices.contains(index - lag) ? Self.said[index - lag] : "noise\(index)")
        rows.append((Double(index), Double(index) + 0.75))
        if index % 3 == 0 {
          texts.append("sp")
          rows.append((Double(index) + 0.75, Double(index) + 1))
        }
      }
      words.append((id, .fixedStrings(texts), rows))
      segments.append((id, stride(from: 4, to: 20, by: 4).map { (Double($0), Double($0) + 4) }))
      lines += (0..<4).map { row in
        "\(id),\(row),\"\(Self.said[4 + 4 * row..<8 + 4 * row].joined(separator: ", "))\""
      }
    }
    var example = Example("words", [])
    example.entries = words
    return (example, Example(Self.labels, segments), lines.joined(separator: "\n") + "\n")
  }

  @Test(arguments: WordLag.lags) func `is found, pauses left aside`(lag: Int) throws {
    let (words, labels, transcripts) = dataset([("a", lag), ("b", lag)])
    let report = try inspect(words, labels, transcripts: transcripts)
    let found = try #require(report.wordLag)
    #expect(found.best == lag && found.differing.isEmpty && found.root == "words")
    #expect(found.whole.segments == 8 && found.whole.words == 32 && found.whole.agreement(at: lag) == 1)
    for other in WordLag.lags where other != lag {
      // So many of the four words of a segment are missed.
      #expect(found.whole.agreement(at: other) == Double(max(0, 4 - abs(other - lag))) / 4)
    }
    #expect(report.counts("words")["word-lag"] == (lag == 0 ? nil : 8))
  }

  @Test func `of a video that differs from the others is told`() throws {
    let (words, labels, transcripts) = dataset([("a", 1), ("b", 1), ("c", 0)])
    let report = try inspect(words, labels, transcripts: transcripts)
    let found = try #require(report.wordLag)
    #expect(found.best == 1 && found.differing.map(\.id) == ["c"] && found.differing.first?.tally.best == 0)
    #expect(found.videos.map(\.id) == ["a", "b", "c"])
    #expect(report.counts("words")["word-lag"] == 8)
    #expect(
      report.places(.wordLag, "words").first
        == Place(
          entry: "a", row: 0, time: 4,
          detail: "\"word3 word4 word5 word6\" for \"word4, word5, word6, word7\""))
  }

  @Test func `does not hang on spelling`() throws {
    var (words, labels, _) = dataset([("a", 0)])
    words.entries[0].features = .fixedStrings(["Don't", "STOP", "sp", "now"])
    words.entries[0].rows = [(0, 1), (1, 2), (2, 3), (3, 4)]
    labels.entries[0] = ("a", .float32([1], columns: 1), [(0, 4)])
    let report = try inspect(
      words, labels, transcripts: "text,extra,row,video\r\n\"dont  stop - \"\"Now\"\"\",x,0,a\r\n")
    #expect(report.wordLag?.whole.words == 3 && report.wordLag?.whole.agreement(at: 0) == 1)
  }

  @Test func `joins a video's entries by number, and orders rows by start`() throws {
    var (words, labels, transcripts) = dataset([("a", 1)])
    let rows = words.entries[0].rows
    guard case .fixedStrings(let texts, _) = words.entries[0].features else { return }
    let parts = ["a[10]": 20..<rows.count, "a[2]": 0..<20]
    words.entries = parts.map { id, range in
      (id, .fixedStrings(texts[range].reversed()), Array(rows[range].reversed()))
    }
    #expect(try inspect(words, labels, transcripts: transcripts).wordLag?.whole.agreement(at: 1) == 1)
  }

  // MARK: Folders of a raw dataset

  private func folder(_ files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (path, text) in files {
      let url = URL(filePath: folder.file(path))
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    return folder
  }

  private func lag(_ words: Example, _ labels: Example, transcripts: String) throws -> WordLag? {
    let folder = try TemporaryFolder()
    let writer = try SequenceWriter(creating: folder.file("a.csd"))
    for example in [words, labels] { try example.write(to: writer, storage: .init()) }
    try writer.close()
    return try Doctor.inspect([folder.file("a.csd")], transcripts: transcripts, threads: 1).wordLag
  }

  @Test(arguments: [
    "", "a/Segmented", "a/Transcript/Segmented", "a/Raw/Transcript/Segmented",
  ]) func `is measured with the transcripts of the raw CMU-MOSI, wherever their folder is given`(place: String) throws {
    let (words, labels, _) = dataset([("a", 1), ("b", 1)])
    func lines(_ order: [Int]) -> String {
      order.map { "\($0 + 1)_DELIM_\(Self.said[4 + 4 * $0..<8 + 4 * $0].joined(separator: " "))\r\n" }.joined() + "\n"
    }
    let files = ["a.annotprocessed": lines([0, 1, 2, 3]), "b.annotprocessed": lines([3, 0]), "notes.md": "x"]
    let folder = try folder(Dictionary(uniqueKeysWithValues: files.map { ("\(place)/\($0)", $1) }))
    let found = try lag(words, labels, transcripts: folder.file(place.isEmpty ? "" : "a"))
    #expect(found?.best == 1 && found?.whole.segments == 6 && found?.whole.agreement(at: 1) == 1)
  }

  @Test func `is measured with the transcripts of the raw CMU-MOSEI, which are known by their times`() throws {
    let (words, labels, _) = dataset([("a___1", -1)])
    // Numbered otherwise than the labels, and more of them.
    let lines = [
      "a___1___7___4.0___8.004___\(Self.said[4..<8].joined(separator: " "))",
      "a___1___0___8___12___\(Self.said[8..<12].joined(separator: " ___ "))", "a___1___1___0.0___4.0___nobody asks",
    ]
    let folder = try folder(["Transcript/Segmented/Combined/a___1.txt": lines.joined(separator: "\n")])
    for place in ["", "Transcript/Segmented", "Transcript/Segmented/Combined"] {
      let found = try #require(try lag(words, labels, transcripts: folder.file(place)))
      #expect(found.best == -1 && found.whole.segments == 2 && found.whole.agreement(at: -1) == 1)
    }
  }

  @Test(
    arguments: [
      (["a.annotprocessed": "1_DELIM_x\n\n0_DELIM_y"], "a.annotprocessed: line 3: not N_DELIM_TEXT"),
      (["a.annotprocessed": "one two"], "line 1: not N_DELIM_TEXT"),
      (["a.annotprocessed": "1_DELIM_x\n1_DELIM_y"], "line 2: a second transcript of a[0]"),
      (["a.txt": "b___0___0___1___x"], "a.txt: line 1: not VIDEO___N___START___END___TEXT"),
      (["a.txt": "a___0___zero___1___x"], "line 1: not VIDEO"), (["a.txt": "a___0___0___1"], "line 1: not VIDEO"),
      (["a.csv": "video,row,text"], "no transcripts in there"), ([:], "no transcripts in there"),
      (["b.annotprocessed": "1_DELIM_x"], "no transcript is one of a segment that has words"),
      (["a.txt": "a___0___90___91___x"], "no transcript is one of a segment that has words"),
    ] as [([String: String], String)])
  func `cannot be measured with folders that are no use`(files: [String: String], fragment: String) throws {
    let (words, labels, _) = dataset([("a", 1)])
    let folder = try folder(files)
    let path = folder.file("")
    let error = #expect(throws: InspectionError.self) { try lag(words, labels, transcripts: path) }
    #expect(!folder.path.isEmpty, "it is there until here")
    #expect(error?.description.contains(fragment) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    ("video,text\na,b\n", "the first line names video, text"),
    ("", "the first line names"),
    ("video,row,text\na,0\n", "line 2: 2 fields, but the first line has 3"),
    ("video,row,text\na,0,\"x\ny\"\na,one,z\n", "line 4: \"one\" is no row"),
    ("video,row,text\na,-1,z\n", "line 2: \"-1\" is no row"),
    ("video,row,text\na,0,\"z\n", "line 2: a quote is not closed"),
    ("video,row,text\na,0,x\n\na,0,y\n", "line 4: a second transcript of a[0]"),
    ("video,row,text\nb,0,x\na,99,x\n", "no transcript is one of a segment that has words"),
  ]) func `cannot be measured with transcripts that are no use`(transcripts: String, fragment: String) throws {
    let (words, labels, _) = dataset([("a", 1)])
    let error = #expect(throws: InspectionError.self) { try inspect(words, labels, transcripts: transcripts) }
    #expect(error?.description.contains(fragment) == true, "\(String(describing: error))")
  }

  @Test func `needs words, labels and a file`() throws {
    let (words, labels, transcripts) = dataset([("a", 1)])
    #expect(throws: InspectionError.nothingToCompare(missing: "labels")) {
      try inspect(words, transcripts: transcripts)
    }
    #expect(throws: InspectionError.nothingToCompare(missing: "words")) {
      try inspect(labels, transcripts: transcripts)
    }
    let error = #expect(throws: InspectionError.self) {
      try Doctor.inspect([Project.fixture], transcripts: "/nowhere.csv", threads: 1)
    }
    #expect(error?.description.contains("/nowhere.csv") == true)
    #expect(try inspect(words, labels).wordLag == nil)
  }

  @Test(.disabled(if: RealData.isMissing, "\(RealData.skipReason)"))
  func `is one row in the published words of every video`() throws {
    let files = ["mosi/CMU_MOSI_ModifiedTimestampedWords.csd", "mosi/CMU_MOSI_Opinion_Labels.csd"].map(RealData.file)
    let report = try Doctor.inspect(files, transcripts: RealData.file("mosi/transcripts.csv"), threads: 2)
    let lag = try #require(report.wordLag)
    #expect(lag.best == 1 && lag.differing.isEmpty && lag.videos.count == 93)
    #expect(lag.whole.segments == 2199 && lag.whole.words == 27_540)
    // As a second computation with numpy gives them.
    #expect(lag.whole.matches == [19_019, 21_099, 23_254, 25_400, 27_451, 25_361, 23_184])
    #expect(report.counts("CMU_MOSI_ModifiedTimestampedWords")["word-lag"] == 2052)
    #expect(
      report.places(.wordLag, "CMU_MOSI_ModifiedTimestampedWords").first?.detail
        == "\"her anyhow it was really\" for \"anyhow it was really good\"")
  }
}
