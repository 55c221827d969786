import ComputationalSequences
import Conversion
import Files
import Foundation
import JSONValues
import Segments
import Shards
import TestSupport
import Testing

/// Holds alignments against the rules of the CMU Multimodal SDK, as `tools/reference/sdk_rules.py` states them.
///
/// `GRF_SDK_DATASETS` says over how many random datasets.
@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)"))
struct `The SDK's rules` {
  private static let count = ProcessInfo.processInfo.environment["GRF_SDK_DATASETS"].flatMap { Int($0) } ?? 60
  private static let batch = 20
  private static let names = ["words": "words", "COVAREP": "audio", "FACET 4.2": "vision"]

  @Test(arguments: 0..<(count + batch - 1) / batch)
  func `give the same samples, frames and intervals`(number: Int) throws {
    let bench = try Workbench()
    let made = try Python.run(
      file: "tools/reference/sdk_rules.py",
      [bench.file("."), "--seed", "\(number)", "--count", "\(min(Self.batch, Self.count - number * Self.batch))"])
    try #require(made.status == 0, "\(made)")
    let files = try bench.names().filter { $0.hasSuffix(".json") }
    #expect(files.count == min(Self.batch, Self.count - number * Self.batch))
    for file in files {
      let expected = try JSONValue.parse(File.contents(of: bench.file(file)))
      let input = bench.file(file.replacing(".json", with: ".csd"))
      try compare(expected, input, bench.file("out"))
      try comparePlan(expected, input)
    }
  }

  // MARK: The conversion

  private func compare(_ expected: JSONValue, _ input: String, _ output: String) throws {
    var options = ConversionOptions()
    for (name, value) in expected["options"]?.object?.members ?? [] {
      let option = try #require(ConversionOptions.Name(rawValue: name))
      options.add(option, value.string)
    }
    options.add(.folds, "none")
    options.add(.normalize, "none")
    options.add(.dropIncomplete, "true")
    options.add(.overwrite, "true")
    _ = try Converter.run(inputs: [input], output: output, options.configuration(), progress: .none)
    let stored = try Dataset.open(output).samples
    let wanted = try #require(expected["samples"]?.array)
    let place = Comment(rawValue: "\(input): \(expected["options"]?.compact() ?? "")")
    try #require(Set(stored.map(\.id)) == Set(wanted.compactMap { $0["id"]?.string }), place)
    for sample in wanted {
      let found = try #require(stored.first { $0.id == sample["id"]?.string })
      #expect(found.interval == sample["interval"]?.doubles, place)
      for (root, frames) in sample["frames"]?.object?.members ?? [] {
        compare(
          found[Self.names[root] ?? ""], frames, start: found.interval[0],
          keepsLast: expected["options"]?["keep"]?.string == "last",
          place)
      }
    }
  }

  private func compare(
    _ found: StoredSample.Frames, _ expected: JSONValue, start: Double, keepsLast: Bool, _ place: Comment
  ) {
    let rows = (expected["values"] ?? expected["padded"])?.array ?? []
    if let frames = expected["frames"]?.integer {
      // What is stored is the padded array without its zeros, which stand at its beginning where the last are kept.
      #expect(found.count == frames, place)
      let offset = keepsLast ? rows.count - frames : 0
      for (row, value) in rows.enumerated() {
        let isStored = (offset..<offset + frames).contains(row)
        #expect(isStored ? found.agrees(row - offset, value) : value.isNothing, place)
      }
      return
    }
    #expect(found.count == rows.count, place)
    for (row, value) in rows.enumerated() { #expect(found.agrees(row, value), place) }
    let times = (expected["intervals"]?.array ?? []).flatMap { $0.doubles }.map { Float($0 - start) }
    #expect(found.times == times, place)
  }

  // MARK: The plan

  /// The first alignment's intervals, to the bit.
  private func comparePlan(_ expected: JSONValue, _ input: String) throws {
    let collection = try SequenceCollection([input])
    let labels = try #require(collection.root("Opinion Segment Labels"))
    let reference = try #require(expected["reference"]?.string.flatMap { collection.root($0) })
    let roots = Self.names.keys.compactMap { collection.root($0) }
    let plan = try SamplePlanner.plan(labels: (labels.file, labels.root), roots: roots, folds: .none)
    let keepsUnmatched = expected["options"]?["align-missing"]?.string == "zero"
    for (file, root) in roots where root.name != reference.root.name {
      let videos = expected["plan"]?[root.name]?.object
      var compared = 0
      for strip in plan.strips(of: root, alignedTo: reference.root) {
        let video = plan.samples[strip.samples[0]].video
        let aligned = AlignedRows(
          of: try intervals(of: strip.entries, in: root, file),
          to: try intervals(of: strip.pivot, in: reference.root, reference.file), keepsUnmatched: keepsUnmatched)
        // The SDK makes nothing of a video that another sequence lacks.
        guard let rows = videos?[video]?.array else { continue }
        #expect(zip(aligned.intervals.starts, aligned.intervals.ends).map { [$0, $1] } == rows.map(\.doubles))
        compared += 1
      }
      #expect(compared > 0)
    }
  }

  private func intervals(of entries: [Int], in root: SequenceRoot, _ file: SequenceFile) throws -> Intervals {
    var result = Intervals()
    for entry in entries {
      let intervals = try file.readIntervals(of: root.entries[entry], in: root)
      for (start, end) in zip(intervals.starts, intervals.ends) { result.append(start: start, end: end) }
    }
    return result
  }
}

extension JSONValue {
  fileprivate var doubles: [Double] { array?.compactMap(\.number) ?? [] }

  /// Whether it is a frame of zeros, or no text.
  fileprivate var isNothing: Bool { string.map(\.isEmpty) ?? doubles.allSatisfy { $0 == 0 } }
}

extension StoredSample.Frames {
  /// Whether a frame is what a Double computation has found, to a Float's unit in the last place.
  fileprivate func agrees(_ frame: Int, _ expected: JSONValue) -> Bool {
    if let text = expected.string { return tokens.indices.contains(frame) && tokens[frame] == text }
    let width = expected.doubles.count
    guard width > 0, values.count >= (frame + 1) * width else { return false }
    return zip(values[frame * width..<(frame + 1) * width], expected.doubles).allSatisfy {
      abs(Double($0) - $1) <= Double(Float($1).ulp)
    }
  }
}
