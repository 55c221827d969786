extension Tape {
  /// Projects frames where they lie: `y = x Wᵀ + b`, x being zeros where a sample has no valid frame or is filled up.
  ///
  /// The matrix product reads the mapped rows themselves; rows of 16 bits are widened tile by tile. Frames get no gradient.
  ///
  /// - Parameters:
  ///   - frames: `[ΣT, D]`, packed.
  ///   - weight: `[d, D]`.
  ///   - bias: `[d]`, or nil for none.
  /// - Returns: `[ΣT, d]`.
  package mutating func projection(_ frames: PackedFrames, weight: Parameter, bias: Parameter?) -> Value {
    precondition(weight.columns == frames.columns, "frames of \(frames.columns) for a weight of \(weight.columns)")
    precondition(bias == nil || bias?.columns == weight.rows)
    let result = add("projection", rows: frames.rows, columns: weight.rows, isConstant: false)
    let y = block(result)
    let w = transpose(weight)
    let start: ProductStart = bias.map { .bias(weights($0)) } ?? .zero
    scratch.reset()
    let tile = scratch.take(frames.tileCount)
    var row = 0
    for run in frames.runs {
      let part = y[row * w.columns..<(row + run.count) * w.columns]
      if let rows = run.rows {
        Product.times(rows, w, from: start, into: Matrix(part, run.count, w.columns), tile: tile)
      } else if let bias {
        part.fillRows(weights(bias))
      } else {
        part.clear()
      }
      row += run.count
    }
    record(result, .projection(Projection(result: result, frames: frames, weight: weight, bias: bias)))
    return result
  }
}

struct Projection: Step {
  let result: Tape.Value
  let frames: PackedFrames
  let weight: Parameter
  let bias: Parameter?

  func backward(_ tape: inout Tape) {
    guard let dy = tape.incoming(result) else { return }
    if let bias { tape.gradient(bias).addColumnSums(dy) }
    let dw = Matrix(tape.gradient(weight), weight.rows, weight.columns)
    let tile = tape.scratch.take(frames.tileCount)
    var row = 0
    for run in frames.runs {
      if let rows = run.rows {
        let part = dy[row * weight.rows..<(row + rows.rows) * weight.rows]
        Product.addTransposedTimes(Matrix(part, rows.rows, weight.rows), rows, into: dw, tile: tile)
      }
      row += run.count
    }
  }
}

extension PackedFrames {
  /// The floats of the largest tile.
  var tileCount: Int { runs.reduce(0) { max($0, $1.rows?.tileCount ?? 0) } }
}
