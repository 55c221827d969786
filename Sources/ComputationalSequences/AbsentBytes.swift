/// What is done where a dataset has values that no file holds.
package enum AbsentValues: Sendable {
  /// Reading them is an error.
  case refused
  /// Reading them is an error that names the option to keep them masked.
  case refusedUnlessMasked
  /// They read as NaN.
  case notANumber
}

/// Values of a dataset that no file holds. libhdf5 reads them as zeros without a word.
package struct AbsentBytes: Sendable, Equatable {
  package struct Area: Sendable, Equatable {
    package let rows: Range<Int>
    package let columns: Range<Int>
  }

  /// What is missing.
  package let problem: String
  let remedy: String
  package let areas: [Area]

  static func everything(_ info: DatasetInfo, _ problem: String, remedy: String) -> AbsentBytes {
    AbsentBytes(
      problem: problem, remedy: remedy, areas: [Area(rows: 0..<info.rows, columns: 0..<info.columns)])
  }

  /// Chunks that were never written, given which were; nil where all were.
  static func unwritten(_ grid: ChunkGrid, isStored: [Bool]) -> AbsentBytes? {
    let absent = isStored.indices.filter { !isStored[$0] }
    guard let first = absent.first else { return nil }
    let rows = grid.area(of: first).rows
    return AbsentBytes(
      problem: absent.count == grid.count
        ? "nothing was ever written"
        : "\(absent.count) of \(grid.count) chunks were never written, the first for rows "
          + "\(rows.lowerBound) to \(rows.upperBound - 1)",
      remedy: "fetch the whole file",
      areas: absent.map { index in
        let area = grid.area(of: index)
        return Area(rows: area.rows, columns: area.columns)
      })
  }

  /// Overwrites the values of these places in a band of rows.
  func mark<Value>(_ values: inout [Value], rows band: Range<Int>, columns: Int, with value: Value) {
    for area in areas {
      for row in area.rows.clamped(to: band) {
        for column in area.columns { values[(row - band.lowerBound) * columns + column] = value }
      }
    }
  }

  /// This and what else is absent.
  func and(_ other: AbsentBytes?) -> AbsentBytes {
    guard let other else { return self }
    return AbsentBytes(problem: "\(problem), and \(other.problem)", remedy: remedy, areas: areas + other.areas)
  }

  /// Chunks in the zeros at the end of a file; nil where none lies there.
  static func inZeroTail(_ chunks: [StoredChunk?], _ grid: ChunkGrid, of source: RawStorage.Source) -> AbsentBytes? {
    guard source.zeroTail < source.size else { return nil }
    let absent = chunks.indices.filter { index in
      guard let chunk = chunks[index], chunk.bytes > 0 else { return false }
      // Values may end in some zeros of their own.
      let (end, overflow) = chunk.address.addingReportingOverflow(chunk.bytes)
      return !overflow && end - max(chunk.address, source.zeroTail) >= min(chunk.bytes, 4096)
    }
    guard !absent.isEmpty else { return nil }
    return AbsentBytes(
      problem: "its bytes lie among the \(source.size - source.zeroTail) zeros that the file ends with",
      remedy: "the download did not finish, fetch the file again",
      areas: absent.map { index in
        let area = grid.area(of: index)
        return Area(rows: area.rows, columns: area.columns)
      })
  }
}
