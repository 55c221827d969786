#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension SequenceWriter {
  /// How a dataset lies in the file.
  package struct Storage: Sendable, Equatable {
    package enum Layout: Sendable, Equatable {
      case contiguous
      /// The chunk that h5py picks, and so what most published files have; it may cut columns, too.
      case automatic
      /// One chunk that holds the whole dataset.
      case oneChunk
      /// Chunks of so many rows and columns; columns nil for all of them. Cut to the dataset's own size, except where
      /// it has no rows: then it is one that could grow.
      case chunked(rows: Int, columns: Int? = nil)
    }

    package var layout: Layout
    /// zlib's level, 0...9.
    package var gzip: Int?
    package var shuffle: Bool
    package var fletcher32: Bool
    /// By chunk, counted row by row: the filters it skips. Bit 0 is the first filter that the dataset has, in the order
    /// shuffle, gzip, fletcher32. Readers must honour this; few files have it.
    package var filterMasks: [Int: UInt32]

    /// - Precondition: Filters go with chunks only; a masked chunk skips fletcher32 where the dataset has it.
    package init(
      _ layout: Layout = .automatic, gzip: Int? = nil, shuffle: Bool = false, fletcher32: Bool = false,
      filterMasks: [Int: UInt32] = [:]
    ) {
      self.layout = layout
      self.gzip = gzip
      self.shuffle = shuffle
      self.fletcher32 = fletcher32
      self.filterMasks = filterMasks
      let hasFilters = gzip != nil || shuffle || fletcher32
      precondition(layout != .contiguous || !hasFilters && filterMasks.isEmpty, "filters need chunks")
      precondition(gzip.map { (0...9).contains($0) } ?? true, "a level of 0...9")
      let checksum = UInt32(1) << UInt32((shuffle ? 1 : 0) + (gzip != nil ? 1 : 0))
      precondition(!fletcher32 || filterMasks.values.allSatisfy { $0 & checksum != 0 }, "no checksum by hand")
    }

    package static let contiguous = Storage(.contiguous)

    var withoutMasks: Storage {
      var storage = self
      storage.filterMasks = [:]
      return storage
    }

    /// The layout for a dataset of this shape.
    func resolved(shape: [Int], elementBytes: Int) -> DatasetLayout {
      let whole = shape.map { max(1, $0) }
      let chunk: [Int]? =
        switch layout {
        case .contiguous: nil
        case .automatic: Self.automaticChunk(whole, elementBytes: elementBytes)
        case .oneChunk: whole
        case .chunked(let rows, let columns):
          zip([rows, columns ?? .max], shape).map { $1 == 0 ? $0 : min($0, $1) }
        }
      // HDF5 wants no chunk beyond a fixed size: what has no rows is either contiguous, or can grow.
      let isEmpty = shape.contains(0)
      if case .chunked = layout {} else if isEmpty { return DatasetLayout(shape: shape) }
      return DatasetLayout(
        shape: shape, chunk: chunk, grows: isEmpty, gzip: gzip, shuffle: shuffle, fletcher32: fletcher32)
    }

    /// h5py's guess: halve the axes in turn until the chunk is about 16 KiB · 2^log₁₀(MiB of the dataset).
    /// Source: h5py 3, `h5py/_hl/filters.py`, `guess_chunk`.
    private static func automaticChunk(_ shape: [Int], elementBytes: Int) -> [Int] {
      var chunk = shape
      func bytes() -> Double { Double(chunk.reduce(elementBytes, *)) }
      let target = min(max(16384 * exp2(log10(bytes() / 0x1p20)), 8192), 0x1p20)
      var axis = 0
      while !((bytes() < target || abs(bytes() - target) / target < 0.5) && bytes() < 0x1p20) {
        if chunk.allSatisfy({ $0 == 1 }) { break }
        chunk[axis] = (chunk[axis] + 1) / 2
        axis = (axis + 1) % chunk.count
      }
      return chunk
    }
  }
}

/// A dataset's shape and storage, as HDF5 wants them.
struct DatasetLayout {
  var shape: [Int]
  /// Nil: contiguous.
  var chunk: [Int]?
  /// Whether rows could be appended.
  var grows = false
  var gzip: Int?
  var shuffle = false
  var fletcher32 = false
}
