internal import CSVValues
internal import Evaluation
internal import Files
internal import Terminals

/// `ablation.csv`: a line a setting, with means and deviations over seeds.
struct AblationTable: Sendable {
  struct Setting: Sendable {
    let name: String
    let fields: [String: String]

    /// How many, by thousands; as it stands where that is no number.
    var parameters: String {
      let text = fields["parameters"] ?? ""
      return Int(text).map { Format.count($0) } ?? text
    }

    /// What the labels were rounded to; empty where the table does not say.
    var classes: String { fields["classes"] ?? "" }

    func number(_ column: String) -> Double? { fields[column].flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil } }
  }

  static let fileName = "ablation.csv"

  let path: String
  let columns: [String]
  let settings: [Setting]

  /// - Throws: ``ReportingError/malformed(path:line:expected:)``, ``ReportingError/file(_:)``.
  init(reading path: String) throws(ReportingError) {
    self.path = path
    let bytes = try ReportingError.files { () throws(FileError) in try File.contents(of: path) }
    let records = try ReportingError.table(path) { () throws(CSVError) in
      var reader = CSVReader()
      let records = try reader.read(bytes)
      return try reader.finish().map { records + [$0] } ?? records
    }
    guard let header = records.first?.fields, header.first == "setting" else {
      throw .malformed(path: path, line: 1, expected: "a header that begins with setting")
    }
    columns = header
    var settings: [Setting] = []
    for record in records.dropFirst() {
      guard record.fields.count == header.count else {
        throw .malformed(path: path, line: record.line, expected: "\(header.count) fields")
      }
      settings.append(Setting(name: record.fields[0], fields: Dictionary(zip(header, record.fields)) { $1 }))
    }
    self.settings = settings
  }

  // MARK: What is shown

  /// Means with deviations, and what was varied.
  var table: HTMLTable {
    let words = ["model", "component", "order", "classes", "masks", "seeds"].filter(columns.contains)
    let metrics = Metric.allCases.filter { columns.contains("\($0.name)_mean") }
    let seconds = columns.contains("seconds_mean")
    var table = HTMLTable(
      "Mean ± deviation over seeds",
      [.text("setting")] + words.map { $0 == "seeds" || $0 == "classes" ? .number($0) : .text($0) }
        + [.number("parameters")] + (seconds ? [.number("seconds")] : []) + metrics.map { .number($0.name) })
    for setting in settings {
      table.add(
        [setting.name] + words.map { setting.fields[$0] ?? "" } + [setting.parameters]
          + (seconds ? [Self.text(setting, "seconds", decimals: 1)] : []) + metrics.map { Self.text(setting, $0.name) })
    }
    return table
  }

  private static func text(_ setting: Setting, _ name: String, decimals: Int = 3) -> String {
    guard let mean = setting.number("\(name)_mean") else { return Numbers.none }
    let deviation = setting.number("\(name)_std").map { " ± \(Numbers.fixed($0, decimals))" } ?? ""
    return Numbers.fixed(mean, decimals) + deviation
  }
}
