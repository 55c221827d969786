import ComputationalSequences
import Inspection
import JSONValues
import TestSupport
import Testing

@Suite struct `The rules about a dataset` {
  private let second: [Example.Row] = [(0, 1), (1, 2)]
  private let labels = "Opinion Segment Labels"

  @Test func `find videos that a sequence lacks, by video and not by entry`() throws {
    let report = try inspect(
      Example("COVAREP", [("a[0]", second), ("a[1]", second), ("b", []), ("c", second)]),
      Example("FACET_4.1", [("a", second), ("b", second)]))
    #expect(
      report.counts("COVAREP") == ["entry-missing-in": 1] && report.counts("FACET_4.1") == ["entry-missing-in": 1])
    #expect(
      report.places(.missingEntry, "COVAREP") == [Place(entry: "b", detail: "no rows here, but in \"FACET_4.1\"")])
    #expect(report.places(.missingEntry, "FACET_4.1") == [Place(entry: "c", detail: "only in \"COVAREP\"")])
  }

  @Test func `find labelled videos that the standard folds do not know`() throws {
    let known = ["03bSnISJMiM", "c7UH_rxdZv4"]
    let features = Example([(known[0], second), (known[1], second), ("new", second), ("other", second)])
    let report = try inspect(features, Example(labels, [(known[0], second), (known[1], second), ("new", second)]))
    #expect(report.counts(labels) == ["entry-missing-in": 1, "unknown-video": 1])
    #expect(report.places(.unknownVideo, labels) == [Place(entry: "new", detail: "not in the folds cmu-mosi")])
    #expect(report.counts()["unknown-video"] == nil)
    // Without labels every sequence is asked.
    #expect(try inspect(features).counts() == ["unknown-video": 2])
  }

  @Test func `do not ask for folds where no video is known`() throws {
    #expect(try inspect(Example(labels, [("a", second), ("b", second)])).counts(labels).isEmpty)
  }

  private func metadata(_ change: (inout [SequenceWriter.Metadata]) -> Void) throws -> [String?] {
    var example = Example([("a", second)])
    var items = SequenceWriter.Metadata.standard(
      root: example.root, description: "", dimensionNames: ["x"], dataset: "", creator: "")
    change(&items)
    example.metadata = items
    let report = try inspect(example)
    #expect(report.counts()["bad-metadata"] ?? 0 == report.places(.badMetadata).count && report.counts().count <= 1)
    return report.places(.badMetadata).map(\.detail)
  }

  @Test func `find metadata that is not as the SDK wants it`() throws {
    #expect(try metadata { _ in } == [])
    #expect(try metadata { $0.removeAll { $0.key == "uuid" } } == ["\"uuid\" is missing"])
    #expect(try metadata { $0[7] = .init("creator", text: "me") } == ["\"creator\" is not JSON: me"])
    #expect(
      try metadata { $0[0] = .init("root name", "COVAREP" as JSONValue) }
        == ["\"root name\" is \"COVAREP\", but the group is \"glove_vectors\""])
    #expect(
      try metadata { $0[2] = .init("dimension names", ["x", "y"] as JSONValue) } == [
        "\"dimension names\" are 2, but columns 1"
      ])
  }

  @Test func `keep five places and count the rest`() throws {
    var example = Example([("a", second)])
    example.metadata = []
    let report = try inspect(example)
    #expect(report.counts() == ["bad-metadata": 13] && report.places(.badMetadata).count == 5)
  }
}

@Suite struct `The doctor on files that are there` {
  @Test(arguments: [1, 3]) func `finds the oddities of the fixture`(threads: Int) throws {
    let report = try Doctor.inspect([Project.fixture], threads: threads)
    #expect(
      report.counts("COVAREP") == [
        "posinf": 1, "neginf": 9, "f32-overflow": 2, "unsorted": 2, "negative-start": 3, "entry-missing-in": 1,
      ])
    #expect(
      report.counts("FACET_4.1") == [
        "nan": 145, "posinf": 1, "zero-frames": 10, "overlapping": 319, "entry-missing-in": 3,
      ])
    #expect(
      report.counts("Opinion Segment Labels") == [
        "unsorted": 3, "overlapping": 1, "zero-length": 1, "negative-start": 1, "duplicate-interval": 1,
        "conflicting-labels": 1, "entry-missing-in": 1,
      ])
    #expect(
      report.counts("glove_vectors") == [
        "zero-frames": 511, "overlapping": 171, "zero-length": 2, "entry-missing-in": 2,
      ])
    #expect(report.counts("words") == ["zero-frames": 483, "entry-missing-in": 3, "bad-metadata": 14])
  }

  @Test(.disabled(if: RealData.isMissing, "\(RealData.skipReason)"))
  func `finds the known faults of the published labels`() throws {
    let root = "Opinion Segment Labels"
    let report = try Doctor.inspect([RealData.file("mosi/CMU_MOSI_Opinion_Labels.csd")], threads: 2)
    #expect(
      report.counts(root) == [
        "unsorted": 4, "overlapping": 93, "zero-length": 1, "duplicate-interval": 2, "conflicting-labels": 2,
      ])
    func rows(_ rule: Rule) -> [String] {
      report.places(rule, root).map { "\($0.entry ?? "")[\($0.row ?? -1)]" }
    }
    #expect(rows(.zeroLength) == ["2WGyTLYerpo[43]"])
    let overlapping = report.sequences[0].findings.first { $0.rule == .overlapping }
    #expect(overlapping?.countInFileOrder == 90)
    #expect(rows(.unsorted) == ["VbQk4H8hgr0[45]", "d6hH302o4v8[24]", "d6hH302o4v8[33]", "d6hH302o4v8[39]"])
    #expect(rows(.conflictingLabels) == ["bOL9jKpeJRs[24]", "d6hH302o4v8[33]"])
    #expect(
      report.places(.conflictingLabels, root).map(\.detail) == ["-0.6, but -1.0 in row 23", "-3.0, but -2.6 in row 26"])
  }

  @Test(.disabled(if: RealData.isMissing, "\(RealData.skipReason)"))
  func `finds the pauses and the metadata of the published words`() throws {
    let report = try Doctor.inspect([RealData.file("mosi/CMU_MOSI_ModifiedTimestampedWords.csd")], threads: 2)
    #expect(report.counts("CMU_MOSI_ModifiedTimestampedWords") == ["zero-frames": 8287, "bad-metadata": 13])
  }
}
