import CKernels
import Testing

@Suite struct `Row kernels` {
  private func zeroRows(_ values: [Float], width: Int) -> [UInt8] {
    var flags = [UInt8](repeating: 9, count: values.count / width)
    unsafe grf_zero_rows(values, flags.count, width, &flags)
    return flags
  }

  @Test func `call a row zero where all its values are, of either sign, and none is NaN`() {
    let rows: [[Float]] = [
      [0, 0, 0], [0, -0.0, 0], [0, .leastNonzeroMagnitude, 0], [.nan, 0, 0], [0, 0, .infinity],
    ]
    #expect(zeroRows(rows.flatMap { $0 }, width: 3) == [1, 1, 0, 0, 0])
    #expect(zeroRows([], width: 3) == [])
  }

  @Test(arguments: [1, 2, 15, 16, 17, 100])
  func `find one value among many, wherever it stands`(width: Int) {
    for column in 0..<width {
      var values = [Float](repeating: 0, count: 3 * width)
      values[width + column] = -1
      #expect(zeroRows(values, width: width) == [1, 0, 1])
      values[width + column] = column.isMultiple(of: 2) ? .nan : -.infinity
      var flags = [UInt8](repeating: 9, count: 3)
      #expect(unsafe grf_finite_rows(values, 3, width, &flags) == 1)
      #expect(flags == [1, 0, 1])
      #expect(unsafe grf_finite_rows_f64(values.map { Double($0) }, 3, width, &flags) == 1)
      #expect(flags == [1, 0, 1])
    }
  }

  @Test func `count the rows that are not finite`() {
    let values: [Double] = [1, 2, .nan, 0, .greatestFiniteMagnitude, 0, .infinity, .nan]
    var flags = [UInt8](repeating: 9, count: 4)
    #expect(unsafe grf_finite_rows_f64(values, 4, 2, &flags) == 2)
    #expect(flags == [1, 0, 1, 0])
    #expect(unsafe grf_finite_rows(values.map { Float($0) }, 4, 2, &flags) == 3, "too large for a Float")
    #expect(flags == [1, 0, 0, 0])
    #expect(unsafe grf_finite_rows([], 0, 2, &flags) == 0)
  }

  @Test func `add up finite values only`() {
    var sums = [1.0, 0, 0, 0]
    var counts = [2.0, 0, 0, 0]
    unsafe grf_accumulate([1, .nan, .infinity, -0.0], 1, 4, &sums, &counts)
    unsafe grf_accumulate([0x1p-30, -3, -.infinity, 0], 1, 4, &sums, &counts)
    #expect(sums == [2 + 0x1p-30, -3, 0, 0], "in Double")
    #expect(counts == [4, 1, 0, 2])
  }
}
