internal import CKernels

/// Questions about whole rows.
package enum RowTests {
  /// Sets `flags[r]` where every value of row r of `[rows, dimension]` is 0.
  package static func zeroRows(_ values: Span<Float>, dimension: Int, into flags: inout [UInt8]) {
    let rows = values.count / dimension
    precondition(flags.count >= rows)
    unsafe values.withUnsafeBufferPointer { values in
      // SAFETY: the kernel reads rows × dimension values and writes a flag a row.
      unsafe flags.withUnsafeMutableBufferPointer { flags in
        unsafe grf_zero_rows(values.baseAddress, rows, dimension, flags.baseAddress)
      }
    }
  }

  /// Sets `flags[r]` where every value of row r is finite; returns how many rows are not.
  package static func finiteRows(_ values: Span<Float>, dimension: Int, into flags: inout [UInt8]) -> Int {
    let rows = values.count / dimension
    precondition(flags.count >= rows)
    return unsafe values.withUnsafeBufferPointer { values in
      // SAFETY: as above.
      unsafe flags.withUnsafeMutableBufferPointer { flags in
        unsafe grf_finite_rows(values.baseAddress, rows, dimension, flags.baseAddress)
      }
    }
  }

  package static func finiteRows(_ values: Span<Double>, dimension: Int, into flags: inout [UInt8]) -> Int {
    let rows = values.count / dimension
    precondition(flags.count >= rows)
    return unsafe values.withUnsafeBufferPointer { values in
      // SAFETY: as above.
      unsafe flags.withUnsafeMutableBufferPointer { flags in
        unsafe grf_finite_rows_f64(values.baseAddress, rows, dimension, flags.baseAddress)
      }
    }
  }
}
