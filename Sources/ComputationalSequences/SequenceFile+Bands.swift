package import PackedSequences

extension SequenceFile {
  /// The same bands as ``BandReader/readBands(of:wanted:selection:_:)`` gives, through libhdf5: for filters, types and
  /// layouts that raw chunks cannot serve.
  package func readBands(
    of info: DatasetInfo, wanted: [RowRun], selection: ColumnSelection, absent: AbsentValues = .refused,
    _ body: (_ firstRow: Int, _ values: Span<Float>, _ overflows: BandOverflows) throws -> Void
  ) throws {
    let step = Self.bandThroughHDF5(info)
    var first = 0
    for start in stride(from: 0, to: info.rows, by: step) {
      let rows = start..<min(start + step, info.rows)
      while first < wanted.count && wanted[first].end <= rows.lowerBound { first += 1 }
      guard wanted[first...].prefix(while: { $0.start < rows.upperBound }).contains(where: { $0.range.overlaps(rows) })
      else { continue }
      let band = try band(rows, of: info, selection, absent: absent)
      try body(rows.lowerBound, band.values.span, band.overflows)
    }
  }

  private func band(
    _ rows: Range<Int>, of info: DatasetInfo, _ selection: ColumnSelection, absent: AbsentValues
  ) throws(SequenceError) -> (values: [Float], overflows: BandOverflows) {
    var overflows = BandOverflows(rows: rows.count)
    if let integers = try readWideIntegers(info, rows: rows, absent: absent) {
      return (selection.gather(integers, rows: rows.count) { number, _ in number }, overflows)
    }
    let doubles = try readDoubles(info, rows: rows, absent: absent)
    let values = selection.gather(doubles, rows: rows.count) { number, row in
      let narrowed = Float(number)
      if number.isFinite && !narrowed.isFinite {
        overflows.byRow[row] += 1
        overflows.total += 1
      }
      return narrowed
    }
    return (values, overflows)
  }
}

extension ColumnSelection {
  /// The selected columns of a table, row after row.
  fileprivate func gather<Value>(_ table: [Value], rows: Int, _ narrow: (Value, _ row: Int) -> Float) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(rows * count)
    for row in 0..<rows {
      for column in columns { values.append(narrow(table[row * width + column], row)) }
    }
    return values
  }
}
