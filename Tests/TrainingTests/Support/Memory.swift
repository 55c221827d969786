import Autodiff
import Batches
import FusionModels

@testable import Training

/// What training keeps in memory.
enum Memory {
  /// The bytes that a thread keeps after each of some epochs in the same order.
  static func afterEpochs(_ epochs: Int, of plan: TrainingPlan) throws -> [Int] {
    let size = plan.configuration.training.batchSize
    let weights = plan.model.initializer.draw(plan.model.layout, seed: 0)
    let gradients = FloatBuffer(count: weights.count)
    var worker = GroupWorker()
    var batch = plan.train.makeBatch(capacity: size)
    return (0..<epochs).map { epoch in
      let order = EpochOrder(count: plan.train.sampleCount, seed: 0, epoch: epoch, isShuffled: false)
      for index in 0..<plan.train.batchCount(size: size) {
        plan.train.fill(&batch, from: order, index: index, size: size)
        _ = worker.run(
          Group(
            batch: batch, samples: 0..<batch.count, model: plan.model, weights: weights, gradients: gradients,
            dropout: (0, epoch), lossWeight: 1 / Float(batch.count)))
      }
      return worker.capacity
    }
  }
}
