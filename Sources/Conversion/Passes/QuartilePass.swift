internal import Preprocessing
internal import Shards
internal import Synchronization
internal import Workers

/// Between the main pass and the second one: the quartiles of a modality, from its frames in scratch.
enum QuartilePass {
  /// Bytes of frames that are looked at together: they stay in a cache while every column is counted.
  private static let pieceBytes = 1 << 19
  /// Columns a job: what it counts in stays under 8 MiB.
  private static let greatestColumns = 64

  /// Over the valid frames and their finite values.
  ///
  /// Columns are shared out to the workers, each of which reads all frames some times.
  ///
  /// - Parameter frames: those of the fitted split.
  /// - Complexity: O(frames · dimension); memory by the columns in work, not by frames.
  static func quartiles(
    of modality: ModalityPlan, frames: Range<Int>, scratch: Scratch, pool: WorkerPool<Worker>
  ) throws -> Manifest.Quartiles {
    let width = modality.selection.count
    let found = Mutex([Quartiles?](repeating: nil, count: width))
    let jobs = max(2, (width + greatestColumns - 1) / greatestColumns)
    for job in 0..<min(jobs, width) {
      let columns = width * job / min(jobs, width)..<width * (job + 1) / min(jobs, width)
      let bytes = QuartileSelection<Float>.bytesPerColumn * columns.count + 4 * pieceBytes
      try pool.submit(cost: bytes) { worker in
        defer { worker.trim() }
        // Combined rows are Doubles in scratch, as they are when moments are gathered.
        let quartiles =
          modality.settings.combinesRows
          ? try select(Double.self, columns, width: width, frames, scratch, &worker)
          : try select(Float.self, columns, width: width, frames, scratch, &worker)
        found.withLock { $0.replaceSubrange(columns, with: quartiles) }
      }
    }
    try pool.wait()
    let quartiles = found.withLock { $0 }
    return Manifest.Quartiles(
      q1: quartiles.map { $0?.q1 }, median: quartiles.map { $0?.median }, q3: quartiles.map { $0?.q3 })
  }

  private static func select<Element: RankedElement>(
    _ element: Element.Type, _ columns: Range<Int>, width: Int, _ frames: Range<Int>, _ scratch: Scratch,
    _ worker: inout Worker
  ) throws -> [Quartiles?] {
    let frameBytes = width * MemoryLayout<Element>.size
    let step = max(1, pieceBytes / frameBytes)
    var selection = QuartileSelection(of: element, columns: columns)
    while selection.beginPass() {
      for start in stride(from: frames.lowerBound, to: frames.upperBound, by: step) {
        let count = min(step, frames.upperBound - start)
        let valid = try scratch.readValid(start..<start + count, buffer: &worker.target)
        try scratch.values.read(count * width, of: element, at: start * frameBytes, buffer: &worker.source) { values in
          selection.add(values, width: width, valid: valid)
        }
      }
    }
    return selection.quartiles
  }
}
