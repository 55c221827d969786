#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What happens in a video: its labelled segments, in order and apart from each other.
struct Screenplay {
  struct Segment {
    /// Seconds.
    var start, end: Double
    /// What text, audio and vision show of the sentiment, each in −1.5...1.5.
    let parts: [Double]
    /// Their sum and a little noise, in −3...3, a multiple of 0.2 as the mean of five annotators is.
    let label: Double
  }

  private(set) var segments: [Segment] = []
  /// Seconds; the last segment ends before.
  private(set) var duration: Double

  /// The lengths and gaps that segments have, in seconds.
  struct Pace {
    let lead: ClosedRange<Double>
    /// Log-normal around `median`, cut to `lengths`.
    let median, spread: Double
    let lengths: ClosedRange<Double>
    let gapChance, meanGap: Double
    let tail: Double
  }

  init(seed: UInt64, video: Int, segments count: Int, pace: Pace) {
    var draws = Draws(seed: seed, .screenplay, video: video)
    var time = draws.uniform(pace.lead)
    for _ in 0..<count {
      let length = pace.median * exp(pace.spread * draws.normal())
      let end = time + min(max(length, pace.lengths.lowerBound), pace.lengths.upperBound)
      let parts = (0..<3).map { _ in draws.uniform(-1.5...1.5) }
      let sentiment = parts.reduce(0, +) + 0.1 * draws.normal()
      let label = min(max((sentiment * 5).rounded() / 5, -3), 3)
      segments.append(Segment(start: time, end: end, parts: parts, label: label))
      time = end
      if draws.uniform() < pace.gapChance { time += draws.exponential(mean: pace.meanGap) }
    }
    duration = (segments.last?.end ?? time) + pace.tail
  }

  /// Stretches all times by one factor.
  mutating func stretch(by factor: Double) {
    duration *= factor
    for index in segments.indices {
      segments[index].start *= factor
      segments[index].end *= factor
    }
  }
}

/// The parts of a sentiment, by who shows them.
enum Part: Int { case text, audio, vision }

/// Says which part is to be seen at a time; the times asked for never decrease.
struct PartReader {
  private let segments: [Screenplay.Segment]
  private let part: Part
  private var index = 0

  init(_ play: Screenplay, _ part: Part) {
    segments = play.segments
    self.part = part
  }

  /// The part of the segment at `time`, nil between segments.
  mutating func part(at time: Double) -> Double? {
    while index < segments.count && segments[index].end <= time { index += 1 }
    return index < segments.count && segments[index].start <= time ? segments[index].parts[part.rawValue] : nil
  }
}
