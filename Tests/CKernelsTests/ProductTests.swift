import CKernels
import Foundation
import Testing

@Suite struct `Matrix product kernels` {
  /// How A and B lie in memory.
  enum Kind: CaseIterable {
    /// A by rows, B the packed transpose of `[columns, depth]`.
    case packed
    /// A by rows, B by rows.
    case plain
    /// A by columns, B by rows.
    case transposed
  }

  /// What the chains begin with.
  enum Start: CaseIterable { case zero, bias, result }

  struct Product {
    let kind: Kind
    let (rows, columns, depth): (Int, Int, Int)
    let start: Start
    let (a, b, bias, c): ([Float], [Float], [Float], [Float])

    init(_ kind: Kind, _ rows: Int, _ columns: Int, _ depth: Int, _ start: Start) {
      var numbers = Numbers(seed: UInt64(rows * 1_000_003 + columns * 1009 + depth))
      (self.kind, self.rows, self.columns, self.depth, self.start) = (kind, rows, columns, depth, start)
      a = numbers.floats(rows * depth, in: -1...1)
      b = numbers.floats(depth * columns, in: -1...1)
      bias = numbers.floats(columns)
      c = numbers.floats(rows * columns)
    }

    private func a(_ i: Int, _ k: Int) -> Float { kind == .transposed ? a[k * rows + i] : a[i * depth + k] }
    private func b(_ k: Int, _ j: Int) -> Float { kind == .packed ? b[j * depth + k] : b[k * columns + j] }

    /// One chain an element, each step rounded once; `fused`: as the kernels do it, bit by bit.
    func chains(fused: Bool) -> [Float] {
      (0..<rows * columns).map { place in
        let (i, j) = (place / columns, place % columns)
        var sum: Float = start == .zero ? 0 : start == .bias ? bias[j] : c[place]
        for k in 0..<depth { sum = fused ? sum.addingProduct(a(i, k), b(k, j)) : sum + a(i, k) * b(k, j) }
        return sum
      }
    }

    /// The kernel's.
    ///
    /// - Parameter pieces: into how many products the depth is cut, which are added one after another.
    func results(pieces: Int = 1, shift: Int = 0) -> [Float] {
      let (a, b) = (Shifted(a, by: shift), Shifted(b, by: (shift + 5) % 16))
      let (bias, c) = (Shifted(bias, by: shift), Shifted(c, by: (shift + 3) % 16))
      let panels = Shifted(repeating: .nan, count: depth * ((columns + 15) / 16 * 16), by: shift)
      if kind == .packed { unsafe grf_pack_transposed(b.pointer, columns, depth, depth, panels.pointer) }
      for piece in 0..<pieces {
        let (first, end) = (depth * piece / pieces, depth * (piece + 1) / pieces)
        // SAFETY: the matrices have the sizes that are said here.
        var product = unsafe grf_product(
          rows: rows, columns: columns, depth: end - first,
          a: a.pointer + (kind == .transposed ? first * rows : first), a_row: kind == .transposed ? 1 : depth,
          a_depth: kind == .transposed ? rows : 1, b: b.pointer + first * columns, b_panel: 16, b_depth: columns,
          c: c.pointer, c_row: columns, bias: start == .bias && piece == 0 ? UnsafePointer(bias.pointer) : nil,
          adds: start == .result || piece > 0 ? 1 : 0)
        if kind == .packed {
          unsafe product.b = UnsafePointer(panels.pointer + first * 16)
          unsafe (product.b_panel, product.b_depth) = (16 * depth, 16)
        }
        unsafe grf_multiply(&product)
      }
      return c.values
    }
  }

  private static let isFused = grf_kernels_fuse() != 0

  /// Rows, columns and depth: none, one, and all that tiles can leave over.
  private static let shapes: [(Int, Int, Int)] =
    [
      (0, 3, 4), (3, 0, 4), (4, 5, 0), (1, 1, 1), (1, 16, 64), (14, 64, 300), (57, 30, 33), (25, 192, 129),
      (7, 47, 400),
    ]
    + (1...13).map { ($0, 33, 7) } + (1...35).map { (5, $0, 9) }

  @Test(arguments: Kind.allCases, Start.allCases)
  func `are one chain of fused steps an element, in the order of the depth`(kind: Kind, start: Start) {
    for (rows, columns, depth) in Self.shapes {
      let product = Product(kind, rows, columns, depth, start)
      #expect(
        patterns(product.results()) == patterns(product.chains(fused: Self.isFused)),
        "\(rows) × \(columns) × \(depth)")
    }
  }

  @Test(arguments: Kind.allCases)
  func `do not depend on how the depth is cut, nor on alignment`(kind: Kind) {
    let product = Product(kind, 29, 53, 300, .bias)
    let expected = patterns(product.results())
    for pieces in [2, 3, 7, 300] { #expect(patterns(product.results(pieces: pieces)) == expected) }
    for shift in 1..<16 { #expect(patterns(product.results(shift: shift)) == expected) }
  }

  @Test func `hide no NaN, and spread none beyond its row or column`() {
    let product = Product(.packed, 20, 40, 30, .zero)
    var (a, b) = (product.a, product.b)
    a[3 * 30 + 29] = .nan
    b[17 * 30] = .infinity
    let panels = Shifted(repeating: 0, count: 30 * 48)
    let c = Shifted(repeating: 0, count: 20 * 40)
    unsafe grf_pack_transposed(b, 40, 30, 30, panels.pointer)
    unsafe a.withUnsafeBufferPointer { a in
      // SAFETY: the sizes are those of the arrays.
      var product = unsafe grf_product(
        rows: 20, columns: 40, depth: 30, a: a.baseAddress, a_row: 30, a_depth: 1, b: UnsafePointer(panels.pointer),
        b_panel: 480, b_depth: 16, c: c.pointer, c_row: 40, bias: nil, adds: 0)
      unsafe grf_multiply(&product)
    }
    let values = c.values
    #expect(values.indices.allSatisfy { values[$0].isFinite == ($0 / 40 != 3 && $0 % 40 != 17) })
  }
}

@Suite struct `The choice of kernels` {
  @Test func `names what the processor has`() throws {
    let name = try #require(unsafe grf_kernels().map { unsafe String(cString: $0) })
    let available = (0..<8).compactMap { unsafe grf_kernels_available($0).map { unsafe String(cString: $0) } }
    #expect(available.contains(name) && Set(available).count == available.count)
    #expect((grf_kernels_fuse() != 0) == (name != "portable"))
    // The tests run once more with each that the environment can name.
    let wanted = ProcessInfo.processInfo.environment["GRF_KERNELS"] ?? ""
    #expect(wanted.isEmpty ? name == available.last : (grf_kernels_refused() != 0) == !available.contains(wanted))
  }
}
