internal import Files
internal import Foundation

/// Published data beside the project, in `../shared/data`; tests that need it are skipped without it.
package enum RealData {
  package static let folder = URL(filePath: #filePath).appending(path: "../../../../shared/data").standardizedFileURL
    .path(percentEncoded: false)
  package static let isMissing = !FileManager.default.fileExists(atPath: folder)
  package static let skipReason = "no real data in ../shared/data"

  package static func file(_ name: String) -> String { Path.join(folder, name) }
}
