package import Batches
package import FusionModels
package import JSONValues
package import Shards

/// What a model consists of and what one forward pass over a split costs, by module: for the sequences as they are, and for
/// the same sequences padded to the longest.
package struct ModelProfile: Sendable {
  package struct Module: Sendable, Equatable {
    package let name: String
    package let parameters: Int
    /// Floating-point operations of matrix products, attention's included, over all samples; a multiplication and an
    /// addition are two.
    package fileprivate(set) var operations: Int
    /// The same were every sample padded to the longest of its modality in the split.
    package let paddedOperations: Int
  }

  package let split: String
  package let samples: Int
  package let modules: [Module]

  /// - Complexity: O(samples × modules); looks at offsets and masks, at no values.
  package init(_ model: any FusionModel, _ source: BatchSource) {
    split = source.split.name
    samples = source.sampleCount
    let longest = source.frameStatistics().map { max(1, $0.longest) }
    var modules = model.costs(lengths: longest).map {
      Module(
        name: $0.module, parameters: $0.parameters, operations: 0,
        paddedOperations: $0.operations * source.sampleCount)
    }
    let order = EpochOrder(count: source.sampleCount, seed: 0, epoch: 0, isShuffled: false)
    var batch = source.makeBatch(capacity: 1)
    for sample in 0..<source.sampleCount {
      source.fill(&batch, from: order, index: sample, size: 1)
      // A sample without a valid frame enters as one of zeros.
      let lengths = longest.indices.map {
        batch.filledCount(sample: 0, modality: $0) ?? max(1, batch.frames(sample: 0, modality: $0).validCount)
      }
      for (index, operations) in model.operations(lengths: lengths).enumerated() {
        modules[index].operations += operations
      }
    }
    self.modules = modules
  }

  package var parameters: Int { modules.reduce(0) { $0 + $1.parameters } }
  package var operations: Int { modules.reduce(0) { $0 + $1.operations } }
  package var paddedOperations: Int { modules.reduce(0) { $0 + $1.paddedOperations } }

  /// `flops` are means a sample.
  package var json: JSONValue {
    func mean(_ operations: Int) -> JSONValue { JSONValue(Double(operations) / Double(max(samples, 1))) }
    return [
      "parameters": JSONValue(parameters), "split": .string(split), "samples": JSONValue(samples),
      "flops": mean(operations), "flops_padded": mean(paddedOperations),
      "modules": .array(
        modules.map {
          [
            "module": .string($0.name), "parameters": JSONValue($0.parameters), "flops": mean($0.operations),
            "flops_padded": mean($0.paddedOperations),
          ]
        }),
    ]
  }
}

extension ModelProfile {
  /// Of the configuration's model on a split of a dataset.
  package init(_ configuration: RunConfiguration, _ dataset: Dataset, split: String) throws {
    let order = try configuration.order(on: dataset)
    let source = try BatchSource(
      dataset, split: split, modalities: order, label: .none, fill: configuration.fill(order: order, on: dataset))
    self.init(configuration.model(sources: [source]), source)
  }
}
