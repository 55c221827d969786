import Conversion
import JSONValues
import Shards
import Terminals

/// What a finished conversion has to tell.
struct ConversionResult {
  let report: ConversionReport
  let summary: DatasetSummary
  let seconds: Double
  /// Of what came before the conversion.
  var earlierNotes: [String] = []

  private var notes: [String] { earlierNotes + report.notes }
  private var manifest: Manifest { report.manifest }
  private var bytes: Int { summary.splits.reduce(0) { $0 + $1.bytes } }
  private var shards: Int { summary.splits.reduce(0) { $0 + $1.shards } }
  private var samples: Int { summary.splits.reduce(0) { $0 + $1.samples } }

  /// What the splits come from.
  private var folds: String { report.folds ?? manifest.foldsText }

  var lines: [String] {
    let losses = Losses(manifest, summary, report.ledger)
    let what = [Format.count(samples, "sample"), "\(Format.bytes(bytes)) in \(Format.count(shards, "shard"))"]
    let how = report.wasFinished ? "finished before" : "made in \(Format.duration(seconds))"
    let part = manifest.part.map { "part \($0.index) of \($0.count), " } ?? ""
    var lines = ["\(report.path): \(part)\(what.joined(separator: ", ")), \(how)", ""]
    lines += table.lines()
    lines += "folds: \(folds)".printable.wrapped(breaksWords: false)
    lines += "labels: \(manifest.labelsText)".printable.wrapped(breaksWords: false)
    lines.append("")
    if losses.isEmpty {
      lines.append("nothing was dropped or repaired")
    } else {
      lines.append("dropped or repaired")
      lines += losses.table.lines()
      if !report.ledger.isEmpty { lines.append("  sample by sample: \(report.path)/\(Ledger.fileName)") }
    }
    lines += report.warnings.flatMap { "warning: \($0)".printable.wrapped(breaksWords: false) }
    lines += notes.flatMap { "note: \($0)".printable.wrapped(breaksWords: false) }
    return lines
  }

  /// Samples and frames by split, bytes by modality.
  private var table: TextTable {
    let splits = summary.splits
    let showsTotal = splits.count > 1
    var table = TextTable(
      [.text("")] + splits.map { .number($0.name) } + (showsTotal ? [.number("total")] : []) + [.number("bytes")])
    func add(_ name: String, _ counts: [Int], _ bytes: String) {
      let total = showsTotal ? [counts.reduce(0, +)] : []
      table.add([name] + (counts + total).map { Format.count($0) } + [bytes])
    }
    add("samples", splits.map(\.samples), Format.bytes(bytes))
    for (m, modality) in manifest.modalities.enumerated() {
      let bytes = splits.reduce(0) { $0 + $1.modalities[m].bytes }
      add("\(modality.name) frames", splits.map { $0.modalities[m].frames }, Format.bytes(bytes))
    }
    return table
  }

  var json: JSONValue {
    let modalities = manifest.modalities.enumerated().map { m, modality -> JSONValue in
      var object = modality.overview
      object["frames"] = JSONValue(summary.splits.reduce(0) { $0 + $1.modalities[m].frames })
      object["bytes"] = JSONValue(summary.splits.reduce(0) { $0 + $1.modalities[m].bytes })
      return .object(object)
    }
    return [
      "path": .string(report.path), "seconds": JSONValue(seconds), "fingerprint": .string(manifest.fingerprint),
      "content": .string(manifest.content), "samples": JSONValue(samples), "bytes": JSONValue(bytes),
      "splits": .array(summary.splits.map(\.json)), "modalities": .array(modalities),
      "labels": JSONValue(manifest.labels), "ledger": summary.json["ledger"] ?? .null,
      "folds": .string(folds), "warnings": JSONValue(report.warnings), "notes": JSONValue(notes),
    ]
  }
}
