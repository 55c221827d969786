import ComputationalSequences
import Conversion
import Shards
import TestSupport
import Testing

/// Entries that contradict themselves or their neighbours, among many that do not.
@Suite struct `Entries that do not fit` {
  /// `COVAREP` of five videos: `b` has other columns, `d` an interval that ends before it starts.
  private static func write(_ bench: Workbench) throws {
    let rows: [[Float]] = [[1, 2], [3, 4]]
    var sounds = Recipe.frames("COVAREP", ["a", "b", "c", "d", "e"].map { ($0, rows) })
    sounds.entries[1].features = .float32([1, 2, 3, 4, 5, 6], columns: 3)
    sounds.entries[3].intervals[1] = (9, 8)
    try bench.write([sounds, .labels(["a", "b", "c", "d", "e"].map { ($0, [(0, 2, 1)]) })])
  }

  @Test func `are all named before the conversion stops, and nothing is made`() throws {
    let bench = try Workbench()
    try Self.write(bench)
    let error = try #require(throws: SequenceError.self) { try bench.convert([.folds: "none"]) }
    #expect(
      error.description
        == bench.file("raw.csd")
        + ": 2 entries do not fit: b of \"COVAREP\": 3 columns, but most have 2; d of \"COVAREP\": row 1 has the interval "
        + "[9.0, 8.0]; repair them, or leave them out (--skip-unfit)")
    #expect(try bench.names() == ["raw.csd"])
  }

  @Test func `are left out where that is asked for, with a line in the ledger each`() throws {
    let bench = try Workbench()
    try Self.write(bench)
    try bench.convert([.folds: "none", .skipUnfit: "true", .normalize: "none"])
    let dataset = try bench.sound()
    #expect(dataset.samples.map { $0["audio"].values } == [[1, 2, 3, 4], [], [1, 2, 3, 4], [], [1, 2, 3, 4]])
    let lines = try dataset.ledger().filter { $0.reason == .unfit }
    #expect(
      lines == [
        LedgerEntry(id: "b", reason: .unfit, detail: "\"COVAREP\": 3 columns, but most have 2"),
        LedgerEntry(id: "d", reason: .unfit, detail: "\"COVAREP\": row 1 has the interval [9.0, 8.0]"),
      ])
  }

  @Test func `among labels only are as well`() throws {
    let bench = try Workbench()
    var labels = Recipe.labels([("a", [(0, 2, 1)]), ("b", [(2, 1, 1)]), ("c", [(0, 2, 1)])])
    labels.entries[2].features = .float32([1, 2], columns: 2)
    try bench.write([.frames("COVAREP", ["a", "b", "c"].map { ($0, [[1], [2]]) }), labels])
    let error = try #require(throws: SequenceError.self) { try bench.convert([.folds: "none"]) }
    guard case .unfitEntries(let entries) = error else {
      Issue.record(error)
      return
    }
    #expect(entries.map(\.id) == ["b", "c"])
    try bench.convert([.folds: "none", .skipUnfit: "true"])
    #expect(try bench.sound().samples.map(\.id) == ["a[0]"])
  }

  @Test func `are told once where a dataset is made in parts`() throws {
    let bench = try Workbench()
    try Self.write(bench)
    for part in 1...2 {
      try bench.convert([.folds: "none", .skipUnfit: "true", .part: "\(part)/2"], to: "part\(part)")
    }
    try bench.convert([.folds: "none", .skipUnfit: "true"], to: "whole")
    _ = try Merger.run(
      parts: [bench.file("part1"), bench.file("part2")], output: bench.file("merged"), overwrites: false,
      progress: .none)
    #expect(try bench.sound("merged").ledger() == bench.sound("whole").ledger())
  }
}
