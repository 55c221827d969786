import JSONValues
import Shards
import Terminals

/// What a conversion dropped or repaired, and why.
struct Losses {
  private struct Loss {
    /// Empty where it concerns samples as a whole.
    let modality: String
    let count: Int
    let noun: String
    let reason: String
  }

  private var losses: [Loss] = []

  init(_ manifest: Manifest, _ summary: DatasetSummary, _ ledger: [LedgerEntry]) {
    for (m, modality) in manifest.modalities.enumerated() {
      let invalid = summary.splits.reduce(0) { $0 + $1.modalities[m].masked }
      let imputed = manifest.alignment?.imputed[modality.name] ?? 0
      let isCombined = manifest.combinesRows(of: modality)
      let what = isCombined ? "not combined" : manifest.part == nil ? "stored as 0" : "left as they are in a part"
      addValues(modality, masked: invalid - imputed, what)
      add(modality.name, imputed, "frame", "stored as 0, and invalid: nothing overlaps the row")
      for (reason, count) in modality.framesDropped.sorted(by: { $0.key < $1.key }) {
        add(modality.name, count, "frame", Self.text(ofDropped: reason))
      }
    }
    add("", manifest.alignment?.unevenSamples ?? 0, "sample", "kept with modalities of different lengths")
    for reason in LedgerReason.allCases {
      let entries = ledger.filter { $0.reason == reason }
      // Left out as a whole: one loss, whatever the number of modalities that lacked frames.
      if reason == .incomplete {
        add("", Set(entries.map(\.id)).count, "sample", "lack frames of some modality, left out (incomplete)")
        continue
      }
      let names = manifest.modalities.map(\.name)
      let samples = names.map { name in entries.filter { $0.modality == name }.map(\.id) }
      add(
        "", entries.count { $0.modality == nil }, reason == .unlabelled || reason == .unfit ? "entry" : "sample",
        Self.text(of: reason))
      // The same samples in every modality are said once.
      if let first = samples.first, samples.count > 1, samples.allSatisfy({ $0 == first }) {
        add("all", first.count, "sample", Self.text(of: reason))
      } else {
        for (name, ids) in zip(names, samples) { add(name, ids.count, "sample", Self.text(of: reason)) }
      }
    }
  }

  var isEmpty: Bool { losses.isEmpty }

  var table: TextTable {
    var table = TextTable([.text(""), .number(""), .text(""), .text("")], indent: 2)
    for loss in losses {
      let noun = loss.count == 1 ? loss.noun : loss.noun == "entry" ? "entries" : loss.noun + "s"
      table.add([loss.modality, Format.count(loss.count), noun, loss.reason])
    }
    return table
  }

  private mutating func addValues(_ modality: Manifest.Modality, masked: Int, _ what: String) {
    if let found = modality.nonfinite, found.total > 0 {
      add(modality.name, found.total, "value", "\(what): \(found.kinds)")
    }
    add(modality.name, masked, "frame", "masked, for values that are not finite")
    if let clip = modality.clip { add(modality.name, clip.values, "value", "clipped to ±\(Format.number(clip.limit))") }
  }

  private mutating func add(_ modality: String, _ count: Int, _ noun: String, _ reason: String) {
    if count > 0 { losses.append(Loss(modality: modality, count: count, noun: noun, reason: reason)) }
  }

  private static func text(ofDropped reason: String) -> String {
    switch reason {
    case "zero_frames": "dropped: zero or empty"
    case "max_frames": "dropped: beyond --max-frames"
    case "no_overlap": "dropped: nothing overlaps the row"
    case "short_rows": "dropped: too short to be aligned to"
    default: "dropped: \(reason)"
    }
  }

  private static func text(of reason: LedgerReason) -> String {
    switch reason {
    case .missing: "kept without frames: none is there (missing)"
    case .emptied: "kept without frames: all were dropped (emptied)"
    case .incomplete: "left out (incomplete)"
    case .noSplit: "left out: in no fold (no-split)"
    case .unlabelled: "left out: without labels (unlabelled)"
    case .zeroLength: "kept without frames: of no length (zero-length)"
    case .unfit: "left out: they do not fit (unfit)"
    case .absent: "kept with frames masked: the file has no bytes for them (absent)"
    case .unknownLabel: "kept with a label that is no number (unknown-label)"
    case .noLabel: "left out: with a label that is no number (no-label)"
    }
  }
}
