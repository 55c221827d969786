internal import Foundation

/// A small disk in memory, to be filled up; only the superuser of a Linux machine can have one.
package struct MemoryDisk: ~Copyable {
  package let path: String

  /// Whether one can be had here.
  package static let isMissing: Bool = {
    do {
      let folder = try TemporaryFolder()
      _ = try MemoryDisk(at: folder.file("disk"), bytes: 1 << 20)
      return false
    } catch { return true }
  }()

  package static let skipReason = "this process may not mount a tmpfs"

  package struct Failure: Error {}

  package init(at path: String, bytes: Int) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let mount = Program(path: "/bin/mount")
    guard FileManager.default.isExecutableFile(atPath: mount.path),
      try mount.run(["-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", path]).status == 0
    else { throw Failure() }
    self.path = path
  }

  deinit { _ = try? Program(path: "/bin/umount").run(["-l", path]) }

  package func file(_ name: String) -> String { "\(path)/\(name)" }
}
