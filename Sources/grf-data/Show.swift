import ArgumentParser
import JSONValues
import PackedSequences
import Programs
import Shards
import Terminals

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows one sample of a dataset.",
    usage: "grf-data show DATASET ID [OPTIONS]",
    discussion: """
      Its interval, labels and tokens, and of each modality the first and last frames. Values \
      are shown as they are stored, that is, after normalization.

      Example:
        grf-data show out/ '03bSnISJMiM[4]'
      """)

  @Argument(help: "The folder of a dataset.", completion: .directory)
  var dataset: String

  // An id may begin with `-`, so whatever is no option is one.
  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("The id of a sample, such as 03bSnISJMiM[4].", valueName: "id"))
  var ids: [String]

  private var id: String { ids[0] }

  func validate() throws {
    guard ids.count == 1 else {
      let rest = ids.dropFirst().map { "\"\($0)\"" }.joined(separator: ", ")
      throw ValidationError("one sample at a time is shown; leave out \(rest)")
    }
  }

  @OptionGroup
  var opening: DatasetOpening

  @Flag(help: "Print JSON, with the first and last frames in full.")
  var json = false

  func run() throws {
    let dataset = try opening.open(self.dataset, isQuiet: json)
    let sample = try find(in: dataset)
    try Terminal.print(json ? [sample.json.pretty()] : sample.lines)
  }

  private func find(in dataset: Dataset) throws -> SampleReport {
    if let sample = try find(id, in: dataset) { return sample }
    let ids = dataset.splits.flatMap { split in
      split.shards.flatMap { shard in (0..<shard.sampleCount).map { shard.id($0) } }
    }
    let wanted = SampleID(reading: id, videos: Set(ids.map { SampleID(parsing: $0).video }))
    if wanted.description != id, let sample = try find(wanted.description, in: dataset) { return sample }
    throw UnknownSample(dataset: dataset.path, id: id, reason: try whyNot(dataset, wanted, ids))
  }

  private func find(_ id: String, in dataset: Dataset) throws -> SampleReport? {
    for split in dataset.splits {
      var first = 0
      for shard in split.shards {
        for sample in 0..<shard.sampleCount where shard.id(sample) == id {
          return SampleReport(
            dataset: dataset, split: split, place: first + sample, shard: shard, sample: sample,
            ledger: try dataset.ledger())
        }
        first += shard.sampleCount
      }
    }
    return nil
  }

  /// Why there is no such sample, or what was probably meant.
  private func whyNot(_ dataset: Dataset, _ wanted: SampleID, _ ids: [String]) throws -> String {
    let names = [id, wanted.description, wanted.entry]
    if let entry = try dataset.ledger().first(where: { names.contains($0.id) }) {
      let detail = entry.detail.map { ": \($0)" } ?? ""
      return "it was left out (\(entry.reason.rawValue)\(detail))"
    }
    let segments = ids.map { SampleID(parsing: $0) }.filter { $0.video == wanted.video }.sorted()
    if let first = segments.first, let last = segments.last {
      return segments.count == 1 ? "there is \(first)" : "there are \(first) to \(last)"
    }
    return NearestName.of(id, in: ids).map { "did you mean \"\($0)\"?" }
      ?? ids.first.map { "ids look like \"\($0)\"" } ?? "the dataset has no samples"
  }
}

struct UnknownSample: Error, CustomStringConvertible {
  let dataset: String
  let id: String
  let reason: String

  var description: String { "\(dataset): no sample \"\(id)\"; \(reason)" }
}
