internal import CBLAS

/// A symmetric matrix `[size, size]` of Doubles.
struct SymmetricMatrix {
  let size: Int
  /// Row-major.
  var values: [Double]

  /// The scatter of rows about their means: the sum of the outer products of their differences from it.
  ///
  /// - Parameter rows: `[count, size]`, row-major, already centred.
  init(scatterOf rows: [Double], size: Int) {
    self.size = size
    values = Array(repeating: 0, count: size * size)
    let count = size == 0 ? 0 : rows.count / size
    guard count > 0 else { return }
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe values.withUnsafeMutableBufferPointer { values in
        // SAFETY: the arrays hold `count` rows of `size` and `size` times `size` elements.
        unsafe cblas_dgemm(
          CblasRowMajor, CblasTrans, CblasNoTrans, Int32(size), Int32(size), Int32(count), 1, rows.baseAddress,
          Int32(size), rows.baseAddress, Int32(size), 0, values.baseAddress, Int32(size))
      }
    }
  }

  /// Eigenvalues, ascending, and for each a row of its eigenvector, through LAPACK's `dsyevd`.
  ///
  /// - Throws: ``ReportingError/decomposition(status:)`` where a value is not finite, or nothing was found.
  func eigenvectors() throws(ReportingError) -> (values: [Double], vectors: [Double]) {
    guard values.allSatisfy(\.isFinite) else { throw .decomposition(status: -1) }
    var order = Int32(size)
    var leading = max(1, order)
    var matrix = values
    var found = Array(repeating: 0.0, count: size)
    // As large as the manual of dsyevd asks for with eigenvectors.
    var workSize = Int32(1 + 6 * size + 2 * size * size)
    var integerSize = Int32(3 + 5 * size)
    var work = Array(repeating: 0.0, count: Int(workSize))
    var integers = Array(repeating: Int32(0), count: Int(integerSize))
    var status: Int32 = 0
    // SAFETY: every array has the size that the call is told; LAPACK writes no further.
    unsafe dsyevd_(
      "V", "U", &order, &matrix, &leading, &found, &work, &workSize, &integers, &integerSize, &status)
    guard status == 0 else { throw .decomposition(status: Int(status)) }
    // Fortran's columns are rows here.
    return (found, matrix)
  }
}
