/// Which columns of a sequence are read, and where each goes.
package struct ColumnSelection: Sendable, Equatable {
  /// Source columns in the order of the result; no column twice.
  package let columns: [Int]
  /// Columns of the source.
  package let width: Int

  package init(columns: [Int], width: Int) {
    self.columns = columns
    self.width = width
  }

  package static func all(_ width: Int) -> ColumnSelection { ColumnSelection(columns: Array(0..<width), width: width) }

  package var count: Int { columns.count }
  package var isIdentity: Bool { columns.count == width && columns == Array(0..<width) }

  /// For a block of source columns: pairs of column within the block and column of the result.
  func placements(in block: Range<Int>) -> (sources: [Int], targets: [Int]) {
    var sources: [Int] = []
    var targets: [Int] = []
    for (target, column) in columns.enumerated() where block.contains(column) {
      sources.append(column - block.lowerBound)
      targets.append(target)
    }
    return (sources, targets)
  }
}
