internal import Files
internal import PackedSequences

/// What was said in each segment.
struct Transcripts {
  /// A transcript that is known by its time.
  struct Timed {
    /// Seconds.
    let start: Double
    let end: Double
    let text: String
  }

  /// How far a transcript's times may lie from its segment's, in seconds: they were written with few digits.
  static let tolerance = 0.01

  private let byRow: [SampleID: String]
  /// By video.
  private let byTime: [String: [Timed]]

  /// - Parameter path: a CSV file, or a folder of the raw dataset's transcripts.
  init(contentsOf path: String) throws(InspectionError) {
    let isFolder: Bool
    do { isFolder = try FileStatus.of(path)?.isFolder ?? false } catch {
      throw .transcriptsUnreadable(path: path, reason: error.description)
    }
    if isFolder {
      try self.init(folder: path)
    } else {
      try self.init(csv: path)
    }
  }

  init(byRow: [SampleID: String] = [:], byTime: [String: [Timed]] = [:]) {
    (self.byRow, self.byTime) = (byRow, byTime)
  }

  /// The transcript of a segment.
  ///
  /// - Parameters:
  ///   - id: the video, and the row of the labels.
  ///   - start: of the segment, in seconds, as its end.
  func text(_ id: SampleID, start: Double, end: Double) -> String? {
    if let text = byRow[id] { return text }
    func distance(_ timed: Timed) -> Double { max(abs(timed.start - start), abs(timed.end - end)) }
    guard let nearest = byTime[id.entry]?.min(by: { distance($0) < distance($1) }) else { return nil }
    return distance(nearest) <= Self.tolerance ? nearest.text : nil
  }
}
