internal import Files

/// A file that always holds the newest whole table.
struct TableFile {
  let path: String

  init(_ path: String) { self.path = path }

  func write(_ text: String) throws(ExperimentError) {
    let path = path
    try ExperimentError.files { () throws(FileError) in try ReplacementFile.write(text, to: path) }
  }
}
