internal import Files

/// One chunk as it lies in the file.
struct StoredChunk: Sendable, Equatable {
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

    /// Where the zeros begin that the file ends with, if there are many; else its size.
    let zeroTail: Int

    init(_ path: String) throws(FileError) {
      file = try File(reading: path)
      size = try file.size
      zeroTail = try Self.zeroTail(of: file, size: size)
    }

    /// So many zeros at the end of a file are not its content: whoever allocated it did not come to write them.
    static let longTail = 1 << 20

    private static func zeroTail(of file: borrowing File, size: Int) throws(FileError) -> Int {
      var end = size
      while end > 0 {
        let start = max(0, end - 1 << 16)
        let bytes = try file.read(bytes: end - start, at: start)
        if let last = bytes.lastIndex(where: { $0 != 0 }) {
          end = start + last + 1
          break
        }
        end = start
      }
      return size - end >= longTail ? end : size
    }
  }

  /// A contiguous dataset is read in bands of about this many bytes.
  static let contiguousBand = 1 << 18

  let source: Source
  let info: DatasetInfo
  let grid: ChunkGrid
  /// In the order of the grid; nil for one that no file holds, which reads as NaN.
  let chunks: [StoredChunk?]

  /// Bytes of a chunk when its filters are undone.
  var chunkBytes: Int { grid.chunkElements * info.elementBytes }

  /// Stored sizes of all chunks: with the intervals' digest, what tells one version of a sequence from another.
  package var chunkSizes: [Int] { info.layout == .contiguous ? [info.storedBytes] : chunks.map { $0?.bytes ?? 0 } }

  /// Bytes that a worker needs to read this dataset with `selected` columns: a chunk as stored, as inflated and
  /// unshuffled, and the band of selected columns.
  package func workingBytes(selected: Int) -> Int {
    let stored = chunks.reduce(0) { max($0, $1?.bytes ?? 0) }
    return stored + 2 * chunkBytes + min(grid.chunkRows, info.rows) * selected * 4
  }
}
