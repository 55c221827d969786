internal import PackedSequences
public import Shards

/// One split of a dataset, as training takes it: some modalities in a model's order, and one label a sample.
///
/// ```swift
/// let train = try BatchSource(dataset, split: "train", modalities: ["text", "audio"])
/// try train.checkLabels()
/// let order = EpochOrder(count: train.sampleCount, seed: 0, epoch: 0)
/// var batch = train.makeBatch(capacity: 32)
/// for index in 0..<train.batchCount(size: 32) {
///   train.fill(&batch, from: order, index: index, size: 32)
/// }
/// ```
///
/// Frames are never copied, and never read before someone looks at them, except ahead: see ``ReadAhead``.
public final class BatchSource: Sendable {
  /// Which column of the labels a sample's label is.
  public enum Label: Sendable, Equatable {
    /// `sentiment`, whatever its case, where there is such a column, else the first.
    case standard
    case column(String)
    /// No label is wanted, nor need there be any.
    case none
  }

  /// The dataset's folder.
  public let path: String
  public let split: DatasetSplit
  /// In the order in which they were asked for.
  public let modalities: [BatchModality]
  /// The name of the label column; nil where no label is wanted.
  public let labelName: String?
  /// Whether labels are rounded, half to even.
  public let roundsLabels: Bool
  /// By modality, how many frames every sample is to be filled up to with zeros, all frames counting as valid; nil: none
  /// is filled up, and masks count. The batches' frames are those that are stored either way; whoever computes fills up.
  public let fill: [Int]?
  private let labelColumn: Int?
  private let reader: AheadReader?

  /// - Parameters:
  ///   - modalities: names of modalities with numbers, in the model's order.
  ///   - label: which column of the labels to take.
  ///   - roundsLabels: whether each label is replaced by the nearest whole number, of two the even one.
  ///   - fill: see ``fill``; as many as there are modalities.
  ///   - readAhead: what is done so that the frames of the next batches are in memory in time.
  /// - Throws: ``BatchError`` where the split is missing or empty, a modality is missing, holds tokens or is named
  ///   twice, or the label is missing.
  public init(
    _ dataset: Dataset, split name: String, modalities names: [String], label: Label = .standard,
    roundsLabels: Bool = false, fill: [Int]? = nil, readAhead: ReadAhead = .automatic
  ) throws(BatchError) {
    guard let split = dataset.split(named: name) else {
      throw .unknownSplit(path: dataset.path, name: name, splits: dataset.splits.map(\.name))
    }
    guard split.sampleCount > 0 else { throw .emptySplit(path: dataset.path, name: name) }
    modalities = try BatchModality.find(names, in: dataset)
    labelColumn = try label.find(in: dataset)
    labelName = labelColumn.map { dataset.schema.labels[$0] }
    path = dataset.path
    self.split = split
    self.roundsLabels = roundsLabels
    precondition(fill?.count ?? names.count == names.count, "\(names.count) modalities are filled up")
    self.fill = fill
    reader = AheadReader(readAhead, dataset: dataset, split: split, modalities: modalities.map(\.index))
  }

  /// At least 1.
  public var sampleCount: Int { split.sampleCount }

  /// The name of a sample, such as `03bSnISJMiM[4]`.
  public func id(_ sample: Int) -> String {
    let (shard, place) = split.locate(sample)
    return shard.id(place)
  }

  /// How many batches an epoch has; the last may be smaller than the others, and counts.
  public func batchCount(size: Int) -> Int {
    precondition(size >= 1, "batches of \(size)")
    return (sampleCount + size - 1) / size
  }
}

// MARK: Labels

extension BatchSource {
  /// A sample's label, rounded where ``roundsLabels``.
  ///
  /// - Precondition: labels are wanted.
  public func label(_ sample: Int) -> Float {
    guard let labelColumn else { preconditionFailure("a source without labels was asked for one") }
    let (shard, place) = split.locate(sample)
    let label = shard.labels(place)[labelColumn]
    return roundsLabels ? label.rounded(.toNearestOrEven) : label
  }

  /// All labels, in the split's order.
  ///
  /// - Precondition: labels are wanted.
  public func labels() -> [Float] { (0..<sampleCount).map { label($0) } }

  /// Looks at every label.
  ///
  /// - Throws: ``BatchError/labelNotFinite(path:split:sample:column:value:)`` with the first one that is NaN or infinite.
  public func checkLabels() throws(BatchError) {
    guard let labelName else { return }
    for sample in 0..<sampleCount where !label(sample).isFinite {
      throw .labelNotFinite(
        path: path, split: split.name, sample: id(sample), column: labelName, value: label(sample).description)
    }
  }
}

extension BatchSource.Label {
  /// The place of the column; nil where none is wanted.
  fileprivate func find(in dataset: Dataset) throws(BatchError) -> Int? {
    let columns = dataset.schema.labels
    guard self != .none else { return nil }
    guard !columns.isEmpty else { throw .noLabels(path: dataset.path) }
    func column(_ name: String) -> Int? {
      columns.firstIndex(of: name) ?? columns.firstIndex { $0.lowercased() == name.lowercased() }
    }
    guard case .column(let name) = self else { return column("sentiment") ?? 0 }
    guard let column = column(name) else {
      throw .unknownLabel(path: dataset.path, name: name, columns: columns)
    }
    return column
  }
}

// MARK: Filling

extension BatchSource {
  /// A batch without samples, to be filled again and again.
  ///
  /// - Parameter capacity: how many samples it can hold without allocating.
  public func makeBatch(capacity: Int) -> Batch {
    Batch(shards: split.shards, modalities: modalities, isLabelled: labelColumn != nil, fill: fill, capacity: capacity)
  }

  /// Puts a batch of an epoch into `batch`, in place of what it held, and begins to read those that follow.
  ///
  /// - Parameters:
  ///   - batch: one that this source made.
  ///   - order: over as many samples as the source has.
  ///   - index: `0 ..< batchCount(size: size)`.
  ///   - size: samples a batch, at least 1; the last batch has what is left.
  /// - Complexity: O(size × modalities); nothing is allocated within the batch's capacity.
  public func fill(_ batch: inout Batch, from order: EpochOrder, index: Int, size: Int) {
    precondition(order.count == sampleCount, "an order of \(order.count) samples for \(sampleCount)")
    let request = BatchRequest(order: order, index: index, size: size)
    batch.removeAll()
    for position in request.positions {
      let sample = order[position]
      let (shard, place) = split.place(of: sample)
      batch.append(sample, shard: shard, place: place, label: labelColumn == nil ? 0 : label(sample))
    }
    reader?.readAhead(of: request)
  }

  /// Waits until what is being read ahead is in memory.
  func waitForReading() { reader?.wait() }
}
