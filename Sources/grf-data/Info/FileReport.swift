import ComputationalSequences
import Files
import JSONValues
import Terminals

/// What one file holds.
struct FileReport {
  let path: String
  let bytes: Int
  let roots: [RootReport]

  init(path: String) throws {
    let file = try SequenceFile(path)
    self.path = path
    bytes = try FileStatus.of(path)?.size ?? 0
    roots = file.roots.map { RootReport($0, in: file) }
  }

  var lines: [String] {
    let title = "\(path): \(Format.bytes(bytes)), \(Format.count(roots.count, "sequence"))"
    return [title] + roots.flatMap { [""] + $0.lines }
  }

  var json: JSONValue {
    ["path": .string(path), "bytes": JSONValue(bytes), "roots": .array(roots.map(\.json))]
  }
}
