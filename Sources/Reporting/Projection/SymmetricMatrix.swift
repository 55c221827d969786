/// A symmetric matrix `[size, size]` of Doubles.
struct SymmetricMatrix {
  let size: Int
  /// Row-major.
  private var values: [Double]

  /// The scatter of rows about their means: the sum of the outer products of their differences from it.
  ///
  /// - Parameter rows: `[count, size]`, row-major, already centred.
  init(scatterOf rows: [Double], size: Int) {
    self.size = size
    values = Array(repeating: 0, count: size * size)
    guard size > 0 else { return }
    for row in stride(from: 0, to: rows.count, by: size) {
      for i in 0..<size {
        let x = rows[row + i]
        for j in 0..<size { values[i * size + j] += x * rows[row + j] }
      }
    }
  }

  /// Eigenvalues, ascending, and for each a row of its eigenvector, of length 1.
  ///
  /// Each rotation makes one pair of elements off the diagonal 0; sweeps over all pairs converge quadratically, and small
  /// eigenvalues are as exact as large ones.
  ///
  /// - Throws: ``ReportingError/decomposition`` where a value is not finite.
  /// - Complexity: O(size³) a sweep, and some ten sweeps.
  /// - Source: Golub and Van Loan, "Matrix Computations", section 8.5: the cyclic Jacobi method.
  func eigenvectors() throws(ReportingError) -> (values: [Double], vectors: [Double]) {
    guard values.allSatisfy(\.isFinite) else { throw .decomposition }
    var a = values
    // Rows are the eigenvectors in the making.
    var vectors = Array(repeating: 0.0, count: size * size)
    for i in 0..<size { vectors[i * size + i] = 1 }
    let negligible = a.reduce(0) { max($0, abs($1)) } * 0x1p-60
    for _ in 0..<60 {
      var isDiagonal = true
      for p in 0..<size {
        for q in p + 1..<max(size, p + 1) where abs(a[p * size + q]) > negligible {
          isDiagonal = false
          let angle = Self.rotation(a[p * size + p], a[q * size + q], a[p * size + q])
          Self.rotateColumns(&a, size, p, q, angle)
          Self.rotateRows(&a, size, p, q, angle)
          Self.rotateRows(&vectors, size, p, q, angle)
        }
      }
      if isDiagonal { break }
    }
    let order = (0..<size).sorted { a[$0 * size + $0] < a[$1 * size + $1] }
    return (
      order.map { a[$0 * size + $0] }, order.flatMap { vectors[$0 * size..<($0 + 1) * size] }
    )
  }

  /// Cosine and sine of the smaller angle that makes the element beside `app` and `aqq` 0.
  private static func rotation(_ app: Double, _ aqq: Double, _ apq: Double) -> (c: Double, s: Double) {
    let tau = (aqq - app) / (2 * apq)
    let tangent = (tau < 0 ? -1 : 1) / (abs(tau) + (1 + tau * tau).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    return (cosine, tangent * cosine)
  }

  private static func rotateRows(_ a: inout [Double], _ size: Int, _ p: Int, _ q: Int, _ angle: (c: Double, s: Double))
  {
    for k in 0..<size {
      let (x, y) = (a[p * size + k], a[q * size + k])
      (a[p * size + k], a[q * size + k]) = (angle.c * x - angle.s * y, angle.s * x + angle.c * y)
    }
  }

  private static func rotateColumns(
    _ a: inout [Double], _ size: Int, _ p: Int, _ q: Int, _ angle: (c: Double, s: Double)
  ) {
    for k in 0..<size {
      let (x, y) = (a[k * size + p], a[k * size + q])
      (a[k * size + p], a[k * size + q]) = (angle.c * x - angle.s * y, angle.s * x + angle.c * y)
    }
  }
}
