internal import Preprocessing
internal import Shards
internal import Synchronization
internal import Workers

/// Frames that statistics are fitted on; they go by as often as is wanted.
protocol FittedFrames: Sendable {
  /// Shows all frames, in any order, some at a time.
  ///
  /// - Parameters:
  ///   - element: what the frames are made of.
  ///   - atOnce: frames shown at a time, at most.
  ///   - body: receives frames `[count, dimension]` and their flags, 0 for what is not valid; nil where all are.
  func forEach<Element: BitwiseCopyable>(
    _ element: Element.Type, atOnce: Int, _ worker: inout Worker, _ body: (Span<Element>, [UInt8]?) throws -> Void
  ) throws
}

/// Frames of a modality as the main pass left them.
struct ScratchFrames: FittedFrames {
  let scratch: Scratch
  let frames: Range<Int>
  let width: Int

  func forEach<Element: BitwiseCopyable>(
    _ element: Element.Type, atOnce: Int, _ worker: inout Worker, _ body: (Span<Element>, [UInt8]?) throws -> Void
  ) throws {
    for start in stride(from: frames.lowerBound, to: frames.upperBound, by: atOnce) {
      let count = min(atOnce, frames.upperBound - start)
      let valid = try scratch.readValid(start..<start + count, buffer: &worker.target)
      try scratch.values.read(
        count * width, of: element, at: start * width * MemoryLayout<Element>.size, buffer: &worker.source
      ) { try body($0, valid) }
    }
  }
}

/// The quartiles of a modality: between the main pass and the second one from its frames in scratch, and where parts are
/// merged from theirs.
enum QuartilePass {
  /// Bytes of frames that are looked at together: they stay in a cache while every column is counted.
  private static let pieceBytes = 1 << 19
  /// Columns a job: what it counts in stays under 8 MiB.
  private static let greatestColumns = 64

  /// Over the valid frames and their finite values.
  ///
  /// Columns are shared out to the workers, each of which reads all frames some times.
  ///
  /// - Parameter combinesRows: whether the frames are Doubles, as combined rows are until they are finished.
  /// - Complexity: O(frames · dimension); memory by the columns in work, not by frames.
  static func quartiles(
    of frames: some FittedFrames, width: Int, combinesRows: Bool, pool: WorkerPool<Worker>
  ) throws -> Manifest.Quartiles {
    let found = Mutex([Quartiles?](repeating: nil, count: width))
    let jobs = max(2, (width + greatestColumns - 1) / greatestColumns)
    for job in 0..<min(jobs, width) {
      let columns = width * job / min(jobs, width)..<width * (job + 1) / min(jobs, width)
      let bytes = QuartileSelection<Float>.bytesPerColumn * columns.count + 4 * pieceBytes
      try pool.submit(cost: bytes) { worker in
        defer { worker.trim() }
        let quartiles =
          combinesRows
          ? try select(Double.self, columns, width: width, frames, &worker)
          : try select(Float.self, columns, width: width, frames, &worker)
        found.withLock { $0.replaceSubrange(columns, with: quartiles) }
      }
    }
    try pool.wait()
    let quartiles = found.withLock { $0 }
    return Manifest.Quartiles(
      q1: quartiles.map { $0?.q1 }, median: quartiles.map { $0?.median }, q3: quartiles.map { $0?.q3 })
  }

  private static func select<Element: RankedElement>(
    _ element: Element.Type, _ columns: Range<Int>, width: Int, _ frames: some FittedFrames, _ worker: inout Worker
  ) throws -> [Quartiles?] {
    let step = max(1, pieceBytes / (width * MemoryLayout<Element>.size))
    var selection = QuartileSelection(of: element, columns: columns)
    while selection.beginPass() {
      try frames.forEach(element, atOnce: step, &worker) { values, valid in
        selection.add(values, width: width, valid: valid)
      }
    }
    return selection.quartiles
  }
}
