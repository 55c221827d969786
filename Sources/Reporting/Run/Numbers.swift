internal import Terminals

/// How numbers stand in a report.
enum Numbers {
  static let none = "–"

  static func fixed(_ value: Double?, _ decimals: Int = 3) -> String {
    value.map { Format.fixed($0, decimals) } ?? none
  }

  /// The mean; nil of nothing.
  static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The sample's standard deviation; nil of fewer than two.
  static func deviation(_ values: [Double]) -> Double? {
    guard values.count > 1, let mean = mean(values) else { return nil }
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }

  /// `count` of `0 ..< whole`, evenly apart, all where there are no more.
  static func spread(_ count: Int, of whole: Int) -> [Int] {
    whole <= count ? Array(0..<max(whole, 0)) : (0..<count).map { $0 * whole / count }
  }

  /// With a capital letter first.
  static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  /// For names of files and places in a page: letters, digits and hyphens.
  static func slug(_ text: String) -> String {
    String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
  }
}

/// The side of zero that a label is on.
enum Side: Int, CaseIterable {
  case negative, neutral, positive

  init(_ label: Float) { self = label < 0 ? .negative : label > 0 ? .positive : .neutral }

  var title: String {
    switch self {
    case .negative: "negative"
    case .neutral: "neutral"
    case .positive: "positive"
    }
  }

  var tone: Tone {
    switch self {
    case .negative: .vermillion
    case .neutral: .muted
    case .positive: .blue
    }
  }

  var shape: Chart.Shape {
    switch self {
    case .negative: .triangle
    case .neutral: .square
    case .positive: .disc
    }
  }
}
