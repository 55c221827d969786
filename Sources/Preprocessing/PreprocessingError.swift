internal import PackedSequences

/// What can be wrong with a request to preprocess a modality.
public enum PreprocessingError: Error, Equatable, Sendable {
  case malformedColumns(modality: String, text: String)
  case columnOutOfRange(modality: String, column: Int, dimension: Int)
  case unknownDimension(modality: String, name: String, names: [String])
  case duplicateColumn(modality: String, column: Int)
  case tokensHaveNoColumns(modality: String)
  case tokensCannotBeResampled(modality: String)
  case tokensCannotBeCombined(modality: String, how: String)
  case nonfiniteValue(path: String, entry: String, row: Int, column: Int, value: String)
}

extension PreprocessingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformedColumns(let modality, let text):
      "--select \(modality)=\(text): give columns, ranges or dimension names, as in \(modality)=1,3,0-4"
    case .columnOutOfRange(let modality, let column, let dimension):
      "--select \(modality): column \(column) is out of range, \(modality) has columns 0 to \(dimension - 1)"
    case .unknownDimension(let modality, let name, let names):
      names.isEmpty
        ? "--select \(modality): \"\(name)\" is no column, and \(modality) names no dimensions; give numbers"
        : "--select \(modality): no dimension is named \"\(name)\"\(NearestName.hint(name, in: names))"
    case .duplicateColumn(let modality, let column):
      "--select \(modality): column \(column) is given twice; list it once"
    case .tokensHaveNoColumns(let modality):
      "--select \(modality): \(modality) holds tokens, which have no columns; leave it out"
    case .tokensCannotBeResampled(let modality):
      "--rate \(modality): \(modality) holds tokens, which cannot be averaged; leave it out"
    case .tokensCannotBeCombined(let modality, let how):
      "--collapse \(modality)=\(how): \(modality) holds tokens, which have no \(how); give first or last, or leave it out"
    case .nonfiniteValue(let path, let entry, let row, let column, let value):
      "\(path): \(entry) row \(row), column \(column) is \(value); "
        + "repair it, or choose --nonfinite zero or mask"
    }
  }
}

extension PreprocessingError: RequestError {
  package var isRequestAtFault: Bool { if case .nonfiniteValue = self { false } else { true } }
}
