/// Where NaN goes so that a `.csd`, which has no masks, tells a masked frame.
enum MaskMarks {
  /// The places of the zeros in masked frames, because 0 is what is stored for a value that was not finite; in a masked
  /// frame without any, of all its values.
  ///
  /// - Parameters:
  ///   - isZero: `[frames, dimension]`.
  ///   - valid: by frame; empty: all are valid.
  static func places(_ isZero: @autoclosure () -> [Bool], _ valid: [Bool], dimension: Int) -> [Int] {
    guard valid.contains(false) else { return [] }
    let isZero = isZero()
    var places: [Int] = []
    for frame in valid.indices where !valid[frame] {
      let row = frame * dimension..<(frame + 1) * dimension
      let zeros = row.filter { isZero[$0] }
      places += zeros.isEmpty ? Array(row) : zeros
    }
    return places
  }
}
