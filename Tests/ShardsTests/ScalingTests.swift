import TestDatasets
import Testing

@testable import Shards

/// Four dimensions: ordinary, constant, without a finite value, and of the widest spread.
struct ScalingTests {
  static let statistics = Manifest.Statistics(
    count: [4, 4, 0, 2], mean: [2, 7, 0, 0], std: [0.5, 0, 0, 3e38], min: [1, 7, nil, -3e38], max: [5, 7, nil, 3e38],
    nan: [0, 0, 4, 0], posinf: [0, 0, 0, 1], neginf: [0, 0, 0, 1])

  @Test func `z-scores take the mean away and divide by the deviation`() {
    let scaling = Scaling(.zscore, Self.statistics)
    #expect(scaling.shift == [2, 7, 0, 0])
    #expect(scaling.scale == [0.5, 1, 1, 3e38])
  }

  @Test func `minmax takes the least value to 0 and the greatest to 1`() {
    let scaling = Scaling(.minmax, Self.statistics)
    #expect(scaling.shift == [1, 7, 0, -3e38])
    #expect(scaling.scale == [4, 1, 1, 6e38])
    #expect(scaling.normalized(1, dimension: 0) == 0)
    #expect(scaling.normalized(5, dimension: 0) == 1)
  }

  @Test func `robust takes the median away and divides by the interquartile range`() {
    var statistics = Self.statistics
    statistics.quartiles = .init(q1: [1.5, 7, nil, -4], median: [2, 7, nil, 1], q3: [4, 7, nil, -4])
    let scaling = Scaling(.robust, statistics)
    #expect(scaling.shift == [2, 7, 0, 1])
    #expect(scaling.scale == [2.5, 1, 1, 1])
  }

  @Test func `none leaves values alone`() {
    #expect(Scaling(.none, Self.statistics).shift == [0, 0, 0, 0])
    #expect(Scaling(.none, Self.statistics).scale == [1, 1, 1, 1])
  }

  @Test func `a deviation of 0 between different values does not divide`() {
    var statistics = Self.statistics
    statistics.std[0] = 0
    #expect(Scaling(.zscore, statistics).scale[0] == 1)
  }

  @Test func `tokens have no scaling`() {
    #expect(RaggedDataset.modality(ModalitySchema(name: "words", content: .tokens)).scaling == nil)
  }
}
