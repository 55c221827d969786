internal import ComputationalSequences
internal import PackedSequences

/// What a worker keeps from strip to strip.
struct Worker: ~Copyable {
  /// Buffers above this are given back after the job that needed them.
  private let keptBytes: Int
  var reader = BandReader()
  var source = ScratchBuffer()
  var target = ScratchBuffer()

  /// - Parameter keptBytes: what all its buffers may hold between jobs.
  init(keptBytes: Int = .max) { self.keptBytes = keptBytes / 6 }

  mutating func trim() {
    reader.trim(to: keptBytes)
    source.trim(to: keptBytes)
    target.trim(to: keptBytes)
  }
}

/// Reads the features of a strip part by part, with rows counted through.
///
/// Raw parts are read by whichever thread asks. The others need libhdf5, and so the one thread that may call it: a
/// strip that is not ``StripSource/isRaw`` must be read with `file`, on that thread.
struct FeatureReader {
  let source: StripSource
  let file: SequenceFile?

  /// Bands of the selected columns that hold wanted rows, in row order.
  ///
  /// The row after the strip's last stands for rows without a value (``LaggedRows``): it reads as zeros.
  func readBands(
    wanted: [RowRun], selection: ColumnSelection, _ reader: inout BandReader,
    _ body: (_ firstRow: Int, _ values: Span<Float>, _ overflows: BandOverflows) throws -> Void
  ) throws {
    var offset = 0
    for part in source.parts {
      let rows = offset..<offset + part.entry.rows
      let mine = wanted.filter { $0.range.overlaps(rows) }.map { run in
        let range = run.range.clamped(to: rows)
        return RowRun(start: range.lowerBound - rows.lowerBound, count: range.count)
      }
      if !mine.isEmpty {
        if let storage = part.features {
          try reader.readBands(of: storage, wanted: mine, selection: selection) { first, values, overflows in
            try body(rows.lowerBound + first, values, overflows)
          }
        } else if let file {
          try file.readBands(
            of: part.entry.features, wanted: mine, selection: selection, absent: source.absent
          ) { first, values, overflows in
            try body(rows.lowerBound + first, values, overflows)
          }
        }
      }
      offset = rows.upperBound
    }
    if wanted.contains(where: { $0.end > offset }) {
      let zeros = [Float](repeating: 0, count: selection.count)
      try body(offset, zeros.span, .none)
    }
  }

  /// Every token of the strip in row order, without trailing NULs.
  func readTokens(_ reader: inout BandReader, _ body: (_ row: Int, _ token: Span<UInt8>) throws -> Void) throws {
    var offset = 0
    for part in source.parts {
      if let storage = part.features {
        try reader.readStrings(of: storage) { row, text in
          try body(offset + row, text.withoutTrailingNULs)
        }
      } else if let file {
        let step = SequenceFile.bandThroughHDF5(part.entry.features)
        for start in stride(from: 0, to: part.entry.rows, by: step) {
          let rows = start..<min(start + step, part.entry.rows)
          for (index, token) in try file.readStrings(part.entry.features, rows: rows).enumerated() {
            try body(offset + start + index, token.span.withoutTrailingNULs)
          }
        }
      }
      offset += part.entry.rows
    }
  }
}

extension Span<UInt8> {
  fileprivate var withoutTrailingNULs: Span<UInt8> {
    @_lifetime(copy self)
    get {
      var length = count
      while length > 0 && self[length - 1] == 0 { length -= 1 }
      return extracting(first: length)
    }
  }
}
