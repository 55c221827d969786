internal import CSVValues
internal import Files
internal import PackedSequences

/// The predictions of a run, column by column: a million take some forty megabytes.
struct PredictionColumns: Sendable {
  private var idBytes: [UInt8] = []
  private var idEnds: [Int] = []
  /// NaN where a sample has none.
  private(set) var labels: [Float] = []
  private(set) var predictions: [Float] = []

  init() {}

  var count: Int { predictions.count }

  func id(_ sample: Int) -> String {
    String(decoding: idBytes[(sample == 0 ? 0 : idEnds[sample - 1])..<idEnds[sample]], as: UTF8.self)
  }

  /// The recording that the sample is part of.
  func video(_ sample: Int) -> String { SampleID(parsing: id(sample)).video }

  /// Samples with finite labels and predictions, which alone can be compared.
  var comparable: [Int] { (0..<count).filter { labels[$0].isFinite && predictions[$0].isFinite } }

  func error(_ sample: Int) -> Double { abs(Double(predictions[sample]) - Double(labels[sample])) }

  mutating func append(id: String, label: Float?, prediction: Float) {
    idBytes += id.utf8
    idEnds.append(idBytes.count)
    labels.append(label ?? .nan)
    predictions.append(prediction)
  }

  /// Reads a `predictions-*.csv`, a mebibyte at a time.
  ///
  /// - Throws: ``ReportingError/malformed(path:line:expected:)``, ``ReportingError/file(_:)``.
  init(reading path: String) throws(ReportingError) {
    let file = try ReportingError.files { () throws(FileError) in try File(reading: path) }
    let size = try ReportingError.files { () throws(FileError) in try file.size }
    var reader = CSVReader()
    var columns = PredictionColumns()
    var isHeaderRead = false
    func take(_ records: [CSVRecord]) throws(ReportingError) {
      for record in records {
        if isHeaderRead { try columns.append(record, path: path) } else { try Self.checkHeader(record, path: path) }
        isHeaderRead = true
      }
    }
    for start in stride(from: 0, to: size, by: 1 << 20) {
      let bytes = try ReportingError.files { () throws(FileError) in
        try file.read(bytes: min(1 << 20, size - start), at: start)
      }
      try take(ReportingError.table(path) { () throws(CSVError) in try reader.read(bytes) })
    }
    let last = try ReportingError.table(path) { () throws(CSVError) in try reader.finish() }
    try take(last.map { [$0] } ?? [])
    guard isHeaderRead else { throw .malformed(path: path, line: 1, expected: Self.headerExpected) }
    self = columns
  }

  private static let headerExpected = "the header id,label,prediction"

  private static func checkHeader(_ record: CSVRecord, path: String) throws(ReportingError) {
    guard record.fields == ["id", "label", "prediction"] else {
      throw .malformed(path: path, line: record.line, expected: headerExpected)
    }
  }

  private mutating func append(_ record: CSVRecord, path: String) throws(ReportingError) {
    let fields = record.fields
    guard fields.count == 3, let prediction = Float(fields[2]), fields[1].isEmpty || Float(fields[1]) != nil else {
      throw .malformed(path: path, line: record.line, expected: "an id, a label and a prediction")
    }
    append(id: fields[0], label: Float(fields[1]), prediction: prediction)
  }
}
