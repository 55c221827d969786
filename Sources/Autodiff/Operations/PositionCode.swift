internal import Foundation

/// The sinusoidal position code of Transformers, computed once for all positions that a dataset needs.
///
/// Position p, channel 2i: sin(p / 10000^(2i/d)); channel 2i + 1: its cosine.
///
/// Source: Vaswani et al. 2017, section 3.5.
package struct PositionTable: Sendable {
  let table: FloatBuffer
  package let positions: Int
  package let columns: Int

  /// - Parameters:
  ///   - positions: how many, from 0.
  ///   - columns: the width d, even.
  package init(positions: Int, columns: Int) {
    precondition(columns > 0 && columns % 2 == 0, "a position code of odd width \(columns)")
    self.positions = positions
    self.columns = columns
    table = FloatBuffer(count: positions * columns)
    table.withMutableSpan { table in
      for pair in 0..<columns / 2 {
        let frequency = exp(-log(10000) * Double(2 * pair) / Double(columns))
        for position in 0..<positions {
          let angle = Double(position) * frequency
          table[position * columns + 2 * pair] = Float(sin(angle))
          table[position * columns + 2 * pair + 1] = Float(cos(angle))
        }
      }
    }
  }
}

extension Tape {
  /// Adds to each row the code of its position.
  ///
  /// - Parameters:
  ///   - x: `[R, d]`.
  ///   - positions: `[R]`, each in the table.
  package mutating func positionCode(_ x: Value, positions: Span<Int32>, table: PositionTable) -> Value {
    precondition(x.columns == table.columns, "\(x.columns) columns for a code of \(table.columns)")
    let result = add("position code", rows: x.rows, columns: x.columns, isConstant: isConstant(x))
    block(result).assignSum(block(x), table: table.table, positions: positions, columns: x.columns)
    record(result, .positionCode(PositionCode(x: x, result: result)))
    return result
  }
}

struct PositionCode: Step {
  let x: Tape.Value
  let result: Tape.Value

  func backward(_ tape: inout Tape) { tape.pass(result, to: x) }
}
