internal import CHDF5

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An open HDF5 object, closed when it goes out of scope.
///
/// libhdf5 is called from one thread only: the one that opened the first file.
struct HDF5Handle: ~Copyable {
  let id: hid_t
  private let closer: @convention(c) (hid_t) -> herr_t

  private init(_ id: hid_t, _ closer: @escaping @convention(c) (hid_t) -> herr_t) {
    self.id = id
    self.closer = closer
  }

  deinit { _ = closer(id) }

  static func file(_ id: hid_t) -> HDF5Handle? { id < 0 ? nil : HDF5Handle(id, { H5Fclose($0) }) }
  static func group(_ id: hid_t) -> HDF5Handle? { id < 0 ? nil : HDF5Handle(id, { H5Gclose($0) }) }
  static func dataset(_ id: hid_t) -> HDF5Handle? { id < 0 ? nil : HDF5Handle(id, { H5Dclose($0) }) }
  static func space(_ id: hid_t) -> HDF5Handle? { id < 0 ? nil : HDF5Handle(id, { H5Sclose($0) }) }
  static func type(_ id: hid_t) -> HDF5Handle? { id < 0 ? nil : HDF5Handle(id, { H5Tclose($0) }) }
  static func object(_ id: hid_t) -> HDF5Handle? { id < 0 ? nil : HDF5Handle(id, { H5Oclose($0) }) }
  static func properties(_ id: hid_t) -> HDF5Handle? { id < 0 ? nil : HDF5Handle(id, { H5Pclose($0) }) }
}

/// The library as a whole.
enum HDF5 {
  /// Opens the library and keeps it from printing its error stack.
  static func start() {
    // At exit the library would try again to write what a full disk has refused, and crash over it. Whoever writes
    // flushes and closes before.
    H5dont_atexit()
    // Locks are refused on many cluster file systems, and reading needs none. Who set the variable knows better.
    unsafe setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0)
    H5open()
    LZF.register()
    // What the library frees it keeps for itself, without bound unless one is set.
    H5set_free_list_limits(1 << 20, 1 << 16, 1 << 20, 1 << 16, 1 << 20, 1 << 16)
    // No handler and no data are legal arguments; they switch the printing off.
    H5Eset_auto2(grf_H5E_DEFAULT(), nil, nil)
  }

  /// The innermost message of the library's error stack: the reason, without the calls that led to it.
  static func lastReason() -> String {
    var reason = "no reason given"
    let visit: H5E_walk2_t = { _, error, context in
      // SAFETY: the library passes a valid record, and our context is the string below.
      if let text = unsafe error?.pointee.desc, let context = unsafe context {
        unsafe context.assumingMemoryBound(to: String.self).pointee = unsafe String(cString: text)
      }
      return 1
    }
    unsafe withUnsafeMutablePointer(to: &reason) { pointer in
      _ = unsafe H5Ewalk2(grf_H5E_DEFAULT(), H5E_WALK_UPWARD, visit, pointer)
    }
    return reason
  }
}
