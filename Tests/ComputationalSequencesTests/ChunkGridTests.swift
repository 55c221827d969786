import Testing

@testable import ComputationalSequences

@Suite struct `A grid of chunks` {
  /// Tables and chunks: smaller, larger, equal, not dividing.
  static let lengths = [1, 2, 3, 5, 8]

  @Test(arguments: lengths, lengths)
  func `gives every element of the table one place, and none that is another's`(rows: Int, columns: Int) throws {
    for chunkRows in Self.lengths {
      for chunkColumns in Self.lengths {
        let grid = try #require(
          ChunkGrid(rows: rows, columns: columns, chunkRows: chunkRows, chunkColumns: chunkColumns))
        var seen: Set<[Int]> = []
        for index in 0..<grid.count {
          let area = grid.area(of: index)
          #expect(grid.index(ofChunkAt: area.rows.lowerBound, area.columns.lowerBound) == index)
          for row in area.rows {
            for column in area.columns {
              let offset = grid.offset(row: row, column: column)
              // As HDF5 has it: row-major in the whole chunk, whether or not the table fills it.
              #expect(offset == row % chunkRows * chunkColumns + column % chunkColumns && offset < grid.chunkElements)
              #expect(seen.insert([index, offset]).inserted)
            }
          }
          #expect(grid.elements(rows: area.rows.count) <= grid.chunkElements)
        }
        #expect(seen.count == rows * columns)
      }
    }
  }

  @Test(arguments: [(74, 74, true), (74, 128, false), (74, 73, false), (1, 1, true)])
  func `passes bytes on only where chunks are as wide as the table`(columns: Int, chunkColumns: Int, passes: Bool)
    throws
  {
    let grid = try #require(ChunkGrid(rows: 100, columns: columns, chunkRows: 64, chunkColumns: chunkColumns))
    #expect(grid.holdsRowsWithoutPadding == passes)
  }

  @Test func `has no chunks where the table has no rows or no columns`() throws {
    #expect(try #require(ChunkGrid(rows: 0, columns: 3, chunkRows: 2, chunkColumns: 2)).count == 0)
    #expect(try #require(ChunkGrid(rows: 3, columns: 0, chunkRows: 2, chunkColumns: 2)).count == 0)
  }

  @Test(arguments: [(0, 0), (1, 0), (0, 1), (4, 1), (3, 2), (-2, 0), (2, 6)])
  func `knows where chunks begin`(row: Int, column: Int) throws {
    let grid = try #require(ChunkGrid(rows: 5, columns: 6, chunkRows: 2, chunkColumns: 3))
    let isCorner = row % 2 == 0 && column % 3 == 0 && (0..<5).contains(row) && (0..<6).contains(column)
    #expect((grid.index(ofChunkAt: row, column) != nil) == isCorner)
  }

  @Test(arguments: [
    [-1, 1, 1, 1], [1, -1, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0], [.max, 2, 1, 1], [1, 1, .max, 2],
    [1 << 40, 1 << 40, 1, 1],
  ])
  func `is none where lengths make no sense`(lengths: [Int]) {
    #expect(
      ChunkGrid(rows: lengths[0], columns: lengths[1], chunkRows: lengths[2], chunkColumns: lengths[3]) == nil)
  }
}
