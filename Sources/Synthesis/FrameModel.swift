#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// How the frames of audio or vision come about: the part of the sentiment along one direction, three slow walks along
/// others, an offset, and noise of every frame's own.
struct FrameModel {
  struct Shape {
    /// Frames a second.
    let rate: Double
    let dimension: Int
    /// Values are multiples of it, as those of most extractors compress.
    let quantum: Double
    /// Deviation of the noise on each value.
    let noise: Double
    /// How much a unit of sentiment moves a value, on average.
    let gain: Double
    /// Seconds that a walk takes to forget where it was.
    let memory: Double
    /// The chance that a frame has one value of −infinity, as log energies of silence are.
    let infinite: Double
  }

  /// `[n, d]` values and the start of each frame in seconds.
  struct Frames {
    var values: [Float]
    let starts: [Double]
  }

  let shape: Shape
  private let seed: UInt64
  private let stream: Draws.Stream
  private let part: Part
  /// `[4, d]`: a row for the sentiment, three for the walks.
  private let mixing: [Double]
  private let offset: [Double]

  static func audio(seed: UInt64, _ shape: Shape) -> FrameModel {
    FrameModel(seed: seed, shape, part: .audio, model: .audioModel, stream: .audio)
  }

  static func vision(seed: UInt64, _ shape: Shape) -> FrameModel {
    FrameModel(seed: seed, shape, part: .vision, model: .visionModel, stream: .vision)
  }

  private init(seed: UInt64, _ shape: Shape, part: Part, model: Draws.Stream, stream: Draws.Stream) {
    (self.seed, self.shape, self.part, self.stream) = (seed, shape, part, stream)
    var draws = Draws(seed: seed, model)
    mixing = draws.normals(shape.dimension, deviation: shape.gain) + draws.normals(3 * shape.dimension, deviation: 0.3)
    offset = draws.normals(shape.dimension, deviation: 1)
  }

  /// The frames of a whole video.
  func frames(of play: Screenplay, video: Int) -> Frames {
    let dimension = shape.dimension
    let count = Int(play.duration * shape.rate)
    let starts = (0..<count).map { Double($0) / shape.rate }
    var draws = Draws(seed: seed, stream, video: video)
    var reader = PartReader(play, part)
    let keep = exp(-1 / (shape.rate * shape.memory))
    let step = (1 - keep * keep).squareRoot()
    var walks = (draws.normal(), draws.normal(), draws.normal())
    var values = [Float](repeating: 0, count: count * dimension)
    for row in 0..<count {
      let sentiment = reader.part(at: starts[row] + 0.5 / shape.rate) ?? 0
      walks.0 = keep * walks.0 + step * draws.normal()
      walks.1 = keep * walks.1 + step * draws.normal()
      walks.2 = keep * walks.2 + step * draws.normal()
      for column in 0..<dimension {
        var value = offset[column] + sentiment * mixing[column] + shape.noise * draws.normal()
        value += walks.0 * mixing[dimension + column] + walks.1 * mixing[2 * dimension + column]
        value += walks.2 * mixing[3 * dimension + column]
        values[row * dimension + column] = Float((value / shape.quantum).rounded() * shape.quantum)
      }
      if shape.infinite > 0 && draws.uniform() < shape.infinite {
        values[row * dimension + draws.integer(below: dimension)] = -.infinity
      }
    }
    return Frames(values: values, starts: starts)
  }
}
