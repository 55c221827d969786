internal import CHDF5

extension HDF5 {
  /// The type of a dataset's elements, or nil where it is neither a number nor a string.
  static func element(of dataset: borrowing HDF5Handle) -> (element: DatasetInfo.Element?, name: String) {
    guard let type = HDF5Handle.type(H5Dget_type(dataset.id)) else { return (nil, "an unreadable type") }
    let size = H5Tget_size(type.id)
    switch H5Tget_class(type.id) {
    case H5T_FLOAT:
      if H5Tequal(type.id, grf_H5T_IEEE_F32LE()) > 0 { return (.float32, "f32") }
      if H5Tequal(type.id, grf_H5T_IEEE_F64LE()) > 0 { return (.float64, "f64") }
      let name = "f\(size * 8)\(H5Tget_order(type.id) == H5T_ORDER_BE ? " big-endian" : "")"
      return (.otherNumber(name), name)
    case H5T_INTEGER:
      let name = "\(H5Tget_sign(type.id) == H5T_SGN_NONE ? "u" : "i")\(size * 8)"
      return (.otherNumber(name), name)
    case H5T_STRING:
      if H5Tis_variable_str(type.id) > 0 { return (.variableString, "strings") }
      guard size > 0, size <= 1 << 20 else { return (nil, "strings of \(size) bytes") }
      return (.fixedString(width: size), "strings")
    case H5T_COMPOUND: return (nil, "records")
    case H5T_VLEN: return (nil, "variable-length lists")
    default: return (nil, "an unknown type")
    }
  }

  /// How a dataset of two dimensions, or an empty one of one, is stored.
  static func storage(
    of dataset: borrowing HDF5Handle, rank: Int
  ) -> (layout: DatasetInfo.Layout, filters: [DatasetInfo.Filter], hasUnfilteredEdges: Bool)? {
    guard let properties = HDF5Handle.properties(H5Dget_create_plist(dataset.id)) else { return nil }
    let layout: DatasetInfo.Layout
    var hasUnfilteredEdges = false
    switch H5Pget_layout(properties.id) {
    case H5D_CONTIGUOUS: layout = H5Pget_external_count(properties.id) > 0 ? .other("external") : .contiguous
    case H5D_CHUNKED:
      var lengths: [hsize_t] = [1, 1]
      var options: UInt32 = 0
      // SAFETY: the rank is at most two; the library fills the numbers.
      guard rank <= 2, unsafe H5Pget_chunk(properties.id, 2, &lengths) == rank, lengths[0] > 0, lengths[1] > 0 else {
        return nil
      }
      layout = .chunked(rows: Int(clamping: lengths[0]), columns: Int(clamping: lengths[1]))
      hasUnfilteredEdges = unsafe H5Pget_chunk_opts(properties.id, &options) >= 0 && options != 0
    case H5D_COMPACT: layout = .other("compact")
    case H5D_VIRTUAL: layout = .other("virtual")
    default: return nil
    }
    let count = H5Pget_nfilters(properties.id)
    guard count >= 0 else { return nil }
    return (layout, (0..<UInt32(count)).map { filter($0, of: properties) }, hasUnfilteredEdges)
  }

  /// The first filter that this libhdf5 does not have, and that not every chunk has skipped.
  static func missingFilter(of dataset: borrowing HDF5Handle, skipped: UInt32 = 0) -> String? {
    guard let properties = HDF5Handle.properties(H5Dget_create_plist(dataset.id)) else { return nil }
    for index in 0..<UInt32(max(0, H5Pget_nfilters(properties.id))) where index > 31 || skipped >> index & 1 == 0 {
      var flags: UInt32 = 0
      var count = 0
      // SAFETY: no room for values and name is offered, so none are written.
      let id = unsafe H5Pget_filter2(properties.id, index, &flags, &count, nil, 0, nil, nil)
      if H5Zfilter_avail(id) == 0, case .other(let name) = filter(index, of: properties) { return name }
    }
    return nil
  }

  private static func filter(_ index: UInt32, of properties: borrowing HDF5Handle) -> DatasetInfo.Filter {
    var flags: UInt32 = 0
    var values: [UInt32] = Array(repeating: 0, count: 8)
    var count = values.count
    var name = [CChar](repeating: 0, count: 64)
    // SAFETY: the arrays have the lengths that are passed with them.
    let id = unsafe H5Pget_filter2(properties.id, index, &flags, &count, &values, name.count, &name, nil)
    switch id {
    case H5Z_FILTER_DEFLATE: return .deflate(level: Int(values[0]))
    case LZF.filter: return .lzf
    case H5Z_FILTER_SHUFFLE where count > 0 && values[0] > 0: return .shuffle(width: Int(values[0]))
    default:
      let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return .other(knownFilters[id] ?? (text.isEmpty ? "number \(id)" : text))
    }
  }

  /// Filters that libhdf5 may lack, by the numbers under which they are registered.
  private static let knownFilters: [H5Z_filter_t: String] = [
    H5Z_FILTER_SZIP: "szip", 305: "LZO", 307: "bzip2", 32001: "Blosc", 32004: "LZ4", 32008: "Bitshuffle",
    32013: "ZFP", 32015: "Zstandard", 32017: "SZ", 32026: "Blosc2",
  ]

  /// Whether whoever made a dataset chose what is read where nothing was written.
  static func hasChosenFill(_ dataset: borrowing HDF5Handle) -> Bool {
    guard let properties = HDF5Handle.properties(H5Dget_create_plist(dataset.id)) else { return false }
    var status = H5D_FILL_VALUE_UNDEFINED
    // SAFETY: the library fills the number.
    return unsafe H5Pfill_value_defined(properties.id, &status) >= 0 && status == H5D_FILL_VALUE_USER_DEFINED
  }

  /// The address of a contiguous dataset in the file, or nil where none was allocated.
  static func address(of dataset: borrowing HDF5Handle) -> Int? {
    let address = H5Dget_offset(dataset.id)
    return address == grf_HADDR_UNDEF() ? nil : Int(clamping: address)
  }
}
