import Files
import Foundation

/// A folder for one test, removed at its end.
final class TemporaryFolder: Sendable {
  let path: String

  /// - Parameter inMemory: where the system has a disk in memory, for files that are written again and again.
  init(inMemory: Bool = false) throws {
    let memory = "/dev/shm"
    let isThere = inMemory && FileManager.default.isWritableFile(atPath: memory)
    path = Path.join(isThere ? memory : NSTemporaryDirectory(), "shards-\(UUID().uuidString)")
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
