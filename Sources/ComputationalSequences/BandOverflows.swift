/// How many finite Doubles of each row of a band lay beyond Float32 and became infinite.
package struct BandOverflows: Sendable, Equatable {
  package internal(set) var total = 0
  /// By row of the band; empty where the source holds Floats.
  var byRow: [UInt32]

  init(rows: Int) { byRow = Array(repeating: 0, count: rows) }

  package static let none = BandOverflows(rows: 0)

  /// Those of one row of the band.
  package subscript(row: Int) -> Int { total == 0 ? 0 : Int(byRow[row]) }
}
