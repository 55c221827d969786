extension Chart {
  /// The least and the greatest that series reach along an axis; nil where there is nothing finite.
  ///
  /// - Parameter isAcross: along x; else along y.
  func reach(isAcross: Bool) -> ClosedRange<Double>? {
    var (least, greatest) = (Double.infinity, -Double.infinity)
    for series in series {
      for point in series.points {
        let reach = Self.reach(series.kind, point)
        for value in isAcross ? reach.x : reach.y where value.isFinite {
          least = min(least, value)
          greatest = max(greatest, value)
        }
      }
    }
    return least <= greatest ? least...greatest : nil
  }

  /// The range of an axis; nil: what the numbers need.
  ///
  /// A bar says its number by its length, so an axis that bars lie along begins or ends at 0, or has it within.
  func range(isAcross: Bool) -> ClosedRange<Double>? {
    let given = isAcross ? x.range : y.range
    let hasBars = series.contains { series in
      switch series.kind {
      case .bars: !isAcross
      case .sidewaysBars: isAcross
      default: false
      }
    }
    guard hasBars else { return given }
    if let given { return min(given.lowerBound, 0)...max(given.upperBound, 0) }
    guard let reach = reach(isAcross: isAcross), reach != 0...0 else { return 0...1 }
    // Some room beyond the longest; 0 itself stays the edge.
    return reach.lowerBound * 1.06...reach.upperBound * 1.06
  }

  /// From where to where a point's mark goes.
  private static func reach(_ kind: Kind, _ point: [Double]) -> (x: [Double], y: [Double]) {
    func around(_ middle: Double, _ width: Double) -> [Double] { [middle - width / 2, middle + width / 2] }
    return switch kind {
    case .bars(let width): (around(point[0], width), [0, point[1]])
    case .sidewaysBars(let height): ([0, point[0]], around(point[1], height))
    case .deviations: ([point[0]], around(point[1], 2 * point[2]))
    case .sidewaysDeviations: (around(point[0], 2 * point[2]), [point[1]])
    case .ranges(let width): (around(point[0], width), [point[1], point[2]])
    case .sidewaysRanges(let height): ([point[0], point[1]], around(point[2], height))
    case .cells: (around(point[0], 1), around(point[1], 1))
    case .line, .markedLine, .points, .labels: ([point[0]], [point[1]])
    }
  }
}
