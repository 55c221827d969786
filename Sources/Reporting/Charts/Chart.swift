/// What a drawing shows: axes with units, and series of numbers. Nothing of how gnuplot spells it.
struct Chart: Sendable, Equatable {
  struct Tick: Sendable, Equatable {
    /// Its title, a line each.
    let lines: [String]
    let place: Double

    init(_ lines: [String], place: Double) {
      self.lines = lines
      self.place = place
    }

    init(title: String, place: Double) { self.init([title], place: place) }
  }

  struct Axis: Sendable, Equatable {
    /// What it measures, and its unit.
    var title: String
    /// Nil: what the numbers need. Where bars lie along the axis, 0 is always in it.
    var range: ClosedRange<Double>?
    /// Instead of numbers.
    var ticks: [Tick]?
    /// Whether only whole numbers get ticks.
    var isWhole = false
    /// From the greatest down.
    var isReversed = false

    init(
      _ title: String, _ range: ClosedRange<Double>? = nil, ticks: [Tick]? = nil, isReversed: Bool = false,
      isWhole: Bool = false
    ) {
      self.title = title
      self.range = range
      self.ticks = ticks
      self.isReversed = isReversed
      self.isWhole = isWhole
    }
  }

  enum Shape: Int, Sendable, Equatable {
    case disc = 7
    case circle = 6
    case triangle = 9
    case square = 4
    case diamond = 13
    case cross = 2

    static let series: [Shape] = [.disc, .triangle, .square, .diamond, .cross, .circle]
  }

  enum Kind: Sendable, Equatable {
    /// Points [x, y] joined; `dash` from 1 tells lines apart without colour.
    case line(dash: Int)
    /// The same, with a mark on each point.
    case markedLine(Shape, dash: Int)
    /// Points [x, y].
    case points(Shape, size: Double)
    /// Bars [x, height] from 0, so wide.
    case bars(width: Double)
    /// Bars [length, y] from 0, so high.
    case sidewaysBars(height: Double)
    /// [x, y, deviation].
    case deviations
    /// [x, y, deviation] along x.
    case sidewaysDeviations
    /// Bars [low, high, y] along x, so high.
    case sidewaysRanges(height: Double)
    /// Bars [x, low, high], so wide.
    case ranges(width: Double)
    /// Cells [x, y] of side 1, so strong from 0 to 1.
    case cells(strength: Double)
    /// Text at [x, y].
    case labels([String])
  }

  struct Series: Sendable, Equatable {
    /// In the key; nil: not there.
    var title: String?
    var kind: Kind
    var tone: Tone
    /// As many numbers a point as the kind says.
    var points: [[Double]]

    init(_ title: String?, _ kind: Kind, _ tone: Tone, _ points: [[Double]]) {
      self.title = title
      self.kind = kind
      self.tone = tone
      self.points = points.filter { $0.allSatisfy(\.isFinite) }
    }
  }

  /// A straight line across the whole drawing.
  struct Rule: Sendable, Equatable {
    enum Course: Sendable, Equatable {
      case vertical(Double)
      case horizontal(Double)
      /// Where both axes have the same value.
      case diagonal(ClosedRange<Double>)
    }

    let course: Course
    let title: String?
  }

  var x: Axis
  var y: Axis
  var series: [Series]
  var rules: [Rule] = []
  /// In the drawing's own units, which are about a screen's pixels.
  var height = 270
  /// Whether a unit is as long on both axes.
  var isSquare = false

  static let width = 360

  init(x: Axis, y: Axis, _ series: [Series], rules: [Rule] = [], height: Int = 270, isSquare: Bool = false) {
    self.x = x
    self.y = y
    self.series = series
    self.rules = rules
    self.height = height
    self.isSquare = isSquare
  }

  /// Whether there is anything to draw.
  var isEmpty: Bool { series.allSatisfy(\.points.isEmpty) }
}
