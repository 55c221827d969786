import Files
import Foundation
import JSONValues
import PackedSequences
import Segments
import TestSupport
import Testing

@Suite struct `Standard folds` {
  private func counts(_ folds: Folds) -> [Int] { Folds.names.map { name in folds.splits.values.count { $0 == name } } }

  @Test func `have so many videos`() {
    #expect(counts(.cmuMOSI) == [52, 10, 31])
    #expect(counts(.cmuMOSEI) == [2249, 300, 678])
    #expect(Set(Folds.cmuMOSI.splits.keys).isDisjoint(with: Folds.cmuMOSEI.splits.keys))
  }

  @Test(.disabled(if: RealData.isMissing, "\(RealData.skipReason)"))
  func `are the published ones`() throws {
    #expect(try Folds(contentsOf: RealData.file("folds/cmu-mosi.json")) == .cmuMOSI)
    #expect(try Folds(contentsOf: RealData.file("folds/cmu-mosei.json")) == .cmuMOSEI)
  }

  @Test func `ignore a segment's number`() {
    func split(_ id: String) -> String? { Folds.cmuMOSI.split(of: SampleID(parsing: id)) }
    #expect(split("03bSnISJMiM") == "train" && split("03bSnISJMiM[4]") == "train")
    #expect(split("03bSnISJMiM[4][0]") == "train" && split("03bSnISJMiM@12.5[0]") == "train")
    #expect(split("aiEXnCPZubE[0]") == "valid" && split("c7UH_rxdZv4") == "test")
    #expect(split("none") == nil && split("") == nil)
  }
}

@Suite struct `Folds from a file` {
  private func folds(_ text: String, videos: Set<String> = [], unit: FoldUnit = .videos) throws -> Folds {
    try Folds(json: JSONValue.parse(text), file: "f.json", videos: videos, unit: unit)
  }

  private func refusal(_ text: String) throws -> SegmentsError? {
    do {
      _ = try folds(text)
      return nil
    } catch let error as SegmentsError { return error }
  }

  private func split(_ folds: Folds, _ id: String) -> String? { folds.split(of: SampleID(parsing: id)) }

  @Test func `list videos by split, in any order`() throws {
    let found = try folds(#"{"test": ["c"], "train": ["b", "a"], "valid": []}"#)
    #expect(found.splits == ["a": "train", "b": "train", "c": "test"] && found.segments.isEmpty)
    #expect(split(found, "a[7]") == "train" && split(found, "c[0]") == "test" && split(found, "d") == nil)
    #expect(try folds(#"{"train": ["a", "a"]}"#).splits == ["a": "train"])
  }

  @Test func `list segments one by one, in every spelling`() throws {
    let found = try folds(
      #"{"train": ["a[1]", "b$_$2", "c_3", "03bSnISJMiM_4", "d_5"], "test": ["e"]}"#, videos: ["c"])
    #expect(["a[1]", "b[2]", "c[3]", "03bSnISJMiM[4]", "d_5[0]", "d_5"].allSatisfy { split(found, $0) == "train" })
    #expect(["a[0]", "a", "b[1]", "c", "d[5]", "03bSnISJMiM[0]"].allSatisfy { split(found, $0) == nil })
    #expect(split(found, "e[9]") == "test")
  }

  @Test func `part a video only where samples are divided`() throws {
    let text = #"{"train": ["a[0]"], "test": ["a[1]", "b"]}"#
    #expect(try refusal(text) == .videoInTwoFolds(file: "f.json", video: "a", first: "train", second: "test"))
    let found = try folds(text, unit: .samples)
    #expect(split(found, "a[0]") == "train" && split(found, "a[1]") == "test" && split(found, "b[0]") == "test")
    // One name is in one fold, whatever is divided.
    #expect(throws: SegmentsError.listedTwice(file: "f.json", id: "a_0", first: "train", second: "test")) {
      try folds(#"{"train": ["a[0]"], "test": ["a_0"]}"#, videos: ["a"], unit: .samples)
    }
  }

  @Test(arguments: ["[]", "1", "null", "\"train\""])
  func `are refused that are no object`(text: String) throws {
    #expect(try refusal(text) == .malformedFolds(file: "f.json", problem: "the top level is no object"))
  }

  @Test(arguments: [
    ("tain", " (did you mean \"train\"?)"), ("dev", ""), ("Valid", " (did you mean \"valid\"?)"), ("", ""),
  ])
  func `are refused with an unknown name`(name: String, hint: String) throws {
    let error = try refusal("{\"\(name)\": [\"a\"]}")
    #expect(error == .unknownFold(file: "f.json", name: name))
    #expect(error?.description == "f.json: unknown fold \"\(name)\"\(hint); folds are train, valid and test")
  }

  @Test(arguments: ["\"a\"", "{}", "null", "3"])
  func `are refused where a split is no list`(value: String) throws {
    #expect(
      try refusal("{\"train\": [\"a\"], \"test\": \(value)}")
        == .malformedFolds(file: "f.json", problem: "\"test\" is no list"))
  }

  @Test(arguments: ["1", "null", "[\"a\"]"])
  func `are refused where a list holds what is no text`(value: String) throws {
    #expect(
      try refusal("{\"train\": [\"a\", \(value)]}")
        == .malformedFolds(file: "f.json", problem: "\"train\" lists what is no text"))
  }

  @Test(arguments: ["\"a\"", "\"a[3]\""])
  func `are refused with a video in two of them`(id: String) throws {
    let error = try refusal("{\"train\": [\"b\", \"a\"], \"valid\": [\(id)]}")
    #expect(error == .videoInTwoFolds(file: "f.json", video: "a", first: "train", second: "valid"))
    #expect(
      error?.description == "f.json: the video a is in train and in valid; keep it in one fold, or give --folds-over "
        + "samples to divide recordings")
  }

  @Test(arguments: ["{}", "{\"train\": [], \"valid\": [], \"test\": []}"])
  func `are refused that list no video`(text: String) throws {
    #expect(try refusal(text) == .malformedFolds(file: "f.json", problem: "it lists no video"))
  }

  @Test func `are refused that are missing, no JSON, or name a split twice`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("f.json")
    #expect(throws: SegmentsError.file(FileError(.open, path, code: ENOENT))) { try Folds(contentsOf: path) }
    for (text, problem) in [
      ("", "not valid JSON at byte 0: the text ends in the middle"),
      ("{\"train\": [\"a\"], \"train\": []}", "not valid JSON at byte 17: the key \"train\" appears twice"),
    ] {
      try Folder.removeAll(path)
      try File(creating: path).write(text, at: 0)
      #expect(throws: SegmentsError.malformedFolds(file: path, problem: problem)) { try Folds(contentsOf: path) }
    }
    try Folder.removeAll(path)
    try File(creating: path).write(#"{"train": ["a"]}"#, at: 0)
    #expect(try Folds(contentsOf: path).splits == ["a": "train"])
    #expect(try FoldChoice(parsing: path) == .file(path))
  }
}

@Suite struct `Folds by ratio` {
  private func videos(_ count: Int) -> [String] { (0..<count).map { "v\($0 / 10)\($0 % 10)" } }

  private func counts(_ count: Int, _ ratios: [Double], seed: UInt64 = 0) -> [Int] {
    let folds = Folds(videos: videos(count), ratios: ratios, seed: seed)
    #expect(folds.splits.count == count)
    return Folds.names.map { name in folds.splits.values.count { $0 == name } }
  }

  @Test(
    arguments: [
      (0, [0, 0, 0]), (1, [1, 0, 0]), (2, [1, 1, 0]), (3, [1, 1, 1]), (4, [2, 1, 1]), (5, [3, 1, 1]), (10, [7, 1, 2]),
      (24, [17, 2, 5]), (93, [65, 9, 19]),
    ] as [(Int, [Int])])
  func `cut at rounded sums, with at least one video a split where there are three`(count: Int, sizes: [Int]) {
    #expect(counts(count, [0.7, 0.1, 0.2]) == sizes)
  }

  @Test(
    arguments: [
      ([1.0, 0, 0], [10, 0, 0]), ([0, 0, 1], [0, 0, 10]), ([0.5, 0, 0.5], [5, 0, 5]), ([0.98, 0.01, 0.01], [8, 1, 1]),
      ([0.01, 0.98, 0.01], [1, 8, 1]), ([1.0 / 3, 1.0 / 3, 1.0 / 3], [3, 4, 3]),
    ] as [([Double], [Int])])
  func `give every share its videos, and no share none`(ratios: [Double], sizes: [Int]) {
    #expect(counts(10, ratios) == sizes)
  }

  @Test(arguments: 3..<60)
  func `leave no split empty, for any number of videos`(count: Int) {
    for ratios in [[0.7, 0.1, 0.2], [0.9, 0.05, 0.05], [0.001, 0.001, 0.998]] {
      let sizes = counts(count, ratios, seed: UInt64(count))
      #expect(sizes.allSatisfy { $0 > 0 } && sizes.reduce(0, +) == count, "\(ratios)")
    }
  }

  /// By the order that Python computes from the definition of the generator: 5, 1, 6, 2, 0, 7, 8, 3, 4, 9.
  @Test func `are always the same`() {
    let expected = [
      "v05": "train", "v01": "train", "v06": "train", "v02": "train", "v00": "train", "v07": "train", "v08": "train",
      "v03": "valid", "v04": "test", "v09": "test",
    ]
    #expect(Folds(videos: videos(10), ratios: [0.7, 0.1, 0.2], seed: 0).splits == expected)
    #expect(Folds(videos: videos(10).reversed() + videos(10), ratios: [0.7, 0.1, 0.2], seed: 0).splits == expected)
    #expect(Folds(videos: Set(videos(10)), ratios: [7, 1, 2], seed: 0).splits == expected)
    #expect(Folds(videos: videos(10), ratios: [0.7, 0.1, 0.2], seed: 1).splits != expected)
  }
}

@Suite struct `A choice of folds` {
  private func refusal(_ text: String) -> SegmentsError? {
    do throws(SegmentsError) {
      _ = try FoldChoice(parsing: text)
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    ("auto", FoldChoice.auto), ("cmu-mosi", .cmuMOSI), ("cmu-mosei", .cmuMOSEI), ("none", .none),
    ("ratio:0.7,0.1,0.2", .ratio([0.7, 0.1, 0.2])), ("ratio:1.0,0.0,0.0", .ratio([1, 0, 0])),
    ("f.json", .file("f.json")),
    ("folds/mine", .file("folds/mine")), ("./auto", .file("./auto")),
  ])
  func `is read, and written as it was read`(text: String, choice: FoldChoice) throws {
    #expect(try FoldChoice(parsing: text) == choice && choice.text == text)
  }

  @Test(arguments: [
    "ratio:", "ratio:1", "ratio:0.5,0.5", "ratio:0.5,0.25,0.25,0", "ratio:0.7,0.1,0.1", "ratio:-0.1,0.1,1",
    "ratio:a,b,c", "ratio:0.7,,0.3", "ratio:nan,0.5,0.5", "ratio:inf,0,0", "ratio:0.7;0.1;0.2", "ratio:0,0,0",
    "ratio:0.7,0.1,0.2,x",
  ])
  func `is refused with shares that do not make a whole`(text: String) {
    #expect(refusal(text) == .malformedRatio(text))
    #expect(SegmentsError.malformedRatio(text).isRequestAtFault)
  }

  @Test(arguments: [
    ("cmu-mosy", " (did you mean \"cmu-mosi\"?)"), ("AUTO", " (did you mean \"auto\"?)"), ("xyzzy-folds", ""), ("", ""),
  ])
  func `is refused with an unknown name`(text: String, hint: String) {
    let error = refusal(text)
    #expect(error == .unknownFolds(text, hint: hint))
    #expect(
      error?.description
        == "--folds \(text): unknown\(hint); give auto, cmu-mosi, cmu-mosei, none, ratio:a,b,c, kfold:n or a .json file"
    )
    #expect(error?.isRequestAtFault == true)
  }

  @Test func `is by itself the standard folds that know most of the videos`() throws {
    let mosi = Array(Folds.cmuMOSI.splits.keys.sorted().prefix(3))
    let mosei = Array(Folds.cmuMOSEI.splits.keys.sorted().prefix(2))
    #expect(FoldChoice.auto.resolved(videos: Set(mosi + mosei + ["x"]), areLabelled: true) == .cmuMOSI)
    #expect(FoldChoice.auto.resolved(videos: Set(mosi.prefix(1) + mosei), areLabelled: true) == .cmuMOSEI)
    #expect(FoldChoice.auto.resolved(videos: Set(mosi), areLabelled: false) == .cmuMOSI)
    #expect(FoldChoice.auto.resolved(videos: ["x", "y"], areLabelled: true) == .ratio([0.7, 0.1, 0.2]))
    #expect(FoldChoice.auto.resolved(videos: ["x", "y"], areLabelled: false) == .none)
    #expect(FoldChoice.auto.resolved(videos: [], areLabelled: true) == .ratio([0.7, 0.1, 0.2]))
  }

  @Test(arguments: [("kfold:5", "1"), ("kfold:3", "3"), ("kfold:1000", "7")])
  func `is one fold of several`(text: String, fold: String) throws {
    let choice = try FoldChoice(parsing: text, fold: fold)
    #expect(choice.text == "\(text)/\(fold)")
  }

  @Test(arguments: ["kfold:", "kfold:2", "kfold:-5", "kfold:1001", "kfold:x", "kfold:5,1"])
  func `is refused with a number of folds that cannot be`(text: String) {
    #expect(refusal(text) == .malformedFoldCount(text))
  }

  @Test(arguments: [nil, "0", "6", "x", ""] as [String?])
  func `is refused with a fold that there is none of`(fold: String?) {
    #expect(throws: SegmentsError.malformedFold(fold, count: 5)) { try FoldChoice(parsing: "kfold:5", fold: fold) }
    #expect(throws: SegmentsError.foldWithoutFolds("1")) { try FoldChoice(parsing: "auto", fold: "1") }
  }

  @Test(arguments: [FoldChoice.cmuMOSI, .cmuMOSEI, .none, .ratio([1, 0, 0]), .file("f")])
  func `that is made stays as it is`(choice: FoldChoice) {
    #expect(choice.resolved(videos: Set(Folds.cmuMOSI.splits.keys), areLabelled: true) == choice)
  }
}
