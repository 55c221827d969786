internal import CHDF5
internal import Files

/// Where the values of a dataset are, and which of them are nowhere.
struct DatasetPlaces {
  /// Nil where only libhdf5 can read them.
  var storage: RawStorage?
  var absent: AbsentBytes?
}

extension SequenceFile {
  /// Where the values of a dataset lie, or nil where they must be read through libhdf5
  /// (``readDoubles(_:rows:)``, ``readStrings(_:rows:)``).
  ///
  /// - Parameter absent: what to do about values that no file holds.
  /// - Throws: ``SequenceError/absentBytes(path:dataset:problem:remedy:)`` where there are such and they are refused;
  ///   ``SequenceError/missingFilter(path:dataset:filter:)``.
  /// - Complexity: linear in the number of chunks.
  package func rawStorage(
    of info: DatasetInfo, absent policy: AbsentValues = .refused
  ) throws(SequenceError) -> RawStorage? {
    try places(of: info, absent: policy).storage
  }

  /// The values of a dataset that no file holds.
  package func absentBytes(of info: DatasetInfo) throws(SequenceError) -> AbsentBytes? {
    try places(of: info, absent: .notANumber).absent
  }

  func places(of info: DatasetInfo, absent policy: AbsentValues) throws(SequenceError) -> DatasetPlaces {
    let places: DatasetPlaces
    if let known = lastPlaces, known.object == info.object {
      places = known.places
    } else {
      places = try find(info)
      lastPlaces = (info.object, places)
    }
    if policy != .notANumber, let absent = places.absent {
      let remedy = absent.remedy + (policy == .refusedUnlessMasked ? ", or keep the frames masked (--absent mask)" : "")
      throw .absentBytes(path: path, dataset: info.object, problem: absent.problem, remedy: remedy)
    }
    return places
  }

  private func find(_ info: DatasetInfo) throws(SequenceError) -> DatasetPlaces {
    CrashGuard.enterLibrary(.structure)
    defer { CrashGuard.leaveLibrary() }
    let dataset = try HDF5.open(info.object, of: handle, path: path)
    guard info.rows > 0, info.columns > 0 else {
      return DatasetPlaces(storage: info.isRaw ? storage(info, []) : nil)
    }
    guard let grid = info.grid else {
      return DatasetPlaces(absent: HDF5.absentSources(of: dataset, info, in: handle, path: path))
    }
    let chunks: [StoredChunk?]
    switch info.layout {
    case .chunked:
      switch HDF5.chunkIndex(of: dataset, grid, in: handle, source) {
      case .places(let found): chunks = found
      case .presence(let isStored):
        if let filter = HDF5.missingFilter(of: dataset) {
          throw .missingFilter(path: path, dataset: info.object, filter: filter)
        }
        let isFilled = HDF5.hasChosenFill(dataset)
        return DatasetPlaces(absent: isFilled ? nil : .unwritten(grid, isStored: isStored))
      case .unreadable: return DatasetPlaces()
      }
      let skipped = chunks.reduce(UInt32.max) { $0 & ($1?.filterMask ?? .max) }
      if let filter = HDF5.missingFilter(of: dataset, skipped: skipped) {
        throw .missingFilter(path: path, dataset: info.object, filter: filter)
      }
    case .contiguous:
      guard let address = HDF5.address(of: dataset) else {
        let isFilled = HDF5.hasChosenFill(dataset)
        return DatasetPlaces(
          absent: isFilled ? nil : .unwritten(grid, isStored: Array(repeating: false, count: grid.count)))
      }
      chunks = contiguousChunks(info, grid, at: address)
    case .other: return DatasetPlaces()
    }
    if chunks.contains(nil) && HDF5.hasChosenFill(dataset) { return DatasetPlaces() }
    let lost = AbsentBytes.inZeroTail(chunks, grid, of: source)
    let absent = AbsentBytes.unwritten(grid, isStored: chunks.map { $0 != nil })?.and(lost) ?? lost
    // HDF5 1.10 leaves the user block out of the addresses of chunks (not of contiguous datasets), 2.0 counts it in:
    // libhdf5's own path knows.
    guard info.isRaw, !hasUserBlock || info.layout == .contiguous else { return DatasetPlaces(absent: absent) }
    var readable = chunks
    for area in absent?.areas ?? [] {
      if let index = grid.index(ofChunkAt: area.rows.lowerBound, area.columns.lowerBound) { readable[index] = nil }
    }
    return DatasetPlaces(storage: storage(info, readable), absent: absent)
  }

  private func contiguousChunks(_ info: DatasetInfo, _ grid: ChunkGrid, at address: Int) -> [StoredChunk?] {
    let rowBytes = info.elementBytes > 0 ? info.columns * info.elementBytes : info.storedBytes / info.rows
    return (0..<grid.gridRows).map { index in
      let rows = grid.rows(ofGridRow: index)
      // An address that is beyond an Int is beyond the file.
      let (first, overflow) = address.addingReportingOverflow(rows.lowerBound * rowBytes)
      return StoredChunk(address: overflow ? .max : first, bytes: rows.count * rowBytes, filterMask: ~0)
    }
  }

  private func storage(_ info: DatasetInfo, _ chunks: [StoredChunk?]) -> RawStorage? {
    info.grid.map { RawStorage(source: source, info: info, grid: $0, chunks: chunks) }
  }
}
