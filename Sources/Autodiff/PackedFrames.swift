/// One modality's frames of several samples, packed: the valid ones only, where they lie, sample after sample.
///
/// A masked frame is nobody's key and is not pooled, so its own outputs reach nothing: it is left out here, and the others
/// keep the positions that they have in the stored sample. A sample without a valid frame enters as one frame of zeros at
/// position 0.
///
/// Samples may also be filled up with frames of zeros, all frames counting as valid: what a program sees that pads and
/// masks nothing.
package struct PackedFrames: Sendable {
  /// Consecutive rows of one sample.
  struct Run: Sendable {
    /// Nil: zeros.
    let rows: MappedRows?
    let count: Int
  }

  /// What a row holds.
  package let columns: Int
  private(set) var runs: [Run] = []
  /// Rows by sample.
  package private(set) var lengths: [Int] = []
  /// Frames by sample as they are stored, masked ones and those filled up included; 1 where a sample has no valid frame.
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
      append(frames[start..<end], at: start)
      start = end
    }
    storedLengths.append(positions.count == before ? 1 : frames.rows)
    if positions.count == before { appendZeros(1, at: 0) }
    lengths.append(positions.count - before)
  }

  /// Adds one sample without masks: all its frames, then as many of zeros as fill it up.
  ///
  /// - Parameters:
  ///   - frames: `[T, columns]`, as above.
  ///   - length: frames to fill it up to; a longer sample stays as it is, and one without frames has at least one of zeros.
  package mutating func append(_ frames: MappedRows, filledTo length: Int) {
    precondition(frames.columns == columns, "\(frames.columns) columns for \(columns)")
    let length = max(1, length, frames.rows)
    if frames.rows > 0 { append(frames, at: 0) }
    if frames.rows < length { appendZeros(length - frames.rows, at: frames.rows) }
    storedLengths.append(length)
    lengths.append(length)
  }

  private mutating func append(_ rows: MappedRows, at position: Int) {
    runs.append(Run(rows: rows, count: rows.rows))
    for offset in 0..<rows.rows { positions.append(Int32(position + offset)) }
  }

  private mutating func appendZeros(_ count: Int, at position: Int) {
    runs.append(Run(rows: nil, count: count))
    for offset in 0..<count { positions.append(Int32(position + offset)) }
  }
}
