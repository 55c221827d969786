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

  /// Bytes of one element in the file; 0 for variable-length strings.
  var elementBytes: Int {
    switch element {
    case .float32: 4
    case .float64: 8
    case .fixedString(let width): width
    case .otherNumber, .variableString: 0
    }
  }

  /// Whether the values can be had from raw chunks, without libhdf5.
  var isRaw: Bool {
    // Each known filter at most once: twice the same says nothing, and its buffers are not made for it.
    var kinds = [0, 0]
    for filter in filters {
      switch filter {
      case .deflate: kinds[0] += 1
      case .shuffle: kinds[1] += 1
      case .other: return false
      }
    }
    if case .other = layout { return false }
    return kinds.allSatisfy { $0 <= 1 } && elementBytes > 0 && !hasUnfilteredEdges
  }
}
