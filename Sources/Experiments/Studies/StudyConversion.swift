internal import Files
internal import Foundation
internal import JSONValues

/// The conversion that a study begins with, by `grf-data`.
package struct StudyConversion: Sendable {
  /// A folder of computational sequences, or one of them.
  let data: String
  /// What `grf-data convert` is told besides.
  let options: [String]

  package init(data: String, options: [String]) {
    self.data = data
    self.options = options
  }

  package static let datasetName = "dataset"
  private static let recordName = "conversion.json"
  private static let logName = "conversion.log"

  package enum Ending: Sendable, Equatable {
    case done
    /// The dataset was there already.
    case kept
    case interrupted
  }

  /// Converts, unless the dataset is there already.
  ///
  /// - Throws: ``ExperimentError/otherConversion(path:found:wanted:)``, ``ExperimentError/notConverter(folder:)``,
  ///   ``ExperimentError/conversionFailed(line:log:)``.
  package func run(in folder: borrowing ExperimentFolder, isStopRequested: () -> Bool) throws -> Ending {
    let dataset = folder.file(Self.datasetName)
    let wanted = try record()
    if try FileStatus.of(dataset) != nil {
      let found = try? JSONValue.parse(File.contents(of: folder.file(Self.recordName)))
      guard found == wanted else {
        throw ExperimentError.otherConversion(
          path: dataset, found: Self.command(found), wanted: Self.command(wanted))
      }
      return .kept
    }
    let program = try Self.converter()
    // Before the dataset, which takes its place in one step: where that is, this says how it was made.
    try folder.write(wanted.pretty() + "\n", to: Self.recordName)
    let log = folder.file(Self.logName)
    let child = try ChildProcess(program, ["convert", data, dataset] + options, output: log)
    var isStopping = false
    while true {
      if let status = child.ended {
        if status == 0 { return .done }
        if isStopping { return .interrupted }
        throw ExperimentError.conversionFailed(
          line: LogFile.lastLine(log) ?? "it ended with status \(status)", log: log)
      }
      if isStopRequested(), !isStopping {
        isStopping = true
        child.stop()
      }
      Pause.milliseconds(20)
    }
  }

  private func record() throws -> JSONValue {
    ["data": .string(try Folder.resolved(Path.trimmed(data))), "options": JSONValue(options)]
  }

  private static func command(_ record: JSONValue?) -> String {
    guard let record, let data = record["data"]?.string else { return "another program" }
    let options = record["options"]?.array?.compactMap(\.string) ?? []
    return (["grf-data convert", data] + options).joined(separator: " ")
  }

  /// `grf-data` beside this program, or else on PATH.
  private static func converter() throws(ExperimentError) -> String {
    let own = Bundle.main.executablePath.map { Path.parent(of: $0) } ?? "."
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    for folder in [own] + path.split(separator: ":").map(String.init) {
      let program = Path.join(folder, "grf-data")
      if FileManager.default.isExecutableFile(atPath: program) { return program }
    }
    throw .notConverter(folder: own)
  }
}
