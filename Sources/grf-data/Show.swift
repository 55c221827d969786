import ArgumentParser
import JSONValues
import PackedSequences
import Programs
import Shards
import Terminals

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows one sample of a dataset.",
    discussion: """
      Its interval, labels and tokens, and of each modality the first and last frames. Values \
      are shown as they are stored, that is, after normalization.

      Example:
        grf-data show out/ '03bSnISJMiM[4]'
      """)

  @Argument(help: "The folder of a dataset.", completion: .directory)
  var dataset: String

  @Argument(help: "The id of a sample, such as 03bSnISJMiM[4].")
  var id: String

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
    var ids: [String] = []
    for split in dataset.splits {
      var first = 0
      for shard in split.shards {
        for sample in 0..<shard.sampleCount {
          let found = shard.id(sample)
          if found == id {
            return SampleReport(
              dataset: dataset, split: split, place: first + sample, shard: shard, sample: sample,
              ledger: try dataset.ledger())
          }
          ids.append(found)
        }
        first += shard.sampleCount
      }
    }
    throw UnknownSample(dataset: dataset.path, id: id, reason: try whyNot(dataset, ids))
  }

  /// Why there is no such sample, or what was probably meant.
  private func whyNot(_ dataset: Dataset, _ ids: [String]) throws -> String {
    let wanted = SampleID(parsing: id)
    if let entry = try dataset.ledger().first(where: { $0.id == id || $0.id == wanted.entry }) {
      let detail = entry.detail.map { ": \($0)" } ?? ""
      return "it was left out (\(entry.reason.rawValue)\(detail))"
    }
    let segments = ids.map { SampleID(parsing: $0) }.filter { $0.entry == wanted.entry }.sorted()
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
