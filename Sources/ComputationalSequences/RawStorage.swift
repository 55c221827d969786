internal import Files

/// One chunk as it lies in the file.
struct StoredChunk: Sendable {
  let address: Int
  let bytes: Int
  /// Bit i is set where filter i was not applied to this chunk.
  let filterMask: UInt32
}

/// Where every byte of a dataset lies in its file, so that workers can read and inflate it without libhdf5.
///
/// A contiguous dataset is described as chunks of whole rows that no filter was applied to.
package struct RawStorage: Sendable {
  /// The file itself, shared by all its datasets.
  final class Source: Sendable {
    let file: File
    let size: Int

    init(_ path: String) throws(FileError) {
      file = try File(reading: path)
      size = try file.size
    }
  }

  /// A contiguous dataset is read in bands of about this many bytes.
  static let contiguousBand = 1 << 18

  let source: Source
  let info: DatasetInfo
  let chunkRows: Int
  let chunkColumns: Int
  /// Row after row of the grid of chunks.
  let chunks: [StoredChunk]

  var gridColumns: Int { info.columns == 0 ? 0 : (info.columns + chunkColumns - 1) / chunkColumns }
  var gridRows: Int { info.rows == 0 ? 0 : (info.rows + chunkRows - 1) / chunkRows }

  /// Bytes of a chunk when its filters are undone.
  var chunkBytes: Int { chunkRows * chunkColumns * info.elementBytes }

  /// Stored sizes of all chunks: with the intervals' digest, what tells one version of a sequence from another.
  package var chunkSizes: [Int] { info.layout == .contiguous ? [info.storedBytes] : chunks.map(\.bytes) }

  func rows(ofGridRow row: Int) -> Range<Int> { row * chunkRows..<min((row + 1) * chunkRows, info.rows) }

  /// Bytes that a worker needs to read this dataset with `selected` columns: a chunk as stored, as inflated and
  /// unshuffled, and the band of selected columns.
  package func workingBytes(selected: Int) -> Int {
    let stored = chunks.reduce(0) { max($0, $1.bytes) }
    return stored + 2 * chunkBytes + min(chunkRows, info.rows) * selected * 4
  }
}
