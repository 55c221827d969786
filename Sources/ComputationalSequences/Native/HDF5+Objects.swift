internal import CHDF5

extension HDF5 {
  /// The names of the links in a group, in UTF-8 byte order, or nil where the group cannot be listed.
  static func names(in group: borrowing HDF5Handle) -> [LinkName]? {
    var names: [LinkName] = []
    let visit: grf_name_visitor = { context, name in
      // SAFETY: the context is the array below; the library passes a valid C string.
      if let context = unsafe context, let name = unsafe name {
        unsafe context.assumingMemoryBound(to: [LinkName].self).pointee.append(LinkName(name))
      }
      return 0
    }
    let status = CrashGuard.call {
      unsafe withUnsafeMutablePointer(to: &names) { unsafe grf_visit_names(group.id, visit, $0) }
    }
    guard status >= 0 else { return nil }
    return names.sorted { $0.lossy.utf8.lexicographicallyPrecedes($1.lossy.utf8) }
  }

  /// A link's name: HDF5 allows any bytes, we only UTF-8.
  struct LinkName {
    let text: String?
    let lossy: String

    init(_ name: UnsafePointer<CChar>) {
      unsafe text = String(validatingCString: name)
      unsafe lossy = String(cString: name)
    }
  }

  static func openFile(_ path: String) -> HDF5Handle? {
    CrashGuard.call { unsafe .file(grf_open_for_reading(path)) }
  }

  static func openGroup(_ parent: borrowing HDF5Handle, _ name: String) -> HDF5Handle? {
    CrashGuard.call { unsafe .group(H5Gopen2(parent.id, name, grf_H5P_DEFAULT())) }
  }

  static func openDataset(_ parent: borrowing HDF5Handle, _ name: String) -> HDF5Handle? {
    CrashGuard.call { unsafe .dataset(H5Dopen2(parent.id, name, grf_H5P_DEFAULT())) }
  }

  /// Whatever a link leads to.
  static func openObject(_ parent: borrowing HDF5Handle, _ name: String) -> HDF5Handle? {
    CrashGuard.call { unsafe .object(H5Oopen(parent.id, name, grf_H5P_DEFAULT())) }
  }

  static func isGroup(_ object: borrowing HDF5Handle) -> Bool { grf_is_group(object.id) != 0 }

  /// Whether a link is there, whatever it leads to.
  static func exists(_ parent: borrowing HDF5Handle, _ name: String) -> Bool {
    CrashGuard.call { unsafe H5Lexists(parent.id, name, grf_H5P_DEFAULT()) > 0 }
  }

  /// Bytes before the HDF5 part of the file.
  static func userBlock(of file: borrowing HDF5Handle) -> Int {
    guard let properties = HDF5Handle.properties(H5Fget_create_plist(file.id)) else { return 0 }
    var size: hsize_t = 0
    // SAFETY: the library fills the number.
    return unsafe H5Pget_userblock(properties.id, &size) < 0 ? 0 : Int(clamping: size)
  }

  /// The lengths of a dataset's dimensions, or nil where there is no simple space.
  static func shape(of dataset: borrowing HDF5Handle) -> [Int]? {
    guard let space = HDF5Handle.space(H5Dget_space(dataset.id)) else { return nil }
    let rank = H5Sget_simple_extent_ndims(space.id)
    guard rank >= 0 else { return nil }
    var lengths = [hsize_t](repeating: 0, count: Int(rank))
    // SAFETY: the array has one number a dimension.
    guard unsafe rank == 0 || H5Sget_simple_extent_dims(space.id, &lengths, nil) == rank else { return nil }
    return lengths.map { Int(clamping: $0) }
  }

  /// The text of a one-element string dataset of either kind, or nil where it is something else.
  static func text(of dataset: borrowing HDF5Handle) -> String? {
    guard let type = HDF5Handle.type(H5Dget_type(dataset.id)), H5Tget_class(type.id) == H5T_STRING,
      shape(of: dataset).map({ $0.reduce(1, *) }) == 1
    else { return nil }
    if H5Tis_variable_str(type.id) > 0 {
      return onlyString(of: dataset, type: type).map { String(decoding: $0, as: UTF8.self) }
    }
    let width = H5Tget_size(type.id)
    guard width > 0, width <= 1 << 24 else { return nil }
    var bytes = [UInt8](repeating: 0, count: width)
    // SAFETY: the buffer holds the one element.
    guard unsafe H5Dread(dataset.id, type.id, grf_H5S_ALL(), grf_H5S_ALL(), grf_H5P_DEFAULT(), &bytes) >= 0 else {
      return nil
    }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
