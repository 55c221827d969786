/// What happens to the frames of one modality's samples, before their values are touched.
package struct FrameRules: Sendable, Equatable {
  package enum Keep: String, Sendable, CaseIterable { case first, last }

  /// Leave out frames whose selected values are all 0, or tokens that are `sp` or empty.
  package var dropsZeroFrames = false
  /// Frames a second to average to, or nil.
  package var rate: Double?
  /// The most frames that a sample keeps, or nil.
  package var maxFrames: Int?
  package var keep = Keep.first

  package init() {}
}

/// The frames of one sample, made from the rows of its strip.
package struct SampleFrames: Sendable, Equatable {
  /// Pairs of source row and frame: in frame order without resampling (each frame has one row), by row with it.
  package var sources: [(row: Int, frame: Int)] = []
  package var count = 0
  /// Start and end of each frame, seconds from the sample's start, `[count, 2]`.
  package var times: [Float] = []
  /// Rows left out because they were zero; frames cut off by the greatest length.
  package var zeroRows = 0
  package var cutFrames = 0

  package init() {}

  package static func == (left: Self, right: Self) -> Bool {
    left.sources.elementsEqual(right.sources) { $0 == $1 } && left.count == right.count && left.times == right.times
      && left.zeroRows == right.zeroRows && left.cutFrames == right.cutFrames
  }
}
