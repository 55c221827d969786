internal import Batches

extension ModelComputation {
  /// What a model says of a whole split.
  struct Predictions {
    /// By sample, in the split's order.
    var values: [Float] = []
    /// The mean over the samples, of the main and the auxiliary prediction together; 0 without labels.
    var loss = 0.0
  }

  func predict(_ source: BatchSource, batchSize: Int) throws -> Predictions {
    let order = EpochOrder(count: source.sampleCount, seed: 0, epoch: 0, isShuffled: false)
    var batch = source.makeBatch(capacity: batchSize)
    var predictions = Predictions()
    for index in 0..<source.batchCount(size: batchSize) {
      source.fill(&batch, from: order, index: index, size: batchSize)
      let result = try evaluate(batch)
      predictions.values += result.predictions
      predictions.loss += result.loss * Double(batch.count) / Double(source.sampleCount)
    }
    return predictions
  }
}
