extension Scaling {
  /// Undoes ``normalized(_:dimension:)``: `stored × scale + shift`.
  package func restored(_ value: Double, dimension d: Int) -> Double { value * scale[d] + shift[d] }

  /// Undoes the normalization of whole frames, `[frames, dimension]`, each value rounded once to binary32.
  package func restore(_ frames: inout [Float]) {
    let dimension = scale.count
    precondition(dimension > 0 && frames.count % dimension == 0, "whole frames")
    var d = 0
    for index in frames.indices {
      frames[index] = Float(restored(Double(frames[index]), dimension: d))
      d = d + 1 == dimension ? 0 : d + 1
    }
  }
}
