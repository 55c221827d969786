internal import ComputationalSequences
internal import PackedSequences
internal import Segments
internal import Shards

/// Writes down every sample that lacks something, and everything that was left out.
enum LedgerBuilder {
  static func entries(
    _ plan: ConversionPlan, _ sizes: [[StripSizes]], dropsIncomplete: Bool
  ) -> [LedgerEntry] {
    var entries: [LedgerEntry] = []
    // Asked only where a modality has no strip for a sample.
    let isThere = Dictionary(
      uniqueKeysWithValues: plan.modalities.map { ($0.name, plan.samples.hasEntries($0.root)) })
    func absent(_ sample: Sample, _ modality: ModalityPlan) -> (LedgerReason, String) {
      let root = isThere[modality.name]?(sample) == true ? plan.pivot?.root ?? modality.root : modality.root
      return (
        .missing, "\"\(root.name)\" has no entry for it\(root.name == modality.root.name ? "" : " to be aligned to")"
      )
    }
    let bySample = plan.modalities.indices.map { sizesBySample(plan, sizes, $0) }
    for (index, sample) in plan.samples.samples.enumerated() {
      if let detail = plan.samples.unknownLabels(sample.labels) {
        entries.append(LedgerEntry(id: sample.id.description, reason: .unknownLabel, detail: detail))
      }
      for (modality, sizes) in zip(plan.modalities, bySample) {
        let size = sizes[index]
        if let size, size.frames > 0 {
          guard size.absentRows > 0 else { continue }
          entries.append(
            LedgerEntry(
              id: sample.id.description, modality: modality.name, reason: .absent,
              detail: "the file has no bytes for \(size.absentRows) of its \(size.rows) rows"))
          continue
        }
        let (reason, detail) = size.map { why(sample, $0, modality, plan.pivot?.root) } ?? absent(sample, modality)
        entries.append(
          LedgerEntry(
            id: sample.id.description, modality: modality.name, reason: dropsIncomplete ? .incomplete : reason,
            detail: dropsIncomplete ? "\(reason.rawValue): \(detail)" : detail))
      }
    }
    for id in plan.samples.withoutSplit {
      entries.append(LedgerEntry(id: id.description, reason: .noSplit, detail: "its video is in no fold"))
    }
    for (id, detail) in plan.samples.withoutLabel {
      entries.append(LedgerEntry(id: id.description, reason: .noLabel, detail: detail))
    }
    for entry in plan.unfit {
      entries.append(
        LedgerEntry(id: entry.id, reason: .unfit, detail: "\"\(entry.root)\": \(entry.error.unfitness)"))
    }
    for entry in plan.samples.unlabelled {
      entries.append(unlabelled(entry))
    }
    return entries
  }

  static func unlabelled(_ entry: String) -> LedgerEntry {
    LedgerEntry(id: entry, reason: .unlabelled, detail: "the labels do not name it")
  }

  private static func why(
    _ sample: Sample, _ size: StripSizes.Sample, _ modality: ModalityPlan, _ pivot: SequenceRoot?
  ) -> (LedgerReason, String) {
    if size.rows == 0 && size.unmatched > 0, let pivot {
      return (.emptied, "no frame overlaps any of its \(size.unmatched) rows of \"\(pivot.name)\"")
    }
    if size.rows > 0 {
      return (.emptied, "all \(size.rows) \(modality.isTokens ? "tokens were empty" : "frames were zero")")
    }
    if sample.isZeroLength { return (.zeroLength, "its interval is [\(sample.start), \(sample.end)]") }
    return (.missing, "no frame overlaps its interval")
  }

  private static func sizesBySample(
    _ plan: ConversionPlan, _ sizes: [[StripSizes]], _ modality: Int
  ) -> [Int: StripSizes.Sample] {
    var result: [Int: StripSizes.Sample] = [:]
    for (strip, sizes) in zip(plan.modalities[modality].strips, sizes[modality]) {
      for (sample, size) in zip(strip.samples, sizes.samples) { result[sample] = size }
    }
    return result
  }
}
