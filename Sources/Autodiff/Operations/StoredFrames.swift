extension Tape {
  /// Copies frames onto the tape, and zeros where a sample has no valid frame or is filled up: what wants frames changed before a
  /// linear map reads them. They get no gradient.
  ///
  /// - Parameter frames: `[ΣT, D]`, packed; rows of 16 bits are widened.
  /// - Returns: `[ΣT, D]`.
  package mutating func input(_ frames: PackedFrames) -> Value {
    let result = add("input", rows: frames.rows, columns: frames.columns, isConstant: true)
    let target = block(result)
    scratch.reset()
    let tile = scratch.take(frames.tileCount)
    var row = 0
    for run in frames.runs {
      let part = target[row * frames.columns..<(row + run.count) * frames.columns]
      if let rows = run.rows { part.copy(rows, tile: tile) } else { part.clear() }
      row += run.count
    }
    return result
  }
}
