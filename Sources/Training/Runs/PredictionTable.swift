internal import Files

/// What a model says of one sample.
package struct Prediction: Sendable, Equatable {
  package let id: String
  /// Nil where the dataset has no labels.
  package let label: Float?
  package let prediction: Float

  package init(id: String, label: Float?, prediction: Float) {
    self.id = id
    self.label = label
    self.prediction = prediction
  }
}

/// Predictions as a table of comma-separated values, quoted as in RFC 4180, lines ended as on Unix.
package enum PredictionTable {
  /// `id,label,prediction` and a line a sample. Numbers are the shortest decimals that read back the same; a label that is
  /// not there is empty.
  package static func text(_ predictions: [Prediction]) -> String {
    var text = "id,label,prediction\n"
    for row in predictions {
      text += "\(quoted(row.id)),\(row.label.map { "\($0)" } ?? ""),\(row.prediction)\n"
    }
    return text
  }

  /// Writes the table; the file takes its place in one step.
  package static func write(_ predictions: [Prediction], to path: String) throws(TrainingError) {
    let text = text(predictions)
    try TrainingError.files { () throws(FileError) in try ReplacementFile.write(text, to: path) }
  }

  private static func quoted(_ text: String) -> String {
    let isSpecial = text.unicodeScalars.contains { [",", "\"", "\n", "\r"].contains($0) }
    // Readers may drop spaces at the ends of a field that is not quoted.
    guard isSpecial || text.hasPrefix(" ") || text.hasSuffix(" ") else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
