internal import ComputationalSequences
internal import Segments

extension ConversionPlan {
  /// Refuses modalities of which no sample would have a frame.
  func checkFrames(_ sizes: [[StripSizes]]) throws {
    for (modality, sizes) in zip(modalities, sizes) {
      // What one part lacks others may have: whoever merges them sees.
      if modality.isPart {
        if modality.root.rows == 0 { throw SegmentsError.noRows(modality: modality.root.name) }
        continue
      }
      let samples = sizes.flatMap(\.samples)
      let rows = samples.reduce(0) { $0 + $1.rows + $1.unmatched }
      if rows == 0 { try failForWantOfRows(modality) }
      if let pivot, modality.settings.alignment != nil, rows > 0, samples.allSatisfy({ $0.matched == 0 }) {
        throw SegmentsError.noAlignedRows(root: pivot.root.name, modality: modality.root.name)
      }
      guard rows > 0, samples.allSatisfy({ $0.frames == 0 }) else { continue }
      throw ConversionError.everyFrameDropped(
        modality: modality.name, rows: rows, what: modality.isTokens ? "are empty" : "are zero")
    }
  }

  /// Labels and features that share no moment do not belong together, whatever their names.
  private func failForWantOfRows(_ modality: ModalityPlan) throws {
    guard modality.root.rows > 0 else { throw SegmentsError.noRows(modality: modality.root.name) }
    var rows = modality.root
    if let pivot, modality.settings.alignment != nil {
      guard pivot.root.rows > 0 else { throw SegmentsError.noRows(modality: pivot.root.name) }
      let (isThere, isRootThere) = (hasAnyEntry(modality.root), hasAnyEntry(pivot.root))
      if modality.strips.isEmpty && (isThere || isRootThere) {
        throw SegmentsError.noSharedEntry(
          root: pivot.root.name,
          other: isThere && !isRootThere ? labelsName ?? modality.root.name : modality.root.name,
          roots: sequences.roots.map(\.name).filter { $0 != pivot.root.name && $0 != labelsName })
      }
      if isThere { rows = pivot.root }
    }
    if let labelsName { throw SegmentsError.noOverlap(labels: labelsName, modality: rows.name) }
  }

  private func hasAnyEntry(_ root: SequenceRoot) -> Bool { samples.samples.contains(where: samples.hasEntries(root)) }
}
