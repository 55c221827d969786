extension SamplePlan {
  /// What folds from a file list that is not there.
  package var foldNotes: [String] {
    guard let folds, case .file = folds.choice, let listed = folds.folds else { return [] }
    let (videos, ids) = (Set(samples.map(\.video)), Set(samples.map(\.id)))
    let absentVideos = listed.splits.keys.count { !videos.contains($0) }
    let absentSegments = listed.segments.keys.count { !ids.contains($0) }
    var notes: [String] = []
    if absentVideos > 0 {
      notes.append("\(absentVideos) of the \(listed.splits.count) videos in the folds are not in the data")
    }
    if absentSegments > 0 {
      notes.append("\(absentSegments) of the \(listed.segments.count) segments in the folds are not in the data")
    }
    return notes
  }

  /// What cannot be done with splits that hold nothing.
  package var emptySplitWarnings: [String] {
    guard folds?.folds != nil else { return [] }
    let purposes = [
      ("valid", "training cannot stop early or choose its best epoch"), ("test", "training has no test results"),
    ]
    return purposes.compactMap { split, consequence in
      samples.contains { $0.split == split }
        ? nil : "no sample is in the \(split) split: \(consequence), and grf-train refuses"
    }
  }
}
