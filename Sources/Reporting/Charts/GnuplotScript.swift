internal import Terminals

/// A chart as gnuplot's commands.
///
/// Numbers go in as data, texts as strings in single quotes, in which only the quote itself means anything (a typographic
/// one takes its place: gnuplot does not read doubled ones everywhere), under terminals that take no markup: no text from
/// outside becomes a command.
struct GnuplotScript {
  enum Form: String {
    case vector = "chart.svg"
    /// The same, twice as fine.
    case bitmap = "chart.png"

    /// What the script writes.
    var fileName: String { rawValue }
  }

  private let chart: Chart
  private let form: Form
  /// The lines of a title above the plot; none in a page, which has it as a heading.
  private let title: [String]

  init(_ chart: Chart, as form: Form, title: String? = nil) {
    self.chart = chart
    self.form = form
    self.title = title.map { Labels.wrapped($0, to: 46) } ?? []
  }

  /// A line of the title, and the space around it, in the drawing's units.
  private static let (lineHeight, titleMargin) = (18, 8)

  private var height: Int { chart.height + (title.isEmpty ? 0 : title.count * Self.lineHeight + Self.titleMargin) }

  var text: String {
    var lines = ["set encoding utf8"]
    for (place, series) in chart.series.enumerated() where !series.points.isEmpty {
      lines.append("$series\(place) << EOD")
      lines += rows(series)
      lines.append("EOD")
    }
    lines += [terminal, "set output '\(form.fileName)'"] + heading + settings
    lines += ["plot " + plots.joined(separator: ", \\\n  "), "unset output"]
    return lines.joined(separator: "\n") + "\n"
  }

  private var terminal: String {
    let common = "noenhanced font 'sans,12' background '\(Tone.surface.light)'"
    return switch form {
    case .vector: "set terminal svg size \(Chart.width),\(height) dynamic \(common)"
    // The SVG's font size counts pixels of 1/96 inch, pngcairo's points of 1/72 inch at 96 dots: 12 px are 9 points, twice
    // as fine 18.
    case .bitmap:
      "set terminal pngcairo size \(2 * Chart.width),\(2 * height) \(common) fontscale 1.5 linewidth 2 pointscale 2.5"
    }
  }

  /// The title's lines above the plot, which keeps its size.
  private var heading: [String] {
    if title.isEmpty { return [] }
    let labels = title.enumerated().map { place, line in
      let top = Double(Self.titleMargin / 2 + place * Self.lineHeight) + Double(Self.lineHeight) / 2
      return "set label \(Self.quoted(line)) at screen 0.015, screen \(1 - top / Double(height)) left front "
        + "textcolor rgb '\(Tone.ink.light)'"
    }
    return ["set size 1,\(Double(chart.height) / Double(height))", "set origin 0,0"] + labels
  }

  /// A string of gnuplot's; control characters are spelled out, so there is no line break in it.
  static func quoted(_ text: String) -> String { "'" + text.printable.replacing("'", with: "’") + "'" }

  /// A tick's title: gnuplot takes it as the format of a number, so a percent sign is doubled.
  private static func quoted(_ tick: Chart.Tick) -> String {
    tick.lines.map { quoted($0.replacing("%", with: "%%")) }.joined(separator: ".\"\\n\".")
  }

  /// 1, 2 or 5 times a power of ten: at most about so many ticks over `length`.
  static func step(_ length: Double, ticks: Int) -> Double {
    guard length.isFinite, length > 0 else { return 1 }
    let least = length / Double(ticks)
    var power = 1.0
    while power > least { power /= 10 }
    while power * 10 <= least { power *= 10 }
    return power * ([1.0, 2, 5].first { power * $0 >= least * (1 - 1e-9) } ?? 10)
  }

  private func colour(_ tone: Tone) -> String { "lc rgb '\(tone.light)'" }

  private func rows(_ series: Chart.Series) -> [String] {
    series.points.enumerated().map { place, point in
      var row = point.map { "\($0)" }.joined(separator: " ")
      // In data, a text stands in double quotes and is taken as it is, up to the next one.
      if case .labels(let labels) = series.kind { row += " \"\(labels[place].printable.replacing("\"", with: "”"))\"" }
      return row
    }
  }

  private var settings: [String] {
    var lines = [
      "set border 3 \(colour(.muted)) linewidth 0.7",
      // Without the space that takes a minus' place: ticks stand in the middle.
      "set format '%h'",
      "set tics nomirror out scale 0.4 textcolor rgb '\(Tone.ink.light)'",
      "set grid xtics ytics back lt 1 linewidth 0.5 \(colour(.grid))",
      "set style fill solid 1 noborder",
      chart.series.contains { $0.title != nil } || chart.rules.contains { $0.title != nil }
        ? "set key outside above center horizontal Left reverse samplen 1.6 spacing 1.0 textcolor rgb '\(Tone.ink.light)'"
        : "set key off",
      "set xlabel \(Self.quoted(chart.x.title)) offset 0,0.4 textcolor rgb '\(Tone.muted.light)'",
      // The SVG leaves more room between a title and its ticks than it takes.
      "set ylabel \(Self.quoted(chart.y.title)) offset \(form == .vector ? 0.8 : 0.2),0 textcolor rgb "
        + "'\(Tone.muted.light)'",
    ]
    lines += settings(chart.x, isAcross: true) + settings(chart.y, isAcross: false)
    if chart.isSquare { lines.append("set size ratio -1") }
    if chart.series.contains(where: { if case .cells = $0.kind { true } else { false } }) {
      lines += ["unset grid", "set border 0"]
    }
    for rule in chart.rules {
      guard case .vertical(let x) = rule.course else { continue }
      lines.append("set arrow from \(x), graph 0 to \(x), graph 1 nohead back dashtype 3 \(colour(.ink))")
    }
    return lines
  }

  private func settings(_ axis: Chart.Axis, isAcross: Bool) -> [String] {
    let name = isAcross ? "x" : "y"
    let range = chart.range(isAcross: isAcross)
    var lines: [String] = []
    if let range {
      let (low, high) =
        axis.isReversed
        ? (range.upperBound, range.lowerBound) : (range.lowerBound, range.upperBound)
      lines.append("set \(name)range [\(low):\(high)]")
    } else if axis.isReversed {
      lines.append("set \(name)range [*:*] reverse")
    }
    if let ticks = axis.ticks {
      let places = ticks.map { "\(Self.quoted($0)) \($0.place)" }
      lines.append("set \(name)tics (\(places.joined(separator: ", ")))")
    } else if let range = range ?? (axis.isWhole ? chart.reach(isAcross: isAcross) : nil) {
      // Names on the other axis leave little room.
      let step = Self.step(range.upperBound - range.lowerBound, ticks: isAcross && chart.y.ticks != nil ? 4 : 7)
      lines.append("set \(name)tics \(axis.isWhole ? max(1, step) : step)")
    }
    return lines
  }

  private var plots: [String] {
    var plots = chart.series.enumerated().compactMap { place, series -> String? in
      series.points.isEmpty ? nil : "$series\(place) \(plot(series))"
    }
    for rule in chart.rules {
      let title = rule.title.map { "title \(Self.quoted($0))" } ?? "notitle"
      switch rule.course {
      // The line itself is an arrow; this is its entry in the key.
      case .vertical:
        if rule.title != nil { plots.append("NaN with lines dashtype 3 \(colour(.ink)) \(title)") }
      case .horizontal(let y): plots.append("\(y) with lines dashtype 3 \(colour(.ink)) \(title)")
      case .diagonal(let range):
        plots.append("[\(range.lowerBound):\(range.upperBound)] x with lines dashtype 3 \(colour(.ink)) \(title)")
      }
    }
    return plots
  }

  private func plot(_ series: Chart.Series) -> String {
    let colour = colour(series.tone)
    let style: String
    switch series.kind {
    case .line(let dash): style = "using 1:2 with lines linewidth 1.8 dashtype \(dash) \(colour)"
    case .markedLine(let shape, let dash):
      style = "using 1:2 with linespoints linewidth 1.5 dashtype \(dash) pt \(shape.rawValue) ps 0.6 \(colour)"
    case .points(let shape, let size): style = "using 1:2 with points pt \(shape.rawValue) ps \(size) \(colour)"
    case .bars(let width): style = "using 1:2:(\(width)) with boxes \(colour)"
    case .sidewaysBars(let height):
      style = "using (0):2:(0):1:($2-\(height / 2)):($2+\(height / 2)) with boxxyerror \(colour)"
    case .deviations: style = "using 1:($2-$3):(0):(2*$3) with vectors nohead linewidth 1.4 \(colour)"
    case .sidewaysDeviations: style = "using ($1-$3):2:(2*$3):(0) with vectors nohead linewidth 1.4 \(colour)"
    case .ranges(let width):
      style = "using 1:2:($1-\(width / 2)):($1+\(width / 2)):2:3 with boxxyerror \(colour)"
    case .sidewaysRanges(let height):
      style = "using 1:3:1:2:($3-\(height / 2)):($3+\(height / 2)) with boxxyerror \(colour)"
    case .cells(let strength):
      style =
        "using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5) with boxxyerror fillstyle transparent solid "
        + "\(strength) noborder \(colour)"
    case .labels: style = "using 1:2:3 with labels textcolor rgb '\(series.tone.light)'"
    }
    return style + (series.title.map { " title \(Self.quoted($0))" } ?? " notitle")
  }
}
