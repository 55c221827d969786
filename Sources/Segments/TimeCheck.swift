package import ComputationalSequences
package import PackedSequences

/// Whether the times of a sequence go together with those of the labels, judged by some of their videos.
package struct TimeCheck: Sendable {
  /// How many times as late as a video's labels its rows end: the median over the videos.
  package private(set) var lateness: Double?
  /// The share of rows that lie in no segment.
  package private(set) var outside: Double?
  /// Of neighbouring entries `V[k]` of one video, how many overlap each other by more than half; and the first two.
  package private(set) var overlapping = 0
  package private(set) var neighbours = 0
  /// Entries `V[k]` that begin at 0 and are as long as segment k of V; and all.
  private var likeSegments = 0
  private var numberedEntries = 0
  package private(set) var example: (first: String, second: String)?

  private static let wantedVideos = 12
  /// Times this far from the labels' are of another unit.
  private static let plausible = 0.1...10.0

  /// - Parameters:
  ///   - segments: of the labels, in seconds, by the id of their sample.
  ///   - whole: entries that a sample takes whole, whatever their times.
  /// - Throws: ``SequenceError`` where intervals cannot be read or make no sense.
  package init(
    of root: SequenceRoot, in file: SequenceFile, segments numbered: [SampleID: (start: Double, end: Double)],
    except whole: Set<String> = []
  ) throws {
    let ofVideo = Dictionary(grouping: numbered, by: \.key.entry).mapValues { $0.map(\.value) }
    let named = root.entries.filter { $0.rows > 0 && !whole.contains($0.id) }
      .map { (id: SampleID(parsing: $0.id), entry: $0) }
    let byVideo = Dictionary(grouping: named.filter { ofVideo[$0.id.entry] != nil }, by: \.id.entry)
    let videos = byVideo.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let step = max(1, (videos.count + Self.wantedVideos - 1) / Self.wantedVideos)
    var ratios: [Double] = []
    var (rows, rowsOutside) = (0, 0)
    for video in stride(from: 0, to: videos.count, by: step).map({ videos[$0] }) {
      let segments = ofVideo[video] ?? []
      let entries = (byVideo[video] ?? []).sorted { $0.id < $1.id }
      var hulls: [(id: String, start: Double, end: Double)] = []
      for (id, entry) in entries {
        let intervals = try file.readIntervals(of: entry, in: root)
        guard let hull = intervals.hull else { continue }
        if id.segment != nil {
          hulls.append((entry.id, hull.start, hull.end))
          let length = hull.end - hull.start
          let isFromZero = abs(hull.start) <= 0.1 * length
          let isAsLong = numbered[id].map { abs($0.end - $0.start - length) <= 0.25 * length } ?? false
          if isFromZero && isAsLong { likeSegments += 1 }
        }
        let inside = OverlapSearch.rows(of: intervals, in: segments)
        var isInside = [Bool](repeating: false, count: intervals.count)
        for run in inside.joined() {
          for row in run.range { isInside[row] = true }
        }
        rows += intervals.count
        rowsOutside += isInside.count { !$0 }
        if let end = segments.map(\.end).max(), end > 0, entry.id == entries.last?.entry.id, hull.end > 0 {
          ratios.append(hull.end / end)
        }
      }
      numberedEntries += hulls.count
      for (first, second) in zip(hulls, hulls.dropFirst()) {
        neighbours += 1
        let shared = min(first.end, second.end) - max(first.start, second.start)
        guard shared > min(first.end - first.start, second.end - second.start) / 2 else { continue }
        overlapping += 1
        if example == nil { example = (first.id, second.id) }
      }
    }
    lateness = ratios.isEmpty ? nil : ratios.sorted()[ratios.count / 2]
    outside = rows == 0 ? nil : Double(rowsOutside) / Double(rows)
  }

  /// Whether times count from each entry's own start. One pair alone is no evidence.
  package var areRelative: Bool {
    neighbours > 1 && overlapping * 2 > neighbours && likeSegments * 2 > numberedEntries
  }

  /// Whether times are of another unit than seconds.
  package var haveOtherUnit: Bool { lateness.map { !Self.plausible.contains($0) } ?? false }

  /// Whether most rows lie in no segment.
  package var areMostlyOutside: Bool { outside.map { $0 > 0.75 } ?? false }
}
