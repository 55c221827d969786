import ComputationalSequences
import TestSupport
import Testing

@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)")) struct `Entries that do not fit` {
  private func root(_ script: String) throws -> SequenceRoot {
    let folder = try TemporaryFolder()
    try Scripted.write(folder.file("a.csd"), script)
    return try #require(try SequenceFile(folder.file("a.csd")).roots.first)
  }

  @Test func `are all found, and leave the others as they are`() throws {
    let root = try root(
      """
      for k in range(9): entry(f"v{k}", table(3, 4))
      entry("columns", table(3, 5)); entry("more", table(3, 5))
      entry("lengths", table(3, 4), times(2))
      entry("rank", np.zeros(3, "f4"), times(3))
      entry("text", np.array([[b"a"]]))
      entry("wide", table(3, 4), table(3, 3))
      f["COVAREP/data/lacks/features"] = table(3, 4)
      f["COVAREP/data/none"] = [1]
      """)
    #expect(root.entries.map(\.id) == (0..<9).map { "v\($0)" } && root.dimension == 4)
    #expect(
      root.unfit.map { "\($0.id): \($0.error.unfitness)" } == [
        "columns: 5 columns, but most have 4", "lacks: intervals is missing",
        "lengths: 3 rows of features, but 2 intervals", "more: 5 columns, but most have 4", "none: none is missing",
        "rank: features of 1 dimension", "text: text where most have numbers, or the reverse",
        "wide: intervals of 3 columns",
      ])
  }

  @Test func `are those that differ from most, not from the first`() throws {
    let root = try root("entry('a', table(2, 5)); entry('b', table(2, 4)); entry('c', table(2, 4))")
    #expect(root.entries.map(\.id) == ["b", "c"] && root.unfit.map(\.id) == ["a"])
  }

  @Test(arguments: ["(0,)", "(0, 4)", "(0, 0)"], ["(0,)", "(0, 2)"])
  func `are not those without rows, whatever shape says so`(features: String, intervals: String) throws {
    let root = try root(
      """
      entry("v", table(3, 4))
      entry("empty", np.zeros(\(features), "f4"), np.zeros(\(intervals)))
      """)
    #expect(root.unfit.isEmpty && root.entries.map(\.rows) == [0, 3] && root.dimension == 4)
  }

  @Test func `are told in one line, those with the same problem together`() {
    let entries = [
      UnfitEntry(
        root: "r", id: "a",
        error: .dimensionMismatch(path: "p", entry: "", found: 3, expected: 4, expectedIn: "")),
      UnfitEntry(root: "r", id: "b", error: .lengthMismatch(path: "p", entry: "", features: 4, intervals: 5)),
      UnfitEntry(
        root: "r", id: "c",
        error: .dimensionMismatch(path: "p", entry: "", found: 3, expected: 4, expectedIn: "")),
    ]
    #expect(
      SequenceError.unfitEntries(entries).description
        == "p: 3 entries do not fit: a, c of \"r\": 3 columns, but most have 4; b of \"r\": 4 rows of features, but 5 "
        + "intervals; repair them, or leave them out (--skip-unfit)")
    #expect(
      SequenceError.unfitEntries([entries[1]]).description == "\(entries[1].error), or leave it out (--skip-unfit)")
  }
}

/// MultiBench's files.
@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)")) struct `Roots without the level data` {
  @Test func `hold their entries themselves`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("mosi.hdf5")
    try Scripted.write(
      path,
      """
      for root, columns in (("COVAREP", 5), ("Opinion Segment Labels", 1)):
          for k in range(2):
              g = f.create_group(f"{root}/03bSnISJMiM[{k}]")
              g["features"] = table(3, columns, "f8"); g["intervals"] = times(3)
      f.create_group("COVAREP/metadata")["root name"] = "COVAREP"
      """)
    let file = try SequenceFile(path)
    #expect(file.roots.map(\.name) == ["COVAREP", "Opinion Segment Labels"])
    let root = file.roots[0]
    #expect(root.entries.map(\.id) == ["03bSnISJMiM[0]", "03bSnISJMiM[1]"] && root.unfit.isEmpty)
    #expect(root.metadata.texts.map(\.key) == ["root name"])
    #expect(try file.readDoubles(root.entries[1].features) == (0..<15).map { Double($0) })
  }
}
