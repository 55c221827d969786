internal import CHDF5

/// Arrays of any rank, by rows.
extension HDF5 {
  static func arrayContent(of dataset: borrowing HDF5Handle) -> (HDF5Arrays.Content, name: String) {
    let (element, name) = element(of: dataset)
    guard let type = HDF5Handle.type(H5Dget_type(dataset.id)) else { return (.other, name) }
    let size = H5Tget_size(type.id)
    switch element {
    case .float32: return (.float32(isBinary16: false), name)
    case .float64: return (.float64, name)
    case .otherNumber where H5Tget_class(type.id) == H5T_FLOAT && size == 2: return (.float32(isBinary16: true), name)
    case .otherNumber where size <= 2: return (.float32(isBinary16: false), name)
    case .otherNumber: return (.float64, name)
    case .fixedString, .variableString: return (.strings, name)
    // h5py stores Booleans as an enumeration of bytes.
    case nil where H5Tget_class(type.id) == H5T_ENUM && size == 1: return (.float32(isBinary16: false), "bool")
    case nil: return (.other, name)
    }
  }

  /// Rows of a chunk; 1 where there are no chunks.
  static func chunkRows(of dataset: borrowing HDF5Handle) -> Int {
    guard let properties = HDF5Handle.properties(H5Dget_create_plist(dataset.id)),
      H5Pget_layout(properties.id) == H5D_CHUNKED
    else { return 1 }
    var lengths = [hsize_t](repeating: 1, count: 32)
    // SAFETY: HDF5 knows no more than 32 dimensions.
    return unsafe H5Pget_chunk(properties.id, 32, &lengths) > 0 ? max(1, Int(clamping: lengths[0])) : 1
  }

  static func readFloats(_ dataset: borrowing HDF5Handle, rows: Range<Int>, shape: [Int]) -> [Float]? {
    withRows(rows, of: dataset, shape: shape) { count, memory, file in
      var values = [Float](repeating: 0, count: count)
      // SAFETY: the array holds every selected element.
      return unsafe H5Dread(dataset.id, grf_H5T_NATIVE_FLOAT(), memory, file, grf_H5P_DEFAULT(), &values) >= 0
        ? values : nil
    }
  }

  static func readDoubles(_ dataset: borrowing HDF5Handle, rows: Range<Int>, shape: [Int]) -> [Double]? {
    withRows(rows, of: dataset, shape: shape) { count, memory, file in
      var values = [Double](repeating: 0, count: count)
      // SAFETY: the array holds every selected element.
      return unsafe H5Dread(dataset.id, grf_H5T_NATIVE_DOUBLE(), memory, file, grf_H5P_DEFAULT(), &values) >= 0
        ? values : nil
    }
  }

  static func readStrings(_ dataset: borrowing HDF5Handle, rows: Range<Int>, shape: [Int]) -> [[UInt8]]? {
    guard let type = HDF5Handle.type(H5Dget_type(dataset.id)) else { return nil }
    return withRows(rows, of: dataset, shape: shape) { count, memory, file in
      if count == 0 { return [] }
      if H5Tis_variable_str(type.id) > 0 { return read(count, of: dataset, type, memory: memory, file: file) }
      let width = H5Tget_size(type.id)
      guard width > 0, count < 1 << 40 / width else { return nil }
      var bytes = [UInt8](repeating: 0, count: count * width)
      // SAFETY: the array holds every selected element.
      guard unsafe H5Dread(dataset.id, type.id, memory, file, grf_H5P_DEFAULT(), &bytes) >= 0 else { return nil }
      return (0..<count).map { index in Array(bytes[index * width..<(index + 1) * width].prefix { $0 != 0 }) }
    }
  }

  /// Selects whole rows; a single value is one row.
  private static func withRows<Result>(
    _ rows: Range<Int>, of dataset: borrowing HDF5Handle, shape: [Int],
    _ read: (_ count: Int, _ memory: hid_t, _ file: hid_t) -> Result?
  ) -> Result? {
    let count = shape.dropFirst().reduce(rows.count, *)
    if shape.isEmpty || count == 0 { return read(count, grf_H5S_ALL(), grf_H5S_ALL()) }
    guard let file = HDF5Handle.space(H5Dget_space(dataset.id)) else { return nil }
    let start = [hsize_t(rows.lowerBound)] + shape.dropFirst().map { _ in 0 }
    let lengths = [hsize_t(rows.count)] + shape.dropFirst().map { hsize_t($0) }
    // SAFETY: both arrays have one number a dimension.
    guard unsafe H5Sselect_hyperslab(file.id, H5S_SELECT_SET, start, nil, lengths, nil) >= 0,
      let memory = unsafe HDF5Handle.space(H5Screate_simple(Int32(lengths.count), lengths, nil))
    else { return nil }
    return read(count, memory.id, file.id)
  }
}
