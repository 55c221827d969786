import CKernels
import Testing

/// Rows and columns to try.
private let shapes = [
  (0, 5), (1, 1), (1, 16), (3, 15), (2, 17), (5, 64), (7, 128), (4, 129), (33, 63), (100, 300), (3, 0),
]

@Suite struct `Row kernels of training` {
  private func sums(_ x: [Float], _ rows: Int, _ columns: Int) -> [Double] {
    (0..<columns).map { c in (0..<rows).reduce(0) { $0 + Double(x[$1 * columns + c]) } }
  }

  @Test(arguments: shapes)
  func `fill, sum and average rows`(rows: Int, columns: Int) {
    var numbers = Numbers(seed: UInt64(1000 * rows + columns))
    let (x, row) = (numbers.floats(rows * columns), numbers.floats(columns))
    let filled = Shifted(repeating: 9, count: rows * columns, by: 3)
    unsafe grf_fill_rows(row, filled.pointer, rows, columns)
    #expect(filled.values == (0..<rows).flatMap { _ in row })

    let added = Shifted(row, by: 1)
    unsafe grf_column_sums(x, rows, columns, added.pointer)
    let expected = sums(x, rows, columns)
    expectCloseOverall(added.values, zip(row, expected).map { Double($0) + $1 }, 1e-6, "sums")

    let mean = Shifted(repeating: 9, count: columns, by: 1)
    unsafe grf_mean_rows(x, rows, columns, mean.pointer)
    expectClose(mean.values, expected.map { rows == 0 ? 0 : $0 / Double(rows) }, 1e-6, "mean")

    let spread = Shifted(x, by: 1)
    unsafe grf_add_to_rows(row, 0.3, spread.pointer, rows, columns)
    expectClose(
      spread.values, x.enumerated().map { Double($1) + Double(Float(0.3)) * Double(row[$0 % columns]) }, 5e-7, "spread")
  }

  @Test(arguments: shapes)
  func `add the rows of a table by position`(rows: Int, columns: Int) {
    var numbers = Numbers(seed: UInt64(1000 * rows + columns))
    let (x, table) = (numbers.floats(rows * columns), numbers.floats(11 * columns))
    let positions = (0..<rows).map { Int32(($0 * 7 + 3) % 11) }
    let y = Shifted(x, by: 2)
    unsafe grf_add_positions(y.pointer, 1, table, positions, y.pointer, rows, columns)
    let codes = x.indices.map { table[Int(positions[$0 / columns]) * columns + $0 % columns] }
    #expect(y.values == zip(x, codes).map { $0 + $1 })
    let scaled = Shifted(repeating: 9, count: x.count, by: 1)
    unsafe grf_add_positions(x, 5.5, table, positions, scaled.pointer, rows, columns)
    expectClose(scaled.values, zip(x, codes).map { 5.5 * Double($0) + Double($1) }, 1e-6, "scaled")
  }

  @Test(arguments: lengths)
  func `add, scale and mix`(count: Int) {
    var numbers = Numbers(seed: UInt64(count))
    let (a, b, dy) = (numbers.floats(count), numbers.floats(count), numbers.floats(count))
    let z = numbers.floats(count, in: 0...1)
    let sum = Shifted(a, by: 1)
    unsafe grf_add(sum.pointer, b, sum.pointer, count)
    #expect(sum.values == zip(a, b).map { $0 + $1 })

    let scaled = Shifted(a, by: 1)
    unsafe grf_add_scaled(b, -0.7, scaled.pointer, count)
    expectClose(scaled.values, zip(a, b).map { Double($0) - Double(Float(0.7)) * Double($1) }, 5e-7, "scaled")

    let mixed = Shifted(repeating: 9, count: count, by: 1)
    unsafe grf_mix(a, b, z, mixed.pointer, count)
    expectClose(
      mixed.values, (0..<count).map { (1 - Double(z[$0])) * Double(a[$0]) + Double(z[$0]) * Double(b[$0]) }, 1e-6, "mix"
    )

    let (dh, dc, dz) = (Shifted(a, by: 1), Shifted(b, by: 2), Shifted(z, by: 3))
    unsafe grf_mix_backward(a, b, z, dy, dh.pointer, dc.pointer, dz.pointer, count)
    expectClose(dh.values, (0..<count).map { Double(a[$0]) + Double(dy[$0]) * (1 - Double(z[$0])) }, 1e-6, "dh")
    expectClose(dc.values, (0..<count).map { Double(b[$0]) + Double(dy[$0]) * Double(z[$0]) }, 1e-6, "dc")
    expectClose(
      dz.values, (0..<count).map { Double(z[$0]) + Double(dy[$0]) * (Double(b[$0]) - Double(a[$0])) }, 1e-5, "dz")
  }

  @Test(arguments: shapes)
  func `spread a row by factors, and gather it again`(rows: Int, columns: Int) {
    var numbers = Numbers(seed: UInt64(1000 * rows + columns))
    let (row, factors, stride) = (numbers.floats(columns), numbers.floats(rows), columns + 3)
    let spread = Shifted(repeating: 9, count: rows * stride, by: 2)
    unsafe grf_spread(row, columns, factors, rows, spread.pointer, stride)
    for r in 0..<rows {
      let found = spread.values[r * stride..<(r + 1) * stride]
      #expect(Array(found) == row.map { $0 * factors[r] } + [9, 9, 9])
    }
    let y = numbers.floats(rows * stride)
    let gathered = Shifted(row, by: 1)
    unsafe grf_gather(y, stride, factors, rows, gathered.pointer, columns)
    // Rounded as written: a product, then a sum.
    #expect(
      gathered.values == (0..<columns).map { c in (0..<rows).reduce(row[c]) { $0 + y[$1 * stride + c] * factors[$1] } })
  }

  @Test func `carry NaN along`() {
    var x = [Float](repeating: 1, count: 5 * 40)
    x[2 * 40 + 33] = .nan
    let (sums, mean) = (Shifted(repeating: 0, count: 40), Shifted(repeating: 0, count: 40))
    unsafe grf_column_sums(x, 5, 40, sums.pointer)
    unsafe grf_mean_rows(x, 5, 40, mean.pointer)
    for result in [sums.values, mean.values] { #expect(result.indices.filter { result[$0].isNaN } == [33]) }
  }
}

@Suite struct `Layer norm kernels` {
  /// Everything in Double: y, dx, dgain, dshift.
  private func reference(_ x: [Float], _ gain: [Float], _ shift: [Float], _ dy: [Float], _ rows: Int)
    -> (y: [Double], dx: [Double], dgain: [Double], dshift: [Double])
  {
    let columns = gain.count
    let n = Double(columns)
    var y: [Double] = []
    var dx: [Double] = []
    var dgain = [Double](repeating: 0, count: columns)
    var dshift = dgain
    for r in 0..<rows {
      let row = doubles(Array(x[r * columns..<(r + 1) * columns]))
      let d = doubles(Array(dy[r * columns..<(r + 1) * columns]))
      let mean = row.reduce(0, +) / n
      let scale = 1 / (row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n + 1e-5).squareRoot()
      let normal = row.map { ($0 - mean) * scale }
      let g = zip(gain, d).map { Double($0) * $1 }
      let meanG = g.reduce(0, +) / n
      let meanGN = zip(g, normal).reduce(0) { $0 + $1.0 * $1.1 } / n
      for c in 0..<columns {
        y.append(Double(gain[c]) * normal[c] + Double(shift[c]))
        dx.append(scale * (g[c] - meanG - normal[c] * meanGN))
        dgain[c] += d[c] * normal[c]
        dshift[c] += d[c]
      }
    }
    return (y, dx, dgain, dshift)
  }

  @Test(arguments: shapes.filter { $0.1 > 0 })
  func `agree with Double, forward and backward`(rows: Int, columns: Int) {
    var numbers = Numbers(seed: UInt64(1000 * rows + columns))
    let (x, dy) = (numbers.floats(rows * columns, in: 1...5), numbers.floats(rows * columns))
    let (gain, shift) = (numbers.floats(columns, in: 0.5...2), numbers.floats(columns))
    let expected = reference(x, gain, shift, dy, rows)
    let (mean, scale) = (Shifted(repeating: 9, count: rows), Shifted(repeating: 9, count: rows, by: 1))
    let y = Shifted(repeating: 9, count: x.count, by: 1)
    unsafe grf_layer_norm(x, gain, shift, y.pointer, rows, columns, 1e-5, mean.pointer, scale.pointer)
    // A row of one column has no variance: its scale is 316, and its rounding grows with it.
    expectClose(y.values, expected.y, columns == 1 ? 1e-4 : 4e-6, "y")

    for adds in [false, true] {
      let dx = Shifted(adds ? x : Array(repeating: 9, count: x.count), by: 2)
      let (dgain, dshift) = (Shifted(shift, by: 3), Shifted(gain, by: 4))
      unsafe grf_layer_norm_backward(
        x, gain, mean.pointer, scale.pointer, dy, dx.pointer, dgain.pointer, dshift.pointer, rows, columns,
        adds ? 1 : 0)
      let sum = zip(x, expected.dx).map { (adds ? Double($0) : 0) + $1 }
      expectCloseOverall(dx.values, sum, columns == 1 ? 1e-2 : 4e-6, "dx")
      expectCloseOverall(dgain.values, zip(shift, expected.dgain).map { Double($0) + $1 }, 4e-6, "dgain")
      expectCloseOverall(dshift.values, zip(gain, expected.dshift).map { Double($0) + $1 }, 4e-6, "dshift")
    }
  }

  @Test(arguments: [64, 128, 100])
  func `compute each row by itself, wherever it lies, and hide no NaN`(columns: Int) {
    var numbers = Numbers(seed: UInt64(columns))
    var x = numbers.floats(6 * columns)
    x[3 * columns + columns - 1] = .nan
    let (gain, shift) = (numbers.floats(columns), numbers.floats(columns))
    func run(_ x: [Float], shift by: Int) -> [Float] {
      let rows = x.count / columns
      let (y, mean, scale) = (
        Shifted(x, by: by), Shifted(repeating: 0, count: rows), Shifted(repeating: 0, count: rows)
      )
      unsafe grf_layer_norm(y.pointer, gain, shift, y.pointer, rows, columns, 1e-5, mean.pointer, scale.pointer)
      return y.values
    }
    let y = run(x, shift: 0)
    #expect(y.indices.allSatisfy { y[$0].isNaN == ($0 / columns == 3) })
    for by in 1..<16 { #expect(patterns(run(x, shift: by)) == patterns(y)) }
    #expect(patterns(run(Array(x[columns...]), shift: 7)) == patterns(Array(y[columns...])))
  }
}
