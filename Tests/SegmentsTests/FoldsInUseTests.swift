import PackedSequences
import Segments
import Testing

@Suite struct `Folds in use` {
  private func folds(_ choice: FoldChoice, _ ids: [String], over unit: FoldUnit? = nil) throws -> FoldsInUse {
    let samples = ids.map { SampleID(parsing: $0) }
    return try FoldsInUse(choice, unit: unit, samples: samples.map { ($0, $0.video) }, areLabelled: true)
  }

  private static let ids = (0..<10).flatMap { video in (0..<3).map { "v\(video)[\($0)]" } }

  private func splits(_ folds: FoldsInUse, _ ids: [String] = ids) -> [String] {
    ids.map { folds.folds?.split(of: SampleID(parsing: $0)) ?? "" }
  }

  @Test func `say what they are`() throws {
    #expect(try folds(.auto, ["03bSnISJMiM[0]", "x[1]"]).description == "standard folds of CMU-MOSI")
    #expect(try folds(.auto, ["-iRBcNs9oI8[0]"]).description == "standard folds of CMU-MOSEI")
    #expect(try folds(.auto, Self.ids).description == "random 70/10/20 of 10 videos, seed 0")
    #expect(
      try folds(.ratio([0.625, 0.125, 0.25]), Self.ids).description == "random 62.5/12.5/25 of 10 videos, seed 0")
    #expect(
      try folds(.ratio([0.7, 0.1, 0.2]), Self.ids, over: .samples).description
        == "random 70/10/20 of 30 samples, seed 0")
    #expect(try folds(.kFold(5, fold: 2), Self.ids).description == "random fold 2 of 5 of 10 videos, seed 0")
    #expect(try folds(.none, Self.ids).description == "none, one split \"all\"")
  }

  @Test func `warn where they are random because nobody chose any`() throws {
    #expect(try folds(.auto, Self.ids).warnings.count == 1)
    #expect(try folds(.ratio([0.7, 0.1, 0.2]), Self.ids).warnings.isEmpty)
    #expect(try folds(.auto, ["03bSnISJMiM[0]"]).warnings.isEmpty)
  }

  @Test func `keep a video together, unless samples are divided`() throws {
    for choice in [FoldChoice.ratio([0.7, 0.1, 0.2]), .kFold(5, fold: 1)] {
      let byVideo = splits(try folds(choice, Self.ids))
      for video in 0..<10 { #expect(Set(byVideo[3 * video..<3 * video + 3]).count == 1) }
      let bySample = splits(try folds(choice, Self.ids, over: .samples))
      #expect((0..<10).contains { Set(bySample[3 * $0..<3 * $0 + 3]).count > 1 })
      #expect(!bySample.contains(""))
    }
  }

  @Test func `test every video once in a cross-validation`() throws {
    let all = try (1...5).map { splits(try folds(.kFold(5, fold: $0), Self.ids)) }
    for sample in Self.ids.indices {
      #expect(all.count { $0[sample] == "test" } == 1 && all.count { $0[sample] == "valid" } == 1)
    }
    for splits in all {
      #expect(Folds.names.map { name in splits.count { $0 == name } } == [18, 6, 6])
    }
    #expect(throws: SegmentsError.tooFewForFolds(count: 11, found: 10, unit: "videos")) {
      try folds(.kFold(11, fold: 1), Self.ids)
    }
  }

  @Test(arguments: ["_", "-", "#", " ", "__"])
  func `refuse to part what looks like recordings`(mark: String) throws {
    let ids = ["ab", "cd"].flatMap { stem in (1...3).map { "\(stem)\(mark)\($0)[0]" } }
    let error = SegmentsError.segmentsAsVideos(["ab\(mark)1", "ab\(mark)2"])
    #expect(throws: error) { try folds(.auto, ids) }
    #expect(throws: error) { try folds(.kFold(3, fold: 1), ids) }
    for unit in FoldUnit.allCases { #expect(try !splits(folds(.auto, ids, over: unit), ids).contains("")) }
    #expect(try folds(.none, ids).folds == nil)
  }

  @Test(arguments: [
    ["clip_1[0]", "clip_2[0]", "clip_3[0]"], ["ab_1[0]", "ab_1[1]", "cd_1[0]", "cd_2[0]", "ab_2[0]"],
    ["ab1[0]", "ab2[0]", "cd1[0]", "cd2[0]"], ["ab_1[0]", "ab_2[0]", "cd_1[0]"],
  ])
  func `take plain numberings for videos`(ids: [String]) throws { #expect(try folds(.auto, ids).folds != nil) }
}
