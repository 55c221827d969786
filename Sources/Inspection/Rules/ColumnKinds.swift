/// What a column held so far, and what it holds now.
private struct Kind<Key: Hashable>: Hashable {
  let model: Int
  let key: Key
}

/// Which columns never change, and which repeat another, over all rows seen so far.
///
/// Columns are candidates until a row says otherwise; after a few rows of ordinary features none is left, and the rest
/// costs nothing.
struct ColumnKinds: Sendable {
  private let columns: Int
  private var rows = 0
  /// By column, the first finite value; NaN before there is any.
  private var first: [Float]
  /// Columns whose finite values were all equal.
  private var steady: [Int]
  /// By column, the earliest column that held the same bits in every row; itself where there is none.
  private var model: [Int]
  /// Columns that are not their own model.
  private var followers: [Int]

  init(columns: Int) {
    self.columns = columns
    first = Array(repeating: .nan, count: columns)
    steady = Array(0..<columns)
    model = Array(repeating: 0, count: columns)
    followers = Array(0..<columns).filter { $0 > 0 }
  }

  /// Adds whole rows, `[n, columns]`.
  mutating func add(_ values: Span<Float>) {
    let count = values.count / max(1, columns)
    rows += count
    for row in 0..<count {
      if steady.isEmpty && followers.isEmpty { return }
      let base = row * columns
      var changes = false
      for column in steady {
        let value = values[base + column]
        if value == first[column] || !value.isFinite { continue }
        if first[column].isNaN { first[column] = value } else { changes = true }
      }
      if changes {
        let first = first
        steady.removeAll { values[base + $0].isFinite && values[base + $0] != first[$0] }
      }
      for column in followers
      where values[base + column].bitPattern != values[base + model[column]].bitPattern {
        refine { values[base + $0].bitPattern }
        break
      }
    }
  }

  /// Adds the rows of a later piece.
  mutating func add(_ other: ColumnKinds) {
    guard other.rows > 0 else { return }
    rows += other.rows
    let theirs = Set(other.steady)
    let first = first
    steady.removeAll { column in
      let (mine, its) = (first[column], other.first[column])
      return !theirs.contains(column) || !(mine.isNaN || its.isNaN || mine == its)
    }
    for column in 0..<columns where first[column].isNaN { self.first[column] = other.first[column] }
    refine { other.model[$0] }
  }

  /// Parts columns from their model where `key` differs; those that part alike stay together.
  private mutating func refine<Key: Hashable>(_ key: (Int) -> Key) {
    var heads: [Kind<Key>: Int] = [:]
    for column in 0..<columns {
      let kind = Kind(model: model[column], key: key(column))
      if let head = heads[kind] {
        model[column] = head
      } else {
        heads[kind] = column
        model[column] = column
      }
    }
    followers = (0..<columns).filter { model[$0] != $0 }
  }

  /// - Parameter names: of the columns, where there are any.
  func inspect(names: [String]?, into findings: inout Findings) {
    guard rows >= 2 else { return }
    func name(_ column: Int) -> String? { names.map { "\"\($0[column])\"" } }
    for column in steady {
      let value = first[column].isNaN ? "no finite value" : "always \(first[column])"
      findings.add(
        .constantDimension,
        Place(column: column, detail: [name(column), value].compactMap { $0 }.joined(separator: ", ")))
    }
    let constant = Set(steady)
    for column in followers where !constant.contains(column) {
      findings.add(
        .duplicateDimension,
        Place(
          column: column,
          detail: [name(column), "as column \(model[column])"].compactMap { $0 }.joined(separator: ", ")))
    }
  }
}
