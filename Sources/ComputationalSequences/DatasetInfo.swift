/// What a dataset of a computational sequence holds and how it is stored, without any of its values.
public struct DatasetInfo: Sendable, Equatable {
  /// The type of one element.
  public enum Element: Sendable, Equatable {
    /// IEEE little-endian, read as it lies in the file.
    case float32, float64
    /// Any other number, converted by libhdf5; the text names the type.
    case otherNumber(String)
    /// Byte strings of one width, padded with NULs (or spaces).
    case fixedString(width: Int)
    case variableString

    public var isNumeric: Bool {
      switch self {
      case .float32, .float64, .otherNumber: true
      case .fixedString, .variableString: false
      }
    }
  }

  /// How the rows lie in the file.
  public enum Layout: Sendable, Equatable {
    case contiguous
    case chunked(rows: Int, columns: Int)
    /// Compact, virtual or external: left to libhdf5.
    case other(String)
  }

  /// One step of the filter pipeline, in the order in which a writer applies them.
  public enum Filter: Sendable, Equatable {
    case deflate(level: Int)
    case shuffle(width: Int)
    /// h5py's fast compression.
    case lzf
    /// Undone by libhdf5, where it has the filter; the text names it.
    case other(String)
  }

  /// The object's path in the file, `ROOT/data/ENTRY/features`.
  public let object: String
  public let rows: Int
  public let columns: Int
  public let element: Element
  public let layout: Layout
  public let filters: [Filter]
  /// Bytes of the values in the file, after filters.
  public let storedBytes: Int
  /// Partial chunks at the edge are stored unfiltered: left to libhdf5.
  let hasUnfilteredEdges: Bool
  /// Of intervals: how the numbers become seconds.
  package var times = TimeMap()

  /// Bytes of one element in the file; 0 for variable-length strings.
  var elementBytes: Int {
    switch element {
    case .float32: 4
    case .float64: 8
    case .fixedString(let width): width
    case .otherNumber, .variableString: 0
    }
  }

  /// The table's chunks: those of the file, or bands of whole rows where it lies in one piece. Nil for other layouts.
  var grid: ChunkGrid? {
    switch layout {
    case .contiguous:
      // A length of 0 is one that is not known; the bytes of a row are those that are stored.
      let rowBytes = max(1, elementBytes > 0 ? columns * elementBytes : storedBytes / max(1, rows))
      return ChunkGrid(
        rows: rows, columns: columns, chunkRows: max(1, min(rows, RawStorage.contiguousBand / rowBytes)),
        chunkColumns: max(1, columns))
    case .chunked(let chunkRows, let chunkColumns):
      return ChunkGrid(rows: rows, columns: columns, chunkRows: chunkRows, chunkColumns: chunkColumns)
    case .other: return nil
    }
  }

  /// Whether the values can be had from raw chunks, without libhdf5.
  var isRaw: Bool {
    // One compression, and one shuffle: the buffers are not made for more, and twice the same adds nothing.
    var compressions = 0
    var shuffles = 0
    for filter in filters {
      switch filter {
      case .deflate, .lzf: compressions += 1
      case .shuffle: shuffles += 1
      case .other: return false
      }
    }
    return compressions <= 1 && shuffles <= 1 && grid != nil && elementBytes > 0 && !hasUnfilteredEdges
  }
}
