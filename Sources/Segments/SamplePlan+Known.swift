package import PackedSequences

extension SamplePlan {
  /// A sample that a dataset has already.
  package struct KnownSample: Sendable {
    package let id: SampleID
    /// Seconds.
    package let interval: (start: Double, end: Double)
    package let split: String
    /// See ``Sample/entry``.
    package let entry: SampleID?

    package init(id: SampleID, interval: (start: Double, end: Double), split: String, entry: SampleID?) {
      self.id = id
      self.interval = interval
      self.split = split
      self.entry = entry
    }
  }

  /// The plan for more sequences of samples that a dataset has already; labels stay with the dataset.
  ///
  /// - Parameters:
  ///   - samples: split after split, in order.
  ///   - isLabelled: whether they are segments of labels, not whole entries.
  ///   - names: how the entries of the sequences are read.
  package init(splits: [String], samples: [KnownSample], isLabelled: Bool, names: SampleNames) {
    self.init(
      splits: splits,
      samples: samples.map { sample in
        Sample(
          id: sample.id, video: sample.id.video, start: sample.interval.start, end: sample.interval.end, labels: [],
          split: sample.split, entry: sample.entry)
      }, withoutSplit: [], unlabelled: [], labelNames: [], folds: nil, isLabelled: isLabelled, names: names)
  }
}
