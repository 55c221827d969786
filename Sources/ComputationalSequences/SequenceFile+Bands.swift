package import PackedSequences

extension SequenceFile {
  /// The same bands as ``BandReader/readBands(of:wanted:selection:_:)`` gives, through libhdf5: for filters, types and
  /// layouts that raw chunks cannot serve.
  package func readBands(
    of info: DatasetInfo, wanted: [RowRun], selection: ColumnSelection,
    _ body: (_ firstRow: Int, _ values: Span<Float>, _ overflows: BandOverflows) throws -> Void
  ) throws {
    let step = Self.bandThroughHDF5(info)
    var first = 0
    for start in stride(from: 0, to: info.rows, by: step) {
      let rows = start..<min(start + step, info.rows)
      while first < wanted.count && wanted[first].end <= rows.lowerBound { first += 1 }
      guard wanted[first...].prefix(while: { $0.start < rows.upperBound }).contains(where: { $0.range.overlaps(rows) })
      else { continue }
      let doubles = try readDoubles(info, rows: rows)
      var values: [Float] = []
      values.reserveCapacity(rows.count * selection.count)
      var overflows = BandOverflows(rows: rows.count)
      for row in 0..<rows.count {
        for column in selection.columns {
          let value = doubles[row * info.columns + column]
          let narrowed = Float(value)
          values.append(narrowed)
          if value.isFinite && !narrowed.isFinite {
            overflows.byRow[row] += 1
            overflows.total += 1
          }
        }
      }
      try body(rows.lowerBound, values.span, overflows)
    }
  }
}
