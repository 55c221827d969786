package import ComputationalSequences

/// The columns of a label sequence: what they are called, and which of them a dataset takes.
package struct LabelColumns {
  /// Columns of the file, in the order in which they were asked for; nil for all as they are.
  let chosen: [Int]?
  /// The names of those that are taken, all different.
  let names: [String]

  /// The columns of the labels published with CMU-MOSEI, whose file may not name them: a sentiment from −3 to 3, then how
  /// present each emotion is, from 0 to 3.
  static let mosei = ["sentiment", "happy", "sad", "anger", "surprise", "disgust", "fear"]
  /// The root of those.
  static let moseiRoot = "All Labels"

  /// - Parameter wanted: numbers from 0, ranges with both ends, or names, separated by commas; none for all columns.
  /// - Throws: ``SegmentsError`` for a piece that names no column, and for a column named twice.
  init(_ root: SequenceRoot, wanted: [String]) throws(SegmentsError) {
    let all = Self.names(of: root)
    guard !wanted.isEmpty else {
      (chosen, names) = (nil, all)
      return
    }
    var columns: [Int] = []
    for piece in wanted.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
      let piece = String(piece.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      guard let found = Self.columns(piece, all) else {
        throw .unknownLabelColumn(root: root.name, text: piece, names: all)
      }
      for column in found {
        guard !columns.contains(column) else { throw .duplicateLabelColumn(all[column]) }
        columns.append(column)
      }
    }
    (chosen, names) = (columns == Array(all.indices) ? nil : columns, columns.map { all[$0] })
  }

  /// A number is always a column, two with a dash a range; anything else is a name.
  private static func columns(_ piece: String, _ names: [String]) -> [Int]? {
    if let column = Int(piece), column >= 0 { return names.indices.contains(column) ? [column] : nil }
    let ends = piece.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    if ends.count == 2, let first = ends[0], let last = ends[1] {
      return first <= last && last < names.count ? Array(first...last) : nil
    }
    return names.firstIndex(of: piece).map { [$0] }
  }

  /// The names of all columns; one that stands there twice is numbered, because a dataset names no column twice.
  package static func names(of root: SequenceRoot) -> [String] {
    let given = root.metadata.dimensionNames.flatMap { $0.count == root.dimension ? $0 : nil }
    let known = root.name == moseiRoot && root.dimension == mosei.count ? mosei : nil
    var names: [String] = []
    for name in given ?? known ?? (0..<root.dimension).map({ "label_\($0)" }) {
      var unique = name
      var number = 2
      while names.contains(unique) {
        unique = "\(name)_\(number)"
        number += 1
      }
      names.append(unique)
    }
    return names
  }
}
