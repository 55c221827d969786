internal import ComputationalSequences
internal import PackedSequences
internal import Segments

/// The rules about the times of a sequence beside those of the labels.
enum TimeRules {
  /// What all labels say of times; entries that cannot be read say nothing.
  struct Labels {
    var segments: [SampleID: (start: Double, end: Double)] = [:]
    /// Entries that are samples of their own: features of exactly their ids belong to them whole.
    var whole: Set<String> = []
  }

  static func labels(_ labels: [(file: SequenceFile, root: SequenceRoot)]) -> Labels {
    var result = Labels()
    for (file, root) in labels {
      for entry in root.entries {
        guard let intervals = try? file.readIntervals(of: entry, in: root) else { continue }
        let id = SampleID(parsing: entry.id)
        let isWhole = id.segment != nil && entry.rows == 1
        if isWhole { result.whole.insert(entry.id) }
        for row in 0..<intervals.count {
          let sample = isWhole ? id : SampleID(entry: entry.id, segment: row)
          result.segments[sample] = (intervals.starts[row], intervals.ends[row])
        }
      }
    }
    return result
  }

  static func inspect(_ check: TimeCheck, into findings: inout Findings) {
    if check.areRelative, let (first, second) = check.example {
      return findings.add(
        .relativeTimes, count: check.overlapping, Place(entry: first, detail: "overlaps \(second) in time"))
    }
    if check.haveOtherUnit, let lateness = check.lateness {
      return findings.add(.timeUnit, Place(detail: "ends at \(lateness.short) times the end of the labels"))
    }
    if check.areMostlyOutside, let outside = check.outside {
      findings.add(.outsideSegments, Place(detail: "\((100 * outside).rounded().short) % of the rows"))
    }
  }
}
