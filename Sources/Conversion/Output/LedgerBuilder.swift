internal import PackedSequences
internal import Segments
internal import Shards

/// Writes down every sample that lacks something, and everything that was left out.
enum LedgerBuilder {
  static func entries(
    _ plan: ConversionPlan, _ sizes: [[StripSizes]], dropsIncomplete: Bool
  ) -> [LedgerEntry] {
    var entries: [LedgerEntry] = []
    let bySample = plan.modalities.indices.map { sizesBySample(plan, sizes, $0) }
    for (index, sample) in plan.samples.samples.enumerated() {
      for (modality, sizes) in zip(plan.modalities, bySample) {
        let size = sizes[index]
        guard (size?.frames ?? 0) == 0 else { continue }
        let (reason, detail) = why(sample, size, modality)
        entries.append(
          LedgerEntry(
            id: sample.id.description, modality: modality.name, reason: dropsIncomplete ? .incomplete : reason,
            detail: dropsIncomplete ? "\(reason.rawValue): \(detail)" : detail))
      }
    }
    for id in plan.samples.withoutSplit {
      entries.append(LedgerEntry(id: id.description, reason: .noSplit, detail: "its video is in no fold"))
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
    _ sample: Sample, _ size: StripSizes.Sample?, _ modality: ModalityPlan
  ) -> (LedgerReason, String) {
    guard let size else { return (.missing, "\"\(modality.root.name)\" has no entry for it") }
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
