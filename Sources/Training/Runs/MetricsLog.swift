internal import Files
internal import JSONValues

/// `metrics.jsonl`: a line an epoch and split, each a JSON object.
///
/// The whole file is written anew with each epoch, beside its place: it never ends within a line, and never within an
/// epoch. At two lines an epoch it stays small.
package struct MetricsLog: Sendable {
  package let path: String
  private var lines: [String] = []

  /// A log without lines; nothing is written yet.
  package init(_ path: String) { self.path = path }

  /// Takes up the log of a run that goes on after `epoch` complete epochs; later lines are left out.
  ///
  /// - Throws: ``TrainingError/metricsLine(path:line:)``.
  package init(resuming path: String, after epoch: Int) throws(TrainingError) {
    self.path = path
    let bytes = try TrainingError.files { () throws(FileError) -> [UInt8] in
      try FileStatus.of(path) == nil ? [] : try File.contents(of: path)
    }
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      let value: JSONValue?
      do throws(JSONError) { value = try JSONValue.parse(line) } catch { value = nil }
      guard let number = value?["epoch"]?.integer else { throw .metricsLine(path: path, line: index + 1) }
      if number <= epoch { lines.append(String(decoding: line, as: UTF8.self)) }
    }
  }

  /// One split's results in one epoch.
  package struct Line: Sendable {
    /// From 1.
    package let epoch: Int
    package let split: String
    package let measures: Measures

    package init(epoch: Int, split: String, _ measures: Measures) {
      self.epoch = epoch
      self.split = split
      self.measures = measures
    }
  }

  /// Adds the lines of an epoch and writes the file.
  package mutating func append(_ epoch: [Line]) throws(TrainingError) {
    for line in epoch {
      var object: JSONObject = ["epoch": JSONValue(line.epoch), "split": .string(line.split)]
      object.add(line.measures)
      lines.append(JSONValue.object(object).compact())
    }
    let text = lines.map { $0 + "\n" }.joined()
    try TrainingError.files { () throws(FileError) in try ReplacementFile.write(text, to: path) }
  }
}
