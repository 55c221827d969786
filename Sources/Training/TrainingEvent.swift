package import Evaluation

/// What happens while a model is trained, for whoever shows or records it.
package enum TrainingEvent: Sendable {
  /// Before the first step.
  case started(TrainingStart)
  /// After three steps.
  case timing(EpochForecast)
  case step(StepReport)
  case epoch(EpochReport)
}

package struct TrainingStart: Sendable {
  /// The folder.
  package let run: String
  package let kind: String
  package let order: [String]
  /// The label column that is trained.
  package let label: String
  /// How many label columns the dataset has.
  package let labelCount: Int
  /// Whether labels are rounded to whole numbers.
  package let roundsLabels: Bool
  /// By split.
  package let samples: [(split: String, count: Int)]
  package let parameters: Int
  /// By modality, in the model's order: frames of an epoch, those of zeros included.
  package let framesPerEpoch: [(modality: String, frames: Int)]
  /// Frames that every sample is filled up to with zeros, by modality; nil where masks count.
  package let fill: [(modality: String, frames: Int)]?
  package let stepsPerEpoch: Int
  package let epochs: Int
  package let threads: Int
  /// No more threads than these add up gradients.
  package let lanes: Int
  /// The instruction set of the kernels; see `Kernels.name`.
  package let kernels: String
  /// Where a run goes on whose checkpoint was made by kernels that round otherwise: which; see `Kernels.arithmetic`.
  package let formerArithmetic: String?
  /// Complete epochs, and steps of the next, where a run goes on; 0 and 0 else.
  package let resumedEpochs: Int
  package let resumedSteps: Int
}

package struct EpochForecast: Sendable {
  /// What an epoch is expected to take.
  package let seconds: Double
  /// The modality with the most frames, where an epoch takes longer than ten minutes.
  package let longestModality: String?
}

package struct StepReport: Sendable {
  /// From 1.
  package let epoch: Int
  package let epochs: Int
  /// From 1.
  package let step: Int
  package let steps: Int
  /// Of this step.
  package let loss: Double
  package let samplesPerSecond: Double
  /// Until the epoch ends.
  package let secondsLeft: Double
}

package struct EpochReport: Sendable {
  /// From 1.
  package let epoch: Int
  package let epochs: Int
  package let trainLoss: Double
  package let validLoss: Double
  package let train: Metrics
  package let valid: Metrics
  package let learningRate: Double
  package let trainSeconds: Double
  package let samplesPerSecond: Double
  /// Whether the valid MAE is lower than in every epoch before.
  package let isBest: Bool
  package let epochsWithoutImprovement: Int
}

/// How a training ended.
package enum TrainingOutcome: Sendable {
  case finished(TrainingResult)
  /// Stopped on request after some complete epochs and steps; `last.safetensors` holds the rest.
  case interrupted(epochs: Int, steps: Int)
}

package struct TrainingResult: Sendable {
  /// From 1.
  package let bestEpoch: Int
  /// Complete epochs.
  package let epochs: Int
  /// Whether patience ran out before the last epoch.
  package let stoppedEarly: Bool
  /// The best epoch's weights on each of these splits, beside predictors that see no frame.
  package let splits: [SplitResult]
}

package struct SplitResult: Sendable {
  package let split: String
  package let loss: Double
  package let metrics: Metrics
  package let majority: Metrics
  package let median: Metrics

  /// - Parameter baselines: of the train labels.
  init(split: String, loss: Double, predictions: [Float], labels: [Float], baselines: Baselines) {
    self.split = split
    self.loss = loss
    metrics = Metrics(predictions: predictions, labels: labels)
    majority = baselines.majorityMetrics(labels)
    median = baselines.medianMetrics(labels)
  }
}
