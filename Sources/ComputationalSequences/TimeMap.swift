/// How the times of a file become seconds.
package struct TimeMap: Sendable, Equatable {
  /// 1 for seconds, 1000 for milliseconds, 30 for frame numbers of 30 frames a second.
  package var unitsPerSecond = 1.0
  /// Seconds from the video's start to the time that the file calls 0.
  package var origin = 0.0

  package init() {}

  package var isIdentity: Bool { unitsPerSecond == 1 && origin == 0 }

  func seconds(_ time: Double) -> Double { time / unitsPerSecond + origin }
}

extension SequenceRoot {
  /// The same sequence with its times in seconds from the start of each video.
  ///
  /// - Parameter map: by the entry's id; nil leaves the entry out.
  package func mappingTimes(_ map: (_ id: String) -> TimeMap?) -> SequenceRoot {
    let entries = self.entries.compactMap { entry in
      map(entry.id).map { map in
        var intervals = entry.intervals
        intervals.times = map
        return Entry(id: entry.id, features: entry.features, intervals: intervals)
      }
    }
    return SequenceRoot(name: name, file: file, metadata: metadata, entries: entries, unfit: unfit)
  }
}
