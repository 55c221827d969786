internal import PackedSequences
internal import Segments

/// Part k of n of a dataset, from 1: `3/16`.
package struct PartNumber: Sendable, Equatable, CustomStringConvertible {
  package let index: Int
  package let count: Int

  /// More parts than any published dataset has videos.
  private static let most = 1_000_000

  package init(parsing text: String) throws(ConversionError) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1], (1...Self.most).contains(count),
      (1...count).contains(index)
    else {
      throw .notANumber(
        option: "part", text: text, wanted: "which part of how many, as in 3/16, from 1/16 to 16/16")
    }
    self.index = index
    self.count = count
  }

  package var description: String { "\(index)/\(count)" }
}

extension SamplePlan {
  /// What one part takes: every video whose position in the sorted list of the videos that bear samples is k − 1 modulo
  /// n. What became no sample is the first part's, so that it is told once.
  func part(_ number: PartNumber) -> SamplePlan {
    let videos = Set(samples.map(\.video)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let mine = Set(videos.enumerated().filter { $0.offset % number.count == number.index - 1 }.map(\.element))
    var plan = self
    plan.samples = samples.filter { mine.contains($0.video) }
    if number.index != 1 {
      plan.withoutSplit = []
      plan.withoutLabel = []
      plan.unlabelled = []
    }
    return plan
  }
}
