package import PackedSequences

extension SamplePlan {
  /// A sample that a dataset has already.
  package struct KnownSample: Sendable {
    package let id: SampleID
    /// Seconds.
    package let interval: (start: Double, end: Double)
    package let split: String
    /// See ``Sample/isEntry``.
    package let isEntry: Bool
    package let video: String

    /// - Parameter video: nil to take it from the id: the entry without its `[k]`.
    package init(
      id: SampleID, interval: (start: Double, end: Double), split: String, isEntry: Bool, video: String? = nil
    ) {
      self.id = id
      self.interval = interval
      self.split = split
      self.isEntry = isEntry
      self.video = video ?? (isEntry ? id.entry : SampleID(parsing: id.entry).entry)
    }
  }

  /// The plan for more sequences of samples that a dataset has already; labels stay with the dataset.
  ///
  /// - Parameters:
  ///   - samples: split after split, in order.
  ///   - isLabelled: whether they are segments of labels, not whole entries.
  package init(splits: [String], samples: [KnownSample], isLabelled: Bool) {
    self.init(
      splits: splits,
      samples: samples.map { sample in
        Sample(
          id: sample.id, video: sample.video, start: sample.interval.start, end: sample.interval.end, labels: [],
          split: sample.split, isEntry: sample.isEntry)
      }, withoutSplit: [], unlabelled: [], labelNames: [], folds: .none, foldsByVideo: nil, isLabelled: isLabelled)
  }
}
