import Testing
import Training

@Suite struct `The learning rate` {
  /// By hand from the formula: w = 2, E = 6, from 1.0 to 0.2. The cosine's shares are 0, 1/4, 1/2, 3/4.
  @Test func `warms up, then falls along a cosine`() {
    let schedule = LearningRateSchedule(rate: 1, minimum: 0.2, warmupEpochs: 2, epochs: 6)
    let root = 0.707_106_781_186_547_5
    let expected = [0.5, 1, 1, 0.2 + 0.4 * (1 + root), 0.6, 0.2 + 0.4 * (1 - root)]
    for (epoch, rate) in expected.enumerated() {
      #expect(abs(schedule.rate(epoch: epoch) - rate) < 1e-12, "epoch \(epoch)")
    }
  }

  /// With the defaults: 1e-3 · 1/5, …, 1e-3 at epochs 4 and 5; at 5 + 95/2 = 52.5 it would be halfway.
  @Test func `of the defaults is the published one`() {
    let schedule = LearningRateSchedule(RunConfiguration().training)
    #expect(abs(schedule.rate(epoch: 0) - 2e-4) < 1e-18)
    #expect(schedule.rate(epoch: 4) == 1e-3 && schedule.rate(epoch: 5) == 1e-3)
    let middle = (schedule.rate(epoch: 52) + schedule.rate(epoch: 53)) / 2
    #expect(abs(middle - 0.000_500_5) < 1e-9)
    // The last epoch is one step before the cosine's end: 1 + cos(94π/95) = 5.467426591e-4.
    #expect(abs(schedule.rate(epoch: 99) - (1e-6 + 9.99e-4 * 5.467426591e-4 / 2)) < 1e-13)
  }

  @Test(arguments: [(5, 5), (3, 5), (1, 5), (1, 1)]) func `only warms up where there is no more time`(
    epochs: Int, warmup: Int
  ) {
    let schedule = LearningRateSchedule(rate: 1, minimum: 0.2, warmupEpochs: warmup, epochs: epochs)
    for epoch in 0..<epochs {
      #expect(schedule.rate(epoch: epoch) == Double(epoch + 1) / Double(warmup))
    }
  }

  @Test func `starts with the cosine where there is no warm-up`() {
    let schedule = LearningRateSchedule(rate: 1, minimum: 0, warmupEpochs: 0, epochs: 2)
    #expect(schedule.rate(epoch: 0) == 1)
    #expect(abs(schedule.rate(epoch: 1) - 0.5) < 1e-15)
  }

  @Test func `stays where it ended, beyond the last epoch`() {
    let schedule = LearningRateSchedule(rate: 1, minimum: 0.2, warmupEpochs: 1, epochs: 3)
    #expect(abs(schedule.rate(epoch: 3) - 0.2) < 1e-15 && schedule.rate(epoch: 9) == schedule.rate(epoch: 3))
    #expect(LearningRateSchedule(rate: 1, minimum: 0.2, warmupEpochs: 4, epochs: 2).rate(epoch: 7) == 1)
  }
}

@Suite struct `Early stopping` {
  /// Which of the epochs from `first` were the best so far.
  private static func improvements(
    _ stopping: inout EarlyStopping, from first: Int = 1, _ results: Double?...
  ) -> [Bool] {
    results.enumerated().map { stopping.record(epoch: first + $0, mae: $1) }
  }

  @Test func `counts epochs without a strictly lower MAE`() {
    var stopping = EarlyStopping(patience: 2)
    let first = Self.improvements(&stopping, 1.5, 1.5)
    #expect(first == [true, false] && stopping.epochsWithoutImprovement == 1 && !stopping.isExhausted)
    let third = Self.improvements(&stopping, from: 3, 1.25)
    #expect(third == [true] && stopping.epochsWithoutImprovement == 0)
    #expect(stopping.bestEpoch == 3 && stopping.bestMAE == 1.25)
    let rest = Self.improvements(&stopping, from: 4, 2, 1.25)
    #expect(rest == [false, false] && stopping.isExhausted && stopping.bestEpoch == 3)
  }

  @Test(arguments: [Double.nan, nil]) func `takes an undefined MAE for no improvement`(mae: Double?) {
    var stopping = EarlyStopping(patience: 3)
    let first = Self.improvements(&stopping, mae)
    #expect(first == [false] && stopping.epochsWithoutImprovement == 1)
    #expect(stopping.bestEpoch == nil && stopping.bestMAE == nil)
    let rest = Self.improvements(&stopping, from: 2, 3, mae)
    #expect(rest == [true, false] && stopping.bestEpoch == 2 && stopping.bestMAE == 3)
  }

  @Test func `goes on where it was stored`() {
    var whole = EarlyStopping(patience: 3)
    let results: [Double?] = [2, 1, 1.5, nil, 0.5, 0.5, 0.7, 0.6]
    for (index, mae) in results.enumerated() {
      let stored = EarlyStopping(
        patience: 3, bestEpoch: whole.bestEpoch, bestMAE: whole.bestMAE,
        epochsWithoutImprovement: whole.epochsWithoutImprovement)
      #expect(stored == whole)
      whole = stored
      _ = whole.record(epoch: index + 1, mae: mae)
    }
    #expect(whole.isExhausted && whole.bestEpoch == 5 && whole.bestMAE == 0.5)
  }
}

@Suite struct `A learning rate that falls at a plateau` {
  private static func rates(_ losses: [Double], patience: Int = 20, minimum: Double = 0) -> [Double] {
    var schedule = PlateauSchedule(rate: 1e-3, minimum: minimum, patience: patience, factor: 0.1)
    return losses.map { loss in
      schedule.record(loss: loss)
      return schedule.rate
    }
  }

  @Test func `falls after the 21st bad epoch, and counts anew`() {
    let rates = Self.rates([1] + Array(repeating: 1.0, count: 42))
    // The first is no bad one.
    #expect(rates[20] == 1e-3 && rates[21] == 1e-4 && rates[41] == 1e-4 && rates[42] == 1e-4 * 0.1)
  }

  @Test func `takes an epoch for better by a ten-thousandth only`() {
    #expect(Self.rates([1, 0.99990, 0.9999 * 0.9998], patience: 0) == [1e-3, 1e-4, 1e-4])
    #expect(Self.rates([1, 0.99989], patience: 0) == [1e-3, 1e-3])
    // The lowest is kept where an epoch is only a little better.
    #expect(Self.rates([1, 0.99995, 0.99985], patience: 1) == [1e-3, 1e-3, 1e-3])
  }

  @Test func `never falls below the minimum, and takes NaN for bad`() {
    #expect(Self.rates([.nan, 1, 2, .nan], patience: 0, minimum: 5e-5) == [1e-4, 1e-4, 5e-5, 5e-5])
    #expect(Self.rates([1, .infinity], patience: 0) == [1e-3, 1e-4])
  }

  @Test func `is what the configuration asks for`() throws {
    #expect(PlateauSchedule(RunConfiguration().training) == nil)
    let mult = try RunConfiguration.preset("mult").training
    #expect(PlateauSchedule(mult) == PlateauSchedule(rate: 1e-3, minimum: 0, patience: 20, factor: 0.1))
  }
}
