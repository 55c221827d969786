/// How a modality's values were normalized: `stored = (source − shift) / scale`, by dimension.
///
/// The one place that derives it, for the conversion that applies it and for whoever wants to undo it.
package struct Scaling: Sendable, Equatable {
  package let shift: [Double]
  /// Never 0.
  package let scale: [Double]

  /// - zscore: the mean and the standard deviation.
  /// - minmax: the least value, and the greatest less the least.
  /// - none: 0 and 1.
  ///
  /// A constant dimension (least = greatest) is only shifted. A dimension without a finite value has 0 and 1.
  package init(_ normalization: Manifest.Normalization, _ statistics: Manifest.Statistics) {
    let dimension = statistics.mean.count
    var shift = Array(repeating: 0.0, count: dimension)
    var scale = Array(repeating: 1.0, count: dimension)
    for d in 0..<dimension where normalization != .none {
      guard let least = statistics.min[d], let greatest = statistics.max[d] else { continue }
      shift[d] = normalization == .zscore ? statistics.mean[d] : least
      let spread = normalization == .zscore ? statistics.std[d] : greatest - least
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
