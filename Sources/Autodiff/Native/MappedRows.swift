/// Rows of numbers where they lie, usually in a mapped file: the one input of a tape that is never copied.
///
/// The rows must stay where they are until the tape that was given them is reset.
@safe package struct MappedRows: Sendable {
  /// How the numbers are stored.
  package enum Format: Sendable {
    case f32, f16, bf16
  }

  package let rows: Int
  package let columns: Int
  package let format: Format
  // SAFETY: points to rows × columns numbers of the format, as long as whoever made this promised.
  nonisolated(unsafe) let start: UnsafeRawPointer?

  private init(start: UnsafeRawPointer?, rows: Int, columns: Int, format: Format) {
    unsafe self.start = unsafe start
    self.rows = rows
    self.columns = columns
    self.format = format
  }

  /// `[rows, columns]` floats.
  package init(_ values: Span<Float>, columns: Int) {
    precondition(columns > 0 && values.count % columns == 0, "\(values.count) values in rows of \(columns)")
    // SAFETY: only the address is kept; see the promise above.
    let start = unsafe values.withUnsafeBufferPointer { unsafe UnsafeRawPointer($0.baseAddress) }
    unsafe self.init(start: start, rows: values.count / columns, columns: columns, format: .f32)
  }

  /// `[rows, columns]` numbers of 16 bits.
  package init(bits values: Span<UInt16>, columns: Int, format: Format) {
    precondition(format != .f32, "32 bits in 16")
    precondition(columns > 0 && values.count % columns == 0, "\(values.count) values in rows of \(columns)")
    // SAFETY: as above.
    let start = unsafe values.withUnsafeBufferPointer { unsafe UnsafeRawPointer($0.baseAddress) }
    unsafe self.init(start: start, rows: values.count / columns, columns: columns, format: format)
  }

  /// The rows at `range`.
  package subscript(range: Range<Int>) -> MappedRows {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    let width = format == .f32 ? 4 : 2
    let start = unsafe start.map { unsafe $0 + range.lowerBound * columns * width }
    return unsafe MappedRows(start: start, rows: range.count, columns: columns, format: format)
  }
}
