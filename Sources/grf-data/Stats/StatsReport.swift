import Shards
import Terminals

/// A dataset in numbers, for people.
struct StatsReport {
  let path: String
  let manifest: Manifest
  let summary: DatasetSummary

  var lines: [String] {
    let bytes = summary.splits.reduce(0) { $0 + $1.bytes }
    let samples = summary.splits.reduce(0) { $0 + $1.samples }
    let title = [
      Format.count(samples, "sample"), Format.count(manifest.modalities.count, "modality", "modalities"),
      Format.bytes(bytes),
    ]
    var lines = ["\(path): \(title.joined(separator: ", "))"]
    lines += ["format \(manifest.version), fingerprint \(manifest.fingerprint.prefix(16))"]
    if let part = manifest.part {
      lines.append("part \(part.index) of \(part.count): not normalized until `grf-data merge` puts all together")
    }
    lines.append("")
    lines += lengths.lines() + [""]
    lines += modalities.lines()
    if let text = manifest.alignmentText { lines += [""] + text.wrapped() }
    if !summary.ranges.isEmpty { lines += [""] + values.lines() + clipped }
    for label in manifest.labels.indices { lines += [""] + LabelReport(splits: summary.splits, label: label).lines }
    lines += padding
    return lines + ledger
  }

  private var lengths: TextTable {
    var table = TextTable([
      .text("length in frames"), .number("frames"), .number("min"), .number("median"), .number("p90"), .number("p99"),
      .number("max"), .number("missing"), .number("masked"),
    ])
    for split in summary.splits {
      let parts = [
        Format.count(split.samples, "sample"), Format.count(split.shards, "shard"), Format.bytes(split.bytes),
      ]
      table.addHeading("\(split.name): \(parts.joined(separator: ", "))")
      for modality in split.modalities {
        let quantiles = modality.lengths.map { [$0.minimum, $0.median, $0.p90, $0.p99, $0.maximum] }
        table.add(
          ["  " + modality.name, Format.count(modality.frames)]
            + (quantiles?.map { Format.count($0) } ?? Array(repeating: "–", count: 5))
            + [Format.count(modality.missing), Format.count(modality.masked)])
      }
    }
    return table
  }

  private var modalities: TextTable {
    var table = TextTable([
      .text("modality"), .text("source"), .number("dims"), .text("dtype"), .number("rate"), .number("bytes"),
      .number("NaN"), .number("inf"),
    ])
    for (m, modality) in manifest.modalities.enumerated() {
      let found = modality.nonfinite
      let isTokens = modality.content == .tokens
      table.add([
        modality.name, modality.root.printable, isTokens ? "–" : Format.count(modality.dimension),
        modality.content.dtype,
        modality.rate.map { "\(Format.number($0))/s" } ?? "–",
        Format.bytes(summary.splits.reduce(0) { $0 + $1.modalities[m].bytes }),
        found.map { Format.count($0.nan) } ?? "–", found.map { Format.count($0.posinf + $0.neginf) } ?? "–",
      ])
    }
    return table
  }

  private var values: TextTable {
    // Statistics that were taken over describe the dataset that they came from.
    let isGiven = manifest.configuration["like"]?.string != nil
    let fitted = summary.splits.contains { $0.name == "train" } ? "values in train" : "values in all"
    var table = TextTable([
      .text(isGiven ? "values (--like)" : fitted), .text("before"), .text("normalized"), .text("after"),
      .text("constant dims"),
    ])
    for range in summary.ranges {
      let clip = range.clip.map { ", ±\(Format.number($0.limit))" } ?? ""
      table.add([
        range.modality, Self.text(range.before), range.normalization.rawValue + clip, Self.text(range.after),
        "\(Format.count(range.constant)) of \(Format.count(range.dimensions))",
      ])
    }
    return table
  }

  /// Values that were clipped, in all splits.
  private var clipped: [String] {
    let parts = manifest.modalities.enumerated().compactMap { m, modality -> String? in
      guard let clip = modality.clip else { return nil }
      let values = summary.splits.reduce(0) { $0 + $1.modalities[m].frames } * modality.dimension
      return "\(Format.count(clip.values)) of \(Format.count(values)) values of \(modality.name)"
    }
    return parts.isEmpty ? [] : "  clipped: \(parts.joined(separator: ", "))".wrapped(indent: 2)
  }

  private static func text(_ range: ClosedRange<Double>?) -> String {
    range.map { "\(Format.number($0.lowerBound)) to \(Format.number($0.upperBound))" } ?? "no finite value"
  }

  private var padding: [String] {
    let costs = summary.splits.compactMap { split -> String? in
      guard let frames = split.paddedFramesRatio, let bytes = split.paddedBytesRatio else { return nil }
      return "\(split.name) \(Format.fixed(frames, 1)) times the frames and \(Format.fixed(bytes, 1)) times the bytes"
    }
    if costs.isEmpty { return [] }
    return [""] + "padding to the longest sample would store: \(costs.joined(separator: ", "))".wrapped()
  }

  private var ledger: [String] {
    let counts = LedgerReason.allCases.compactMap { reason in
      summary.ledger[reason].map { "\(Format.count($0)) \(reason.rawValue)" }
    }
    if counts.isEmpty { return [] }
    return [""] + "lines in \(Ledger.fileName): \(counts.joined(separator: ", "))".wrapped()
  }
}
