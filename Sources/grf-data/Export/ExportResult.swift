import Exchange
import JSONValues
import Terminals

/// What a finished export has to tell.
struct ExportResult {
  let report: ExportReport
  let seconds: Double

  private var bytes: Int { report.files.reduce(0) { $0 + $1.bytes } }

  var lines: [String] {
    let what = [Format.count(report.samples, "sample"), Format.bytes(bytes)].joined(separator: ", ")
    var table = TextTable([.text(""), .number(""), .text("")], indent: 2)
    for file in report.files { table.add([file.name, Format.bytes(file.bytes), file.content]) }
    var lines = ["\(report.path.printable): \(what), made in \(Format.duration(seconds))"] + table.lines()
    lines += report.notes.flatMap { "note: \($0)".printable.wrapped(breaksWords: false) }
    lines += ["to make the dataset again:", "  \(command)"]
    return lines
  }

  private var command: String {
    (["grf-data"] + report.readBack.map(ShellWord.quoted) + ["NEW"]).joined(separator: " ")
  }

  var json: JSONValue {
    [
      "path": .string(report.path), "seconds": JSONValue(seconds), "samples": JSONValue(report.samples),
      "bytes": JSONValue(bytes),
      "files": .array(
        report.files.map { ["name": .string($0.name), "bytes": JSONValue($0.bytes), "content": .string($0.content)] }),
      "notes": JSONValue(report.notes), "read_back": JSONValue(report.readBack),
    ]
  }
}
