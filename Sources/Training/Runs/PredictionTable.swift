internal import CSVValues
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

/// Predictions as a table of comma-separated values.
package enum PredictionTable {
  /// `id,label,prediction` and a line a sample. Numbers are the shortest decimals that read back the same; a label that is
  /// not there is empty.
  package static func text(_ predictions: [Prediction]) -> String {
    var text = "id,label,prediction\n"
    for row in predictions {
      text += CSVLine.text([row.id, CSVLine.number(row.label), CSVLine.number(row.prediction)])
    }
    return text
  }

  /// Writes the table; the file takes its place in one step.
  package static func write(_ predictions: [Prediction], to path: String) throws(TrainingError) {
    let text = text(predictions)
    try TrainingError.files { () throws(FileError) in try ReplacementFile.write(text, to: path) }
  }
}
