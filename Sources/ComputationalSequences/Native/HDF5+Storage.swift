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

  /// How a dataset of two dimensions is stored.
  static func storage(
    of dataset: borrowing HDF5Handle
  ) -> (layout: DatasetInfo.Layout, filters: [DatasetInfo.Filter], hasUnfilteredEdges: Bool)? {
    guard let properties = HDF5Handle.properties(H5Dget_create_plist(dataset.id)) else { return nil }
    let layout: DatasetInfo.Layout
    var hasUnfilteredEdges = false
    switch H5Pget_layout(properties.id) {
    case H5D_CONTIGUOUS: layout = H5Pget_external_count(properties.id) > 0 ? .other("external") : .contiguous
    case H5D_CHUNKED:
      var lengths: [hsize_t] = [0, 0]
      var options: UInt32 = 0
      // SAFETY: two dimensions were checked; the library fills the numbers.
      guard unsafe H5Pget_chunk(properties.id, 2, &lengths) == 2, lengths[0] > 0, lengths[1] > 0 else { return nil }
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

  /// The first filter of a dataset that this libhdf5 does not have.
  static func missingFilter(of dataset: borrowing HDF5Handle) -> String? {
    guard let properties = HDF5Handle.properties(H5Dget_create_plist(dataset.id)) else { return nil }
    for index in 0..<UInt32(max(0, H5Pget_nfilters(properties.id))) {
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
    case H5Z_FILTER_SHUFFLE where count > 0 && values[0] > 0: return .shuffle(width: Int(values[0]))
    default:
      let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return .other(text.isEmpty ? "filter \(id)" : text)
    }
  }

  /// The address of a contiguous dataset in the file, or nil where none was allocated.
  static func address(of dataset: borrowing HDF5Handle) -> Int? {
    let address = H5Dget_offset(dataset.id)
    return address == grf_HADDR_UNDEF() ? nil : Int(clamping: address)
  }

  /// Where the chunk that starts at (`row`, `column`) lies, or nil where it was never written.
  static func chunk(of dataset: borrowing HDF5Handle, row: Int, column: Int) -> StoredChunk? {
    let corner = [hsize_t(row), hsize_t(column)]
    var mask: UInt32 = 0
    var address = grf_HADDR_UNDEF()
    var size: hsize_t = 0
    // SAFETY: the corner has two dimensions; the library fills the numbers.
    let status = unsafe H5Dget_chunk_info_by_coord(dataset.id, corner, &mask, &address, &size)
    guard status >= 0, address != grf_HADDR_UNDEF() else { return nil }
    return StoredChunk(address: Int(clamping: address), bytes: Int(clamping: size), filterMask: mask)
  }
}
