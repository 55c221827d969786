import Foundation
import Terminals
import Testing

/// Holds what a program prints against a file in Snapshots, line by line, and to 80 columns.
///
/// With `GRF_UPDATE_SNAPSHOTS=1` in the environment the files are written instead; look at what changed before you commit
/// them.
func expectSnapshot(
  _ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  for line in text.split(separator: "\n") {
    #expect(String(line).displayWidth <= 80, "too wide: \(line)", sourceLocation: sourceLocation)
  }
  let file = URL(filePath: #filePath).appending(path: "../../Snapshots/\(name).txt").standardizedFileURL
  if ProcessInfo.processInfo.environment["GRF_UPDATE_SNAPSHOTS"] == "1" {
    try Data(text.utf8).write(to: file)
    return
  }
  let expected = try String(contentsOf: file, encoding: .utf8)
  for (line, (found, wanted)) in zip(text.split(separator: "\n"), expected.split(separator: "\n")).enumerated() {
    #expect(found == wanted, "\(name), line \(line + 1) that is not empty", sourceLocation: sourceLocation)
  }
  #expect(text == expected, "\(name)", sourceLocation: sourceLocation)
}

extension String {
  /// The text without what differs from run to run.
  func normalized(folder: String) -> String {
    replacingOccurrences(of: folder, with: "OUT")
      .replacing(/(made|checked) in [0-9.]+ m?s/) { "\($0.output.1) in TIME" }
      .replacing(/fingerprint [0-9a-f]{8,}/, with: "fingerprint DIGEST")
  }
}
