internal import Foundation

/// A sinusoidal position code, computed once for all positions that a dataset needs.
package struct PositionTable: Sendable {
  let table: FloatBuffer
  package let positions: Int
  package let columns: Int

  private init(positions: Int, columns: Int, _ fill: (inout MutableSpan<Float>) -> Void) {
    precondition(positions >= 0 && columns > 0)
    self.positions = positions
    self.columns = columns
    table = FloatBuffer(count: positions * columns)
    table.withMutableSpan(nil, fill)
  }

  /// Sines and cosines in turns. Position p, channel 2i: sin(p / 10000^(2i/d)); channel 2i + 1: its cosine.
  ///
  /// - Parameters:
  ///   - positions: how many, from 0.
  ///   - columns: the width d, even.
  /// - Source: Vaswani et al. 2017, section 3.5.
  package init(positions: Int, columns: Int) {
    precondition(columns % 2 == 0, "a position code of odd width \(columns)")
    self.init(positions: positions, columns: columns) { table in
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

  /// All sines, then all cosines, as tensor2tensor has them. Position p counts as p + 1; channel k of the first half h =
  /// ⌊d/2⌋: sin((p + 1) · exp(−k · ln 10000 / (h − 1))), of the second half its cosine; an odd width's last channel is 0.
  ///
  /// - Parameters:
  ///   - positions: how many, from 0.
  ///   - columns: the width d.
  /// - Source: tensor2tensor's `get_timing_signal_1d`, counted from 1 as Tsai et al. 2019 do.
  package init(halves positions: Int, columns: Int) {
    self.init(positions: positions, columns: columns) { table in
      let half = columns / 2
      for channel in 0..<half {
        // A single frequency is 1.
        let frequency = exp(-log(10000) * Double(channel) / Double(max(half - 1, 1)))
        for position in 0..<positions {
          let angle = Double(position + 1) * frequency
          table[position * columns + channel] = Float(sin(angle))
          table[position * columns + half + channel] = Float(cos(angle))
        }
      }
    }
  }
}

extension Tape {
  /// Adds to each row, multiplied by a number, the code of its position.
  ///
  /// - Parameters:
  ///   - x: `[R, d]`.
  ///   - scale: what x is multiplied by.
  ///   - positions: `[R]`, each in the table.
  package mutating func positionCode(
    _ x: Value, scale: Float = 1, positions: Span<Int32>, table: PositionTable
  ) -> Value {
    precondition(x.columns == table.columns, "\(x.columns) columns for a code of \(table.columns)")
    let result = add("position code", rows: x.rows, columns: x.columns, isConstant: isConstant(x))
    block(result).assignSum(
      block(x), scale: scale, table: table.table, positions: positions, columns: x.columns)
    record(result, .positionCode(PositionCode(x: x, result: result, scale: scale)))
    return result
  }
}

struct PositionCode: Step {
  let x: Tape.Value
  let result: Tape.Value
  let scale: Float

  func backward(_ tape: inout Tape) {
    if scale == 1 { return tape.pass(result, to: x) }
    guard let dy = tape.incoming(result), let (dx, adds) = tape.outgoing(x) else { return }
    dx.take(dy, scale: scale, adds: adds)
  }
}
