internal import CHDF5

/// libhdf5's reason for not writing.
struct HDF5WriteFailure: Error {
  let reason: String

  /// The reason for people: of a failed system call the system's words, without addresses and descriptors.
  var text: String {
    guard let range = reason.firstRange(of: "error message = '") else { return reason }
    let message = String(reason[range.upperBound...].prefix { $0 != "'" })
    let remedy =
      switch message {
      case "No space left on device", "Disk quota exceeded": "; free space there, or choose another place"
      case "File too large": "; raise the limit on file sizes (ulimit -f)"
      case "No such file or directory": "; check the path"
      case "Permission denied", "Read-only file system": "; check its permissions"
      default: ""
      }
    return message + remedy
  }
}

extension HDF5 {
  private static func check(_ status: herr_t) throws(HDF5WriteFailure) {
    if status < 0 { throw HDF5WriteFailure(reason: lastReason()) }
  }

  /// The handle, or the reason why there is none. To be asked for before another call clears the error stack.
  private static func check(_ handle: consuming HDF5Handle?) throws(HDF5WriteFailure) -> HDF5Handle {
    guard let handle else { throw HDF5WriteFailure(reason: lastReason()) }
    return handle
  }

  static func createFile(_ path: String, userBlock: Int) throws(HDF5WriteFailure) -> HDF5Handle {
    let properties = try check(.properties(H5Pcreate(grf_H5P_FILE_CREATE())))
    try check(H5Pset_userblock(properties.id, hsize_t(userBlock)))
    // Without this buffer the values of a contiguous dataset are in the file when a write returns, or it has failed.
    let access = try check(.properties(H5Pcreate(grf_H5P_FILE_ACCESS())))
    try check(H5Pset_sieve_buf_size(access.id, 0))
    // SAFETY: Swift passes a NUL-terminated copy of the path; so for the names below.
    return try check(.file(unsafe H5Fcreate(path, grf_H5F_ACC_TRUNC(), properties.id, access.id)))
  }

  static func createGroup(_ file: hid_t, _ name: String) throws(HDF5WriteFailure) {
    let none = grf_H5P_DEFAULT()
    _ = try check(.group(unsafe H5Gcreate2(file, name, none, none, none)))
  }

  static func flush(_ file: hid_t) throws(HDF5WriteFailure) { try check(H5Fflush(file, H5F_SCOPE_GLOBAL)) }
  static func flushDataset(_ dataset: hid_t) throws(HDF5WriteFailure) { try check(H5Dflush(dataset)) }

  /// Creates a dataset for `content`, without writing it.
  static func createDataset(
    _ file: hid_t, _ name: String, content: borrowing DatasetContent, layout: DatasetLayout
  ) throws(HDF5WriteFailure) -> HDF5Handle {
    let rank = Int32(layout.shape.count)
    let sizes = layout.shape.map { hsize_t($0) }
    // HDF5's name for "no limit" is the greatest size there is.
    let limits = layout.grows ? [hsize_t.max] + sizes.dropFirst() : sizes
    // SAFETY: both arrays have `rank` elements; so has the chunk's below.
    let space = try check(.space(unsafe H5Screate_simple(rank, sizes, limits)))
    let properties = try check(.properties(H5Pcreate(grf_H5P_DATASET_CREATE())))
    try check(H5Pset_obj_track_times(properties.id, false))
    if let chunk = layout.chunk {
      try check(unsafe H5Pset_chunk(properties.id, rank, chunk.map { hsize_t($0) }))
      if layout.shuffle { try check(H5Pset_shuffle(properties.id)) }
      if let level = layout.gzip { try check(H5Pset_deflate(properties.id, UInt32(level))) }
      if layout.fletcher32 { try check(H5Pset_fletcher32(properties.id)) }
    }
    let type = try type(of: content, inMemory: false)
    let none = grf_H5P_DEFAULT()
    return try check(.dataset(unsafe H5Dcreate2(file, name, type.id, space.id, none, properties.id, none)))
  }

  /// Writes the whole of `content`, which has as many elements as the dataset.
  static func write(_ content: borrowing DatasetContent, to dataset: hid_t) throws(HDF5WriteFailure) {
    let type = try type(of: content, inMemory: true)
    let status: herr_t
    switch content {
    case .float32(let values): status = unsafe values.withUnsafeBytes { unsafe write($0, of: type.id, to: dataset) }
    case .float64(let values): status = unsafe values.withUnsafeBytes { unsafe write($0, of: type.id, to: dataset) }
    case .bytes(let bytes, _): status = unsafe bytes.withUnsafeBytes { unsafe write($0, of: type.id, to: dataset) }
    case .strings(let strings):
      var text: [UInt8] = []
      let starts = strings.map { string in
        defer {
          text.append(contentsOf: string.utf8)
          text.append(0)
        }
        return text.count
      }
      status = unsafe text.withUnsafeBytes { text in
        // SAFETY: each pointer leads to a NUL-terminated string inside `text`, which outlives the call.
        let pointers = unsafe starts.map { start in unsafe text.baseAddress?.advanced(by: start) }
        return unsafe pointers.withUnsafeBytes { unsafe write($0, of: type.id, to: dataset) }
      }
    }
    try check(status)
  }

  /// `buffer` holds an element of the memory type `type` for each of the dataset's.
  private static func write(_ buffer: UnsafeRawBufferPointer, of type: hid_t, to dataset: hid_t) -> herr_t {
    // SAFETY: the caller's buffer holds the whole dataset; the library only reads it.
    unsafe H5Dwrite(dataset, type, grf_H5S_ALL(), grf_H5S_ALL(), grf_H5P_DEFAULT(), buffer.baseAddress)
  }

  /// Writes the stored bytes of one chunk, past the filters.
  static func writeChunk(
    _ bytes: [UInt8], to dataset: hid_t, offset: [Int], mask: UInt32
  ) throws(HDF5WriteFailure) {
    let status = unsafe bytes.withUnsafeBytes { bytes in
      // SAFETY: the offset has the dataset's rank, and the buffer as many bytes as are announced.
      unsafe H5Dwrite_chunk(
        dataset, grf_H5P_DEFAULT(), mask, offset.map { hsize_t($0) }, bytes.count, bytes.baseAddress)
    }
    try check(status)
  }

  private static func type(
    of content: borrowing DatasetContent, inMemory: Bool
  ) throws(HDF5WriteFailure) -> HDF5Handle {
    switch content {
    case .float32: return try check(.type(H5Tcopy(inMemory ? grf_H5T_NATIVE_FLOAT() : grf_H5T_IEEE_F32LE())))
    case .float64: return try check(.type(H5Tcopy(inMemory ? grf_H5T_NATIVE_DOUBLE() : grf_H5T_IEEE_F64LE())))
    case .bytes(let bytes, let width):
      let type = try check(.type(H5Tcopy(grf_H5T_C_S1())))
      try check(H5Tset_size(type.id, width))
      try check(H5Tset_strpad(type.id, H5T_STR_NULLPAD))
      if bytes.contains(where: { $0 >= 0x80 }) { try check(H5Tset_cset(type.id, H5T_CSET_UTF8)) }
      return type
    case .strings:
      let type = try check(.type(H5Tcopy(grf_H5T_C_S1())))
      try check(H5Tset_size(type.id, grf_H5T_VARIABLE()))
      try check(H5Tset_cset(type.id, H5T_CSET_UTF8))
      return type
    }
  }
}
