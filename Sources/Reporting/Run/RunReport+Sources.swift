package import Shards

extension RunReport {
  /// Where further material comes from.
  package struct Sources {
    /// Opens the dataset at a path.
    package var dataset: (_ path: String) throws -> Dataset
    /// The path of a run's embedding; nil where there is none, and why.
    package var embedding: (_ run: String, _ dataset: Dataset?) throws -> String?
    /// Asked again and again; where it says yes, nothing more is drawn.
    package var isStopRequested: () -> Bool

    package init(
      dataset: @escaping (_ path: String) throws -> Dataset,
      embedding: @escaping (_ run: String, _ dataset: Dataset?) throws -> String?,
      isStopRequested: @escaping () -> Bool = { false }
    ) {
      self.dataset = dataset
      self.embedding = embedding
      self.isStopRequested = isStopRequested
    }
  }
}
