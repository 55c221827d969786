package import PackedSequences

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

/// Rows of a strip and the frames that they become: one each, or all of them one where rows are combined.
package struct FrameRun: Sendable, Equatable {
  package var rows: RowRun
  /// The frame of the first row; of every row, where rows are combined.
  package var frame: Int

  package init(rows: RowRun, frame: Int) {
    self.rows = rows
    self.frame = frame
  }
}

/// The frames of one sample, made from the rows of its strip.
package struct SampleFrames: Sendable, Equatable {
  /// In frame order; by row where frames are averages to a rate.
  package var runs: [FrameRun] = []
  package var count = 0
  /// Start and end of each frame, seconds from the sample's start, `[count, 2]`.
  package var times: [Float] = []
  /// Rows left out because they were zero; frames cut off by the greatest length.
  package var zeroRows = 0
  package var cutFrames = 0
  /// Frames that no row became, in order.
  package var imputed: [Int] = []

  package init() {}
}
