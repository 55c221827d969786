/// How a table is cut into chunks, and where its elements lie in them.
///
/// HDF5 stores every chunk whole. Where the table does not fill it, at the right and lower edge or because the chunk is
/// larger than the table, the rest is padding: a row of a chunk is always ``chunkColumns`` elements long, whatever the
/// table's width.
struct ChunkGrid: Sendable, Equatable {
  /// Of the table.
  let rows: Int
  let columns: Int
  let chunkRows: Int
  let chunkColumns: Int
  /// Elements of a chunk, padding included.
  let chunkElements: Int
  /// Chunks that cover the table, down and across.
  let gridRows: Int
  let gridColumns: Int

  /// - Returns: nil where a length is negative, a chunk is empty, or there are more elements than 2⁴⁶.
  init?(rows: Int, columns: Int, chunkRows: Int, chunkColumns: Int) {
    guard rows >= 0, columns >= 0, chunkRows > 0, chunkColumns > 0,
      let elements = Self.product(chunkRows, chunkColumns), Self.product(rows, columns) != nil
    else { return nil }
    (self.rows, self.columns, self.chunkRows, self.chunkColumns) = (rows, columns, chunkRows, chunkColumns)
    chunkElements = elements
    gridRows = columns == 0 ? 0 : rows / chunkRows + (rows % chunkRows > 0 ? 1 : 0)
    gridColumns = rows == 0 ? 0 : columns / chunkColumns + (columns % chunkColumns > 0 ? 1 : 0)
  }

  private static func product(_ left: Int, _ right: Int) -> Int? {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow || product > 1 << 46 ? nil : product
  }

  /// Chunks that cover the table; they are numbered row by row of the grid.
  var count: Int { gridRows * gridColumns }

  /// Rows of the table in a row of the grid.
  func rows(ofGridRow row: Int) -> Range<Int> {
    let first = row * chunkRows
    return first..<first + min(chunkRows, rows - first)
  }

  /// Columns of the table in a column of the grid.
  func columns(ofGridColumn column: Int) -> Range<Int> {
    let first = column * chunkColumns
    return first..<first + min(chunkColumns, columns - first)
  }

  /// The rows and columns of the table in chunk `index`.
  func area(of index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    (rows(ofGridRow: index / gridColumns), columns(ofGridColumn: index % gridColumns))
  }

  /// The number of the chunk whose first element is at (`row`, `column`); nil where none begins there.
  func index(ofChunkAt row: Int, _ column: Int) -> Int? {
    guard (0..<rows).contains(row), (0..<columns).contains(column), row % chunkRows == 0, column % chunkColumns == 0
    else { return nil }
    return row / chunkRows * gridColumns + column / chunkColumns
  }

  /// Where an element lies in its chunk, counted in elements from the chunk's first.
  func offset(row: Int, column: Int) -> Int { row % chunkRows * chunkColumns + column % chunkColumns }

  /// Elements from the first of a chunk to the end of its row `rows - 1`.
  func elements(rows: Int) -> Int { rows * chunkColumns }

  /// Whether a chunk's rows are the table's rows, one directly after another: only then may its bytes be passed on as
  /// they are.
  var holdsRowsWithoutPadding: Bool { chunkColumns == columns }
}
