/// One modality's frames of several samples, packed: the valid ones only, where they lie, sample after sample.
///
/// A masked frame is nobody's key and is not pooled, so its own outputs reach nothing: it is left out here, and the others
/// keep the positions that they have in the stored sample. A sample without a valid frame enters as one frame of zeros at
/// position 0.
package struct PackedFrames: Sendable {
  /// Consecutive rows of one sample; nil: one row of zeros.
  struct Run: Sendable {
    let rows: MappedRows?
    var count: Int { rows?.rows ?? 1 }
  }

  /// What a row holds.
  package let columns: Int
  private(set) var runs: [Run] = []
  /// Rows by sample.
  package private(set) var lengths: [Int] = []
  /// Frames by sample as they are stored, masked ones included; 1 where a sample has no valid frame.
  package private(set) var storedLengths: [Int] = []
  /// `[rows]`: the place of each row in its stored sample, from 0.
  package private(set) var positions: [Int32] = []

  package init(columns: Int) { self.columns = columns }

  package var rows: Int { positions.count }

  package mutating func removeAll() {
    runs.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    storedLengths.removeAll(keepingCapacity: true)
    positions.removeAll(keepingCapacity: true)
  }

  /// Adds one sample.
  ///
  /// - Parameters:
  ///   - frames: `[T, columns]`; they must stay where they are until the tape that reads them is reset.
  ///   - valid: `[T]`, 0 where a frame is masked.
  package mutating func append(_ frames: MappedRows, valid: Span<UInt8>) {
    precondition(frames.columns == columns, "\(frames.columns) columns for \(columns)")
    precondition(valid.count == frames.rows, "a mask of \(valid.count) for \(frames.rows) frames")
    let before = positions.count
    var start = 0
    while start < frames.rows {
      guard valid[start] != 0 else {
        start += 1
        continue
      }
      var end = start + 1
      while end < frames.rows, valid[end] != 0 { end += 1 }
      runs.append(Run(rows: frames[start..<end]))
      for position in start..<end { positions.append(Int32(position)) }
      start = end
    }
    storedLengths.append(positions.count == before ? 1 : frames.rows)
    if positions.count == before { appendZeros() }
    lengths.append(positions.count - before)
  }

  private mutating func appendZeros() {
    runs.append(Run(rows: nil))
    positions.append(0)
  }
}
