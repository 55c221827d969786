/// How a modality's values were normalized: `stored = (source − shift) / scale`, by dimension.
///
/// The one place that derives it, for the conversion that applies it and for whoever wants to undo it.
package struct Scaling: Sendable, Equatable {
  package let shift: [Double]
  /// Never 0.
  package let scale: [Double]

  /// - zscore: the mean and the standard deviation.
  /// - minmax: the least value, and the greatest less the least.
  /// - robust: the median, and the third quartile less the first.
  /// - none: 0 and 1.
  ///
  /// A dimension without spread (one value under zscore and minmax, equal quartiles under robust) is only shifted. A
  /// dimension without a finite value has 0 and 1.
  package init(_ normalization: Manifest.Normalization, _ statistics: Manifest.Statistics) {
    let dimension = statistics.mean.count
    var shift = Array(repeating: 0.0, count: dimension)
    var scale = Array(repeating: 1.0, count: dimension)
    for d in 0..<dimension where normalization != .none {
      guard let least = statistics.min[d], let greatest = statistics.max[d] else { continue }
      let spread: Double
      switch normalization {
      case .zscore: (shift[d], spread) = (statistics.mean[d], statistics.std[d])
      case .robust:
        guard let quartiles = statistics.quartiles, let q1 = quartiles.q1[d], let median = quartiles.median[d],
          let q3 = quartiles.q3[d]
        else { continue }
        (shift[d], spread) = (median, q3 - q1)
      case .minmax, .none: (shift[d], spread) = (least, greatest - least)
      }
      if least < greatest && spread > 0 && spread.isFinite { scale[d] = spread }
    }
    self.shift = shift
    self.scale = scale
  }

  private init(shift: [Double], scale: [Double]) {
    self.shift = shift
    self.scale = scale
  }

  /// Changes nothing.
  package static func identity(_ dimension: Int) -> Scaling {
    Scaling(shift: Array(repeating: 0, count: dimension), scale: Array(repeating: 1, count: dimension))
  }

  package func normalized(_ value: Double, dimension d: Int) -> Double { (value - shift[d]) / scale[d] }
}

extension Manifest.Modality {
  /// Nil for tokens.
  package var scaling: Scaling? { statistics.map { Scaling(normalization, $0) } }
}
