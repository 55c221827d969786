internal import ComputationalSequences

/// A strip of the main pass that a journal knows of: restored where it was done before, else done and noted.
struct JournaledTask: Sendable {
  let task: StripTask
  /// Among the modality's strips.
  let number: Int
  let journal: ModalityJournal?

  /// As ``StripTask/run(_:file:)``.
  func run(_ worker: inout Worker, file: SequenceFile?) throws -> StripValues? {
    guard let journal else { return try task.run(&worker, file: file) }
    let finisher = task.sink.destination.finisher
    if let restored = try journal.restored(strip: number, sink: task.sink, &worker.source) {
      finisher?.clipped.add(restored.clipped)
      return restored.values
    }
    var task = task
    let log = WriteLog()
    let clipped = ValueCounter(within: finisher?.clipped)
    task.sink.log = log
    if let finisher { task.sink.destination = .shards(finisher.counting(in: clipped)) }
    let values = try task.run(&worker, file: file)
    try journal.append(strip: number, values, clipped: clipped.total, log)
    return values
  }
}
