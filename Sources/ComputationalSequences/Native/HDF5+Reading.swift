internal import CHDF5

extension HDF5 {
  /// Selects whole rows of a dataset, calls `read` with the spaces of memory and file, and returns what it returned.
  private static func withRows<Result>(
    _ rows: Range<Int>, columns: Int, of dataset: borrowing HDF5Handle,
    _ read: (_ memory: hid_t, _ file: hid_t) -> Result?
  ) -> Result? {
    guard let file = HDF5Handle.space(H5Dget_space(dataset.id)) else { return nil }
    // A single value has no rows to select.
    let start = [hsize_t(rows.lowerBound), 0]
    let count = [hsize_t(rows.count), hsize_t(columns)]
    // SAFETY: both arrays have one number a dimension.
    guard unsafe H5Sselect_hyperslab(file.id, H5S_SELECT_SET, start, nil, count, nil) >= 0,
      let memory = unsafe HDF5Handle.space(H5Screate_simple(2, count, nil))
    else { return nil }
    return read(memory.id, file.id)
  }

  /// Fills `values` with rows of a numeric dataset as Doubles, through libhdf5's own path; false where it refused.
  static func readDoubles(
    _ dataset: borrowing HDF5Handle, rows: Range<Int>, columns: Int, into values: inout [Double]
  ) -> Bool {
    precondition(values.count >= rows.count * columns)
    if rows.isEmpty || columns == 0 { return true }
    return withRows(rows, columns: columns, of: dataset) { memory, file in
      // SAFETY: the array holds every selected element.
      unsafe H5Dread(dataset.id, grf_H5T_NATIVE_DOUBLE(), memory, file, grf_H5P_DEFAULT(), &values) >= 0 ? true : nil
    } ?? false
  }

  /// Rows of a dataset of 64-bit integers, each rounded once; nil where it holds other numbers, or libhdf5 refused.
  ///
  /// By way of a Double most of them would be rounded twice.
  static func readWideIntegers(_ dataset: borrowing HDF5Handle, rows: Range<Int>, columns: Int) -> [Float]? {
    guard !rows.isEmpty, columns > 0, let type = HDF5Handle.type(H5Dget_type(dataset.id)),
      H5Tget_class(type.id) == H5T_INTEGER, H5Tget_size(type.id) == 8
    else { return nil }
    let isSigned = H5Tget_sign(type.id) != H5T_SGN_NONE
    // In the file's order of bytes: HDF5 1.10 loses the sign of a number of fewer bits when it changes the order.
    let isBig = H5Tget_order(type.id) == H5T_ORDER_BE
    let wide =
      isSigned
      ? (isBig ? grf_H5T_STD_I64BE() : grf_H5T_STD_I64LE()) : (isBig ? grf_H5T_STD_U64BE() : grf_H5T_STD_U64LE())
    return withRows(rows, columns: columns, of: dataset) { memory, file in
      var values = [UInt64](repeating: 0, count: rows.count * columns)
      // SAFETY: the array holds every selected element.
      guard unsafe H5Dread(dataset.id, wide, memory, file, grf_H5P_DEFAULT(), &values) >= 0 else { return nil }
      return values.map { stored in
        let number = isBig ? UInt64(bigEndian: stored) : UInt64(littleEndian: stored)
        return isSigned ? Float(Int64(bitPattern: number)) : Float(number)
      }
    }
  }

  /// The strings of a variable-length dataset of one column, without what follows a NUL; nil where libhdf5 refused.
  static func strings(
    of dataset: borrowing HDF5Handle, type: borrowing HDF5Handle, rows: Range<Int>
  ) -> [[UInt8]]? {
    if rows.isEmpty { return [] }
    return withRows(rows, columns: 1, of: dataset) { memory, file in
      read(rows.count, of: dataset, type, memory: memory, file: file)
    }
  }

  /// The string of a variable-length dataset of one element, of any rank.
  static func onlyString(of dataset: borrowing HDF5Handle, type: borrowing HDF5Handle) -> [UInt8]? {
    guard let space = HDF5Handle.space(H5Dget_space(dataset.id)) else { return nil }
    return read(1, of: dataset, type, memory: space.id, file: grf_H5S_ALL())?.first
  }

  static func read(
    _ count: Int, of dataset: borrowing HDF5Handle, _ type: borrowing HDF5Handle, memory: hid_t, file: hid_t
  ) -> [[UInt8]]? {
    var pointers = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    // SAFETY: the array has one pointer an element; the library allocates the strings and takes them back below.
    let isRead = CrashGuard.call {
      unsafe H5Dread(dataset.id, type.id, memory, file, grf_H5P_DEFAULT(), &pointers) >= 0
    }
    guard isRead else { return nil }
    let strings = unsafe pointers.map { (pointer: UnsafeMutablePointer<CChar>?) -> [UInt8] in
      guard let pointer = unsafe pointer else { return [] }
      var length = 0
      while unsafe pointer[length] != 0 { length += 1 }
      return unsafe Array(UnsafeRawBufferPointer(start: pointer, count: length))
    }
    _ = unsafe grf_reclaim(type.id, memory, &pointers)
    return strings
  }

  /// Fixed-width strings through libhdf5's own path, `width` bytes each.
  static func readFixedStrings(_ dataset: borrowing HDF5Handle, rows: Range<Int>, width: Int) -> [UInt8]? {
    guard !rows.isEmpty else { return [] }
    guard let type = HDF5Handle.type(H5Dget_type(dataset.id)) else { return nil }
    return withRows(rows, columns: 1, of: dataset) { memory, file in
      var bytes = [UInt8](repeating: 0, count: rows.count * width)
      // SAFETY: the array holds every selected element.
      return unsafe H5Dread(dataset.id, type.id, memory, file, grf_H5P_DEFAULT(), &bytes) >= 0 ? bytes : nil
    }
  }
}
