internal import CHDF5
internal import CLZF

/// h5py's `compression="lzf"`, which libhdf5 does not bring.
enum LZF {
  /// The number under which The HDF Group has registered the filter.
  static let filter: H5Z_filter_t = 32000
  /// Three stored bytes stand for at most 264.
  private static let greatestRatio = 88

  /// Decompresses a chunk that must fill `target` exactly; returns what is wrong with it, or nil.
  static func decompress(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> String? {
    guard let size = unsafe decompressedBytes(source, into: target), size == target.count else {
      return "its LZF stream is corrupt, or has another size"
    }
    return nil
  }

  private static func decompressedBytes(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard source.count > 0, target.count > 0, let stored = UInt32(exactly: source.count),
      let room = UInt32(exactly: target.count)
    else { return nil }
    // SAFETY: the buffers are passed with their lengths.
    let size = unsafe lzf_decompress(source.baseAddress, stored, target.baseAddress, room)
    return size == 0 ? nil : Int(size)
  }

  /// Makes the filter known to libhdf5, for pipelines that it alone can undo.
  static func register() {
    let name: StaticString = "lzf"
    // SAFETY: the name is static; libhdf5 copies the rest.
    unsafe name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount + 1) { name in
      var filter = unsafe H5Z_class2_t(
        version: H5Z_CLASS_T_VERS, id: filter, encoder_present: 0, decoder_present: 1, name: name, can_apply: nil,
        set_local: nil, filter: undo)
      _ = unsafe H5Zregister(&filter)
    }
  }

  /// Exchanges libhdf5's buffer for a decompressed one; returns its size, or 0 where that fails. The third parameter of
  /// the filter is what h5py expects the size to be.
  private static let undo: H5Z_func_t = { flags, count, parameters, stored, capacity, buffer in
    guard flags & UInt32(H5Z_FLAG_REVERSE) != 0, let capacity = unsafe capacity, let buffer = unsafe buffer else {
      return 0
    }
    let (most, overflow) = stored.multipliedReportingOverflow(by: greatestRatio)
    guard !overflow else { return 0 }
    // SAFETY: `parameters` holds `count` numbers.
    let expected = unsafe count > 2 ? parameters.map { unsafe Int($0[2]) } ?? 0 : 0
    // A filter before this one may have changed the size of what was compressed.
    for room in [min(expected, most), most] where room > 0 {
      guard let target = unsafe H5allocate_memory(room, false) else { return 0 }
      let source = unsafe UnsafeRawBufferPointer(start: buffer.pointee, count: stored)
      if let size = unsafe decompressedBytes(source, into: UnsafeMutableRawBufferPointer(start: target, count: room)) {
        unsafe H5free_memory(buffer.pointee)
        unsafe buffer.pointee = target
        unsafe capacity.pointee = room
        return size
      }
      unsafe H5free_memory(target)
    }
    return 0
  }
}
