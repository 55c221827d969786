import Foundation
import Testing

@testable import Reporting

/// What a drawing of gnuplot's consists of, in its own units: x to the right, y down.
struct Marks {
  struct Point: Equatable {
    let x: Double
    let y: Double
  }

  /// A series' marks within the axes; what its entry in the key shows is left out.
  struct Series {
    /// Corners from the upper left to the lower right.
    var boxes: [(upper: Point, lower: Point)] = []
    var points: [Point] = []
    /// Lines, each by the points that it joins.
    var lines: [[Point]] = []
  }

  let series: [Series]
  /// Where ticks stand, by their titles: along the lower axis, and along the left one.
  private(set) var acrossTicks: [String: Double] = [:]
  private(set) var upTicks: [String: Double] = [:]

  /// - Parameter source: of one drawing; of a page, that of the figure.
  init(_ source: String) throws {
    // The frame is the only line that goes from the upper left over the lower left to the lower right.
    let frame = try #require(
      source.firstMatch(of: #/M([\d.]+),([\d.]+) L\1,([\d.]+) L([\d.]+),\3 /#), "no axes in the drawing")
    let (left, top) = (try Self.number(frame.1), try Self.number(frame.2))
    let (bottom, right) = (try Self.number(frame.3), try Self.number(frame.4))
    func isInside(_ point: Point) -> Bool {
      (left - 1...right + 1).contains(point.x) && (top - 1...bottom + 1).contains(point.y)
    }
    series = try source.split(separator: /id="[^"]*gnuplot_plot_\d+"/).dropFirst().map { group in
      // The frame is drawn behind the last series.
      let part = group.prefix(upTo: group.range(of: frame.0)?.lowerBound ?? group.endIndex)
      var series = Series()
      for match in part.matches(of: /<polygon[^>]* points="([^"]*)"/) {
        let corners = try Self.points(match.1)
        let (xs, ys) = (corners.map(\.x), corners.map(\.y))
        guard let least = xs.min(), let most = xs.max(), let upper = ys.min(), let lower = ys.max() else { continue }
        if corners.allSatisfy(isInside) {
          series.boxes.append((Point(x: least, y: upper), Point(x: most, y: lower)))
        }
      }
      for match in part.matches(of: /<use[^>]* transform="translate\(([\d.-]+),([\d.-]+)\)/) {
        let point = Point(x: try Self.number(match.1), y: try Self.number(match.2))
        if isInside(point) { series.points.append(point) }
      }
      for match in part.matches(of: /<path[^>]* d="([^"]*)"/) {
        for line in match.1.split(separator: "M") {
          let points = try Self.points(line.replacing("L", with: " "))
          if points.allSatisfy(isInside) && !points.isEmpty { series.lines.append(points) }
        }
      }
      return series
    }
    for match in source.matches(
      of: /d="M([\d.]+),([\d.]+) L([\d.]+),([\d.]+) [^"]*"[^>]*\/>\s*<g transform=[^>]*><text>([^<]*)<\/text>/)
    {
      let title = match.5.trimmingCharacters(in: .whitespaces)
      if match.1 == match.3 { acrossTicks[title] = try Self.number(match.1) }
      if match.2 == match.4 { upTicks[title] = try Self.number(match.2) }
    }
  }

  private static func number(_ text: some StringProtocol) throws -> Double { try #require(Double(String(text))) }

  private static func points(_ text: some StringProtocol) throws -> [Point] {
    try text.split(whereSeparator: \.isWhitespace).map { pair in
      let parts = pair.split(separator: ",")
      try #require(parts.count == 2, "\(pair) is no point")
      return Point(x: try number(parts[0]), y: try number(parts[1]))
    }
  }

  /// The slope of the one straight line that leads from values to where they were drawn, and from the axis' numbers to its
  /// ticks; nil where there is none to the twentieth of a unit.
  static func slope(from values: [Double], to places: [Double], ticks: [String: Double] = [:]) -> Double? {
    let numbers = ticks.compactMap { title, place in Double(title).map { ($0, place) } }
    if !ticks.isEmpty && numbers.count < 2 { return nil }
    let (values, places) = (values + numbers.map(\.0), places + numbers.map(\.1))
    guard values.count == places.count, let low = values.indices.min(by: { values[$0] < values[$1] }),
      let high = values.indices.max(by: { values[$0] < values[$1] }), values[low] < values[high]
    else { return nil }
    let slope = (places[high] - places[low]) / (values[high] - values[low])
    let isStraight = values.indices.allSatisfy {
      abs(places[low] + slope * (values[$0] - values[low]) - places[$0]) < 0.05
    }
    return isStraight ? slope : nil
  }
}
