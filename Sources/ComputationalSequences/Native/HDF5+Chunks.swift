internal import CHDF5

/// What a dataset's index says of its chunks, in the order of the grid.
enum ChunkIndex {
  /// Where each lies; nil where it was never written.
  case places([StoredChunk?])
  /// Only whether each was written: libhdf5 alone can find them.
  case presence([Bool])
  /// libhdf5 will say why when values are asked for.
  case unreadable
}

extension HDF5 {
  /// Up to so many chunks are asked for one by one, each of which takes libhdf5 a walk over those before it.
  private static let fewChunks = 256

  /// Reads a dataset's chunk index in one pass.
  ///
  /// - Complexity: linear in the number of chunks, whatever libhdf5's version and the kind of index.
  static func chunkIndex(
    of dataset: borrowing HDF5Handle, _ grid: ChunkGrid, in file: borrowing HDF5Handle, _ source: RawStorage.Source
  ) -> ChunkIndex {
    if let chunks = visitedChunks(of: dataset, grid) { return .places(chunks) }
    var kind = H5D_CHUNK_IDX_NTYPES
    // SAFETY: the library fills the number.
    guard unsafe H5Dget_chunk_index_type(dataset.id, &kind) >= 0 else { return .unreadable }
    if kind == H5D_CHUNK_IDX_BTREE, let header = headerAddress(of: dataset), let widths = widths(of: file),
      let chunks = ChunkTree.chunks(ofObjectAt: header, widths, grid, in: source)
    {
      return .places(chunks)
    }
    guard let space = HDF5Handle.space(H5Dget_space(dataset.id)) else { return .unreadable }
    var count: hsize_t = 0
    // SAFETY: the library fills the number.
    guard unsafe H5Dget_num_chunks(dataset.id, space.id, &count) >= 0 else { return .unreadable }
    if count <= fewChunks { return chunks(of: dataset, space, count, grid).map { .places($0) } ?? .unreadable }
    if count == grid.count { return .presence(Array(repeating: true, count: grid.count)) }
    return .presence((0..<grid.count).map { isStored($0, of: dataset, grid) })
  }

  /// By the library's own pass over the index, where it has one.
  private static func visitedChunks(of dataset: borrowing HDF5Handle, _ grid: ChunkGrid) -> [StoredChunk?]? {
    var table = ChunkTable(grid)
    let visit: grf_chunk_visitor = { context, corner, mask, address, size in
      // SAFETY: the context is the table above; a corner has two dimensions, as the dataset does.
      guard let context = unsafe context, let corner = unsafe corner else { return -1 }
      let row = unsafe corner[0]
      let column = unsafe corner[1]
      let isPlaced = unsafe context.assumingMemoryBound(to: ChunkTable.self).pointee.add(
        row: Int(clamping: row), column: Int(clamping: column),
        StoredChunk(address: Int(clamping: address), bytes: Int(clamping: size), filterMask: mask))
      return isPlaced ? 0 : -1
    }
    let status = unsafe withUnsafeMutablePointer(to: &table) { unsafe grf_visit_chunks(dataset.id, visit, $0) }
    return status == 0 ? table.chunks : nil
  }

  private static func chunks(
    of dataset: borrowing HDF5Handle, _ space: borrowing HDF5Handle, _ count: hsize_t, _ grid: ChunkGrid
  ) -> [StoredChunk?]? {
    var table = ChunkTable(grid)
    for index in 0..<count {
      var corner: [hsize_t] = [0, 0]
      var mask: UInt32 = 0
      var address = grf_HADDR_UNDEF()
      var size: hsize_t = 0
      // SAFETY: the corner has two dimensions, as the dataset does; the library fills the numbers.
      guard unsafe H5Dget_chunk_info(dataset.id, space.id, index, &corner, &mask, &address, &size) >= 0,
        table.add(
          row: Int(clamping: corner[0]), column: Int(clamping: corner[1]),
          StoredChunk(address: Int(clamping: address), bytes: Int(clamping: size), filterMask: mask))
      else { return nil }
    }
    return table.chunks
  }

  private static func isStored(_ index: Int, of dataset: borrowing HDF5Handle, _ grid: ChunkGrid) -> Bool {
    let area = grid.area(of: index)
    let corner = [hsize_t(area.rows.lowerBound), hsize_t(area.columns.lowerBound)]
    var size: hsize_t = 0
    // SAFETY: the corner has two dimensions; the library fills the number.
    return unsafe H5Dget_chunk_storage_size(dataset.id, corner, &size) >= 0 && size > 0
  }

  /// Where the header of a dataset lies, or nil where this version of the library does not tell.
  private static func headerAddress(of dataset: borrowing HDF5Handle) -> Int? {
    let address = grf_header_address(dataset.id)
    return address == grf_HADDR_UNDEF() ? nil : Int(exactly: address)
  }

  /// Bytes that an address and a length take in a file.
  private static func widths(of file: borrowing HDF5Handle) -> ChunkTree.Widths? {
    guard let properties = HDF5Handle.properties(H5Fget_create_plist(file.id)) else { return nil }
    var address = 0
    var length = 0
    // SAFETY: the library fills the numbers.
    guard unsafe H5Pget_sizes(properties.id, &address, &length) >= 0 else { return nil }
    return ChunkTree.Widths(address: address, length: length)
  }
}

/// Chunks by their place in the grid.
struct ChunkTable {
  let grid: ChunkGrid
  private(set) var chunks: [StoredChunk?]

  init(_ grid: ChunkGrid) {
    self.grid = grid
    chunks = Array(repeating: nil, count: grid.count)
  }

  /// Takes a chunk. One beyond the table's edge, which a table that shrank may have left, is ignored.
  ///
  /// - Returns: false where no chunk can begin there, or one did already.
  mutating func add(row: Int, column: Int, _ chunk: StoredChunk) -> Bool {
    guard row >= 0, column >= 0, row % grid.chunkRows == 0, column % grid.chunkColumns == 0 else { return false }
    guard let index = grid.index(ofChunkAt: row, column) else { return true }
    guard chunks[index] == nil else { return false }
    chunks[index] = chunk
    return true
  }
}
