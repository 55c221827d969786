import Files
import Foundation

/// A folder for one test, removed at its end.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = Path.join(NSTemporaryDirectory(), "shards-\(UUID().uuidString)")
    try Folder.create(path)
  }

  deinit { try? Folder.removeAll(path) }

  func file(_ name: String) -> String { Path.join(path, name) }

  /// Writes a file anew.
  func write(_ bytes: [UInt8], to name: String) throws {
    try Folder.removeAll(file(name))
    let file = try File(creating: file(name))
    try file.write(bytes, at: 0)
  }
}
