/// The colours of a page by their meaning; those of data are Okabe and Ito's, which colour-blind readers can tell apart,
/// lightened for dark pages.
///
/// No series relies on its colour alone: lines differ in their dashes, points in their shapes.
enum Tone: String, CaseIterable, Sendable {
  case ink, muted, grid, shade, surface
  case blue, vermillion, green, purple, sky, orange

  /// What gnuplot draws with. It is unlike every other tone's, so that a drawing's colours can be told by it.
  var light: String {
    switch self {
    case .ink: "#1f2328"
    case .muted: "#5b636d"
    case .grid: "#d8dde3"
    case .shade: "#f3f5f7"
    case .surface: "#ffffff"
    case .blue: "#0072b2"
    case .vermillion: "#d55e00"
    case .green: "#009e73"
    case .purple: "#b0578c"
    case .sky: "#56b4e9"
    case .orange: "#c98a00"
    }
  }

  var dark: String {
    switch self {
    case .ink: "#e6e9ec"
    case .muted: "#a3adb8"
    case .grid: "#353c45"
    case .shade: "#1e242b"
    case .surface: "#14181d"
    case .blue: "#5cb3ec"
    case .vermillion: "#f5884a"
    case .green: "#35c79c"
    case .purple: "#e39bc6"
    case .sky: "#9ad4f5"
    case .orange: "#e8b341"
    }
  }

  /// Those of data, in the order in which series take them.
  static let series: [Tone] = [.blue, .vermillion, .green, .purple, .sky, .orange]

  /// The tone of the series at `place`; a seventh begins again.
  static func series(_ place: Int) -> Tone { series[place % series.count] }
}
