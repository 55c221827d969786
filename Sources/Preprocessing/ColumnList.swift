/// A list of columns as a user writes it: `1,3,6`, `0-4`, dimension names.
package enum ColumnList {
  /// The columns that `text` names, in its order.
  ///
  /// A number is always a column, counted from 0, and two with a dash a range, both ends included; anything else is a
  /// dimension name.
  ///
  /// - Throws: ``PreprocessingError`` for pieces that name no column, and for a column named twice.
  package static func parse(
    _ text: String, modality: String, dimension: Int, names: [String]?
  ) throws(PreprocessingError) -> [Int] {
    var columns: [Int] = []
    var seen: Set<Int> = []
    let byName = Dictionary((names ?? []).enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      let piece = piece.trimmingSpaces()
      guard !piece.isEmpty else { throw .malformedColumns(modality: modality, text: text) }
      for column in try self.columns(piece, modality, dimension, byName, names ?? []) {
        guard column < dimension else {
          throw .columnOutOfRange(modality: modality, column: column, dimension: dimension)
        }
        guard seen.insert(column).inserted else { throw .duplicateColumn(modality: modality, column: column) }
        columns.append(column)
      }
    }
    return columns
  }

  private static func columns(
    _ piece: String, _ modality: String, _ dimension: Int, _ byName: [String: Int], _ names: [String]
  ) throws(PreprocessingError) -> [Int] {
    if let column = Int(piece), column >= 0 { return [column] }
    let ends = piece.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    if ends.count == 2, let first = ends[0], let last = ends[1] {
      guard first <= last else { throw .malformedColumns(modality: modality, text: piece) }
      guard last < dimension else { throw .columnOutOfRange(modality: modality, column: last, dimension: dimension) }
      return Array(first...last)
    }
    if let column = byName[piece] { return [column] }
    throw .unknownDimension(modality: modality, name: piece, names: names)
  }
}

extension Substring {
  fileprivate func trimmingSpaces() -> String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
