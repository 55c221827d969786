internal import ComputationalSequences

extension SequenceCollection {
  /// Runs `body`; where it, or opening the files, found an entry that does not fit, looks for all of them first.
  ///
  /// - Throws: ``SequenceError/unfitEntries(_:)``, which names them all, unless they are to be left out: then `body` runs
  ///   (again) without them.
  func leavingOutUnfit<Result>(
    _ configuration: ConversionConfiguration, _ body: () throws -> Result
  ) throws -> Result {
    if unfit.isEmpty {
      do { return try body() } catch let error as SequenceError where error.isOfIntervals {}
    }
    try leaveOutUnfit()
    guard configuration.skipsUnfit || unfit.isEmpty else { throw SequenceError.unfitEntries(unfit) }
    return try body()
  }
}
