/// The quartiles of one dimension, with linear interpolation between neighbours: numpy's default.
package struct Quartiles: Sendable, Equatable {
  package let q1: Double
  package let median: Double
  package let q3: Double
}

/// Finds the exact quartiles of many columns, in memory that does not grow with their rows.
///
/// Radix selection: values have keys that sort as they do, and the rows go by once for each digit of the keys, the highest
/// first; three times for Floats, six times for Doubles. A pass counts, column by column, the digits of those values that
/// agree with a wanted one in all digits before, which tells that digit of it. A quartile lies between two neighbours, so
/// at most six values are wanted of a column.
///
///     var selection = QuartileSelection(of: Float.self, columns: 0..<5)
///     while selection.beginPass() {
///       for rows in everything { selection.add(rows, width: 74, valid: nil) }
///     }
///     selection.quartiles
///
/// - Complexity: O(rows · columns); ``bytesPerColumn`` of memory a column, whatever the number of rows.
package struct QuartileSelection<Element: RankedElement>: Sendable {
  /// Bits of a digit: so few that the counts of a column stay in the nearest cache.
  static var digitBits: Int { 11 }
  /// Neighbours of three quartiles.
  static var greatestPrefixes: Int { 6 }
  /// The counts of a column, in bytes.
  package static var bytesPerColumn: Int { (greatestPrefixes << digitBits) * MemoryLayout<UInt64>.size }

  /// A value that is looked for: how many keys that begin like it lie below it, and how it begins.
  private struct Wanted: Sendable {
    var rank: UInt64
    var prefix: UInt64
  }

  private struct Column: Sendable {
    /// Values of the column; known after the first pass.
    var count: UInt64 = 0
    /// Below and above each quartile; empty where there is no value, and before the first pass.
    var wanted: [Wanted] = []
    /// The different beginnings of what is wanted.
    var prefixes: [UInt64] = [0]
  }

  private let first: Int
  private var columns: [Column]
  /// By column, `greatestPrefixes` histograms of a digit.
  var counts: [UInt64]
  /// Bits of the keys that no pass has looked at yet.
  private var remainingBits = Element.keyBits
  /// Bits of the digit under way; 0 before the first pass.
  private var bits = 0

  /// - Parameter columns: those of the rows that are looked at.
  package init(of element: Element.Type, columns: Range<Int>) {
    first = columns.lowerBound
    self.columns = Array(repeating: Column(), count: columns.count)
    counts = Array(repeating: 0, count: columns.count * (Self.greatestPrefixes << Self.digitBits))
  }

  /// Takes the digit that the rows told, and begins with the next one.
  ///
  /// - Returns: whether the rows are to go by once more.
  package mutating func beginPass() -> Bool {
    if bits > 0 {
      for index in columns.indices { takeDigit(index) }
      for index in counts.indices { counts[index] = 0 }
    }
    bits = min(remainingBits, Self.digitBits)
    remainingBits -= bits
    return bits > 0
  }

  /// Adds rows `[rows, width]`; without those whose flag in `valid` is 0.
  package mutating func add(_ values: Span<Element>, width: Int, valid: [UInt8]?) {
    let rows = values.count / width
    precondition(valid == nil || valid?.count == rows)
    for index in columns.indices where !columns[index].prefixes.isEmpty {
      Element.count(
        values, width: width, column: first + index, valid: valid, shift: remainingBits, bits: bits,
        prefixes: columns[index].prefixes, into: &counts, at: index * (Self.greatestPrefixes << Self.digitBits))
    }
  }

  private mutating func takeDigit(_ index: Int) {
    var column = columns[index]
    let base = index * (Self.greatestPrefixes << Self.digitBits)
    if column.count == 0 {
      column.count = counts[base..<base + 1 << bits].reduce(0, +)
      column.wanted = Self.ranks(of: column.count).map { Wanted(rank: $0, prefix: 0) }
    }
    for (place, wanted) in column.wanted.enumerated() {
      guard let slot = column.prefixes.firstIndex(of: wanted.prefix) else { continue }
      let histogram = base + slot << bits
      var (digit, rank) = (0, wanted.rank)
      while rank >= counts[histogram + digit] {
        rank -= counts[histogram + digit]
        digit += 1
      }
      column.wanted[place] = Wanted(rank: rank, prefix: wanted.prefix << UInt64(bits) | UInt64(digit))
    }
    column.prefixes = column.wanted.reduce(into: []) { prefixes, wanted in
      if prefixes.last != wanted.prefix { prefixes.append(wanted.prefix) }
    }
    columns[index] = column
  }

  /// The ranks below and above each quartile of `count` values, from 0.
  private static func ranks(of count: UInt64) -> [UInt64] {
    guard count > 0 else { return [] }
    let last = count - 1
    var ranks: [UInt64] = []
    for quarter: UInt64 in 1...3 {
      // Never beyond 64 bits, as last · quarter could be.
      let below: UInt64 = (last / 4) * quarter + (last % 4) * quarter / 4
      ranks += [below, min(below + 1, last)]
    }
    return ranks
  }

  /// By column; nil where it holds no finite value. Only when ``beginPass()`` was false.
  package var quartiles: [Quartiles?] {
    columns.map { column in
      guard column.wanted.count == 6 else { return nil }
      func quartile(_ quarter: UInt64) -> Double {
        let place = Int(quarter - 1) * 2
        let below = Element.value(ofKey: column.wanted[place].prefix)
        let above = Element.value(ofKey: column.wanted[place + 1].prefix)
        // The same arithmetic as numpy's, from the nearer neighbour.
        let quarters: UInt64 = ((column.count - 1) % 4) * quarter % 4
        let part = Double(quarters) / 4
        return part < 0.5 ? below + (above - below) * part : above - (above - below) * (1 - part)
      }
      return Quartiles(q1: quartile(1), median: quartile(2), q3: quartile(3))
    }
  }
}
