internal import ComputationalSequences
internal import PackedSequences
internal import Preprocessing

/// Rows that follow each other in the source and in a sample.
private struct Segment {
  let rows: Range<Int>
  let place: Int
  let frame: Int
}

extension StripTask {
  /// Copies frames to their places, and gathers the moments of those that normalization is fitted on.
  func copyNumbers(
    _ frames: [SampleFrames], _ places: [Int?], _ features: FeatureReader, _ worker: inout Worker
  ) throws -> StripValues {
    let segments = segments(frames, places)
    var moments = Moments(dimension: width)
    // What is counted but not fitted: frames with non-finite values that are invalid, or of another split.
    var others = Moments(dimension: width)
    var overflowed = 0
    var first = 0
    var buffer = ScratchBuffer()
    swap(&buffer, &worker.target)
    defer { swap(&buffer, &worker.target) }
    let wanted = segments.map { RowRun(start: $0.rows.lowerBound, count: $0.rows.count) }
    try features.readBands(wanted: wanted, selection: plan.selection, &worker.reader) { start, values, overflows in
      let band = start..<start + values.count / width
      while first < segments.count && segments[first].rows.upperBound <= band.lowerBound { first += 1 }
      let here = segments[first...].prefix { $0.rows.lowerBound < band.upperBound }
        .filter { $0.rows.overlaps(band) }
      let finite = finiteRows(of: values, rows: band.count)
      for run in Self.multiplicities(here.map(\.rows), in: band) {
        let (rows, times) = (run.rows, run.times)
        for part in Self.parts(of: rows, band: band, finite: finite) {
          let span = values.extracting(
            (part.rows.lowerBound - start) * width..<(part.rows.upperBound - start) * width)
          if part.isFinite {
            if isFitted { moments.add(span, times: times) }
          } else if plan.settings.nonfinite == .error {
            throw nonfiniteValue(span, row: part.rows.lowerBound)
          } else {
            others.add(span, times: times)
          }
        }
        if overflows.total > 0 {
          for row in rows { overflowed += times * overflows[row - start] }
        }
      }
      for segment in here {
        let rows = segment.rows.clamped(to: band)
        let frame = segment.frame + rows.lowerBound - segment.rows.lowerBound
        let local = rows.lowerBound - start..<rows.upperBound - start
        try sink.write(
          values.extracting(local.lowerBound * width..<local.upperBound * width), place: segment.place, first: frame,
          buffer: &buffer)
        if let finite, plan.settings.nonfinite == .mask {
          try sink.write(valid: finite.span.extracting(local), place: segment.place, first: frame)
        }
      }
    }
    others.addCounts(of: moments)
    return StripValues(moments: moments, counted: others, overflows: overflowed, isFitted: isFitted)
  }

  /// The sources of all kept samples, in the order of their first rows.
  private func segments(_ frames: [SampleFrames], _ places: [Int?]) -> [Segment] {
    var segments: [Segment] = []
    for (frames, place) in zip(frames, places) {
      guard let place else { continue }
      for run in frames.runs { segments.append(Segment(rows: run.rows.range, place: place, frame: run.frame)) }
    }
    return segments.enumerated().sorted { ($0.1.rows.lowerBound, $0.0) < ($1.1.rows.lowerBound, $1.0) }.map(\.1)
  }

  /// Which rows are wholly finite, where that is asked: it decides what is valid, or spares the moments of frames that
  /// nothing is fitted on.
  private func finiteRows(of values: Span<Float>, rows: Int) -> [UInt8]? {
    guard !isFitted || plan.settings.nonfinite != .zero else { return nil }
    var flags = [UInt8](repeating: 0, count: rows)
    _ = RowTests.finiteRows(values, dimension: width, into: &flags)
    return flags
  }

  /// Runs of rows that equally many segments take: the rows of overlapping samples count as often as they are stored.
  private static func multiplicities(
    _ segments: [Range<Int>], in band: Range<Int>
  ) -> [(rows: Range<Int>, times: Int)] {
    var changes = [Int](repeating: 0, count: band.count + 1)
    for segment in segments {
      let rows = segment.clamped(to: band)
      changes[rows.lowerBound - band.lowerBound] += 1
      changes[rows.upperBound - band.lowerBound] -= 1
    }
    var runs: [(rows: Range<Int>, times: Int)] = []
    var times = 0
    var start = 0
    for row in 0...band.count where row == band.count || changes[row] != 0 {
      if times > 0 && row > start { runs.append((band.lowerBound + start..<band.lowerBound + row, times)) }
      times += changes[row]
      start = row
    }
    return runs
  }

  /// Cuts rows where the answer of ``finiteRows(of:rows:)`` changes; unasked, all count as finite.
  private static func parts(
    of rows: Range<Int>, band: Range<Int>, finite: [UInt8]?
  ) -> [(rows: Range<Int>, isFinite: Bool)] {
    guard let finite else { return [(rows, true)] }
    var parts: [(rows: Range<Int>, isFinite: Bool)] = []
    for row in rows {
      let isFinite = finite[row - band.lowerBound] != 0
      if let last = parts.last, last.isFinite == isFinite {
        parts[parts.count - 1].rows = last.rows.lowerBound..<row + 1
      } else {
        parts.append((row..<row + 1, isFinite))
      }
    }
    return parts
  }

  /// The error for the first value of a row that is not finite.
  func nonfiniteValue(_ values: Span<Float>, row: Int) -> PreprocessingError {
    let column = values.indices.first { !values[$0].isFinite } ?? 0
    let place = source.place(of: row)
    return .nonfiniteValue(
      path: source.path, entry: place?.part.label ?? "", row: place?.row ?? row,
      column: plan.selection.columns[column % width], value: "\(values[column])")
  }
}
