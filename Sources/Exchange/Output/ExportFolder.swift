internal import Files

/// The folder that an export makes: built as `NAME.partial`, and given its name when it is whole.
struct ExportFolder: ~Copyable {
  let path: String
  private let overwrites: Bool
  private var partial: PartialFolder
  /// On the folder that is replaced, until it is removed.
  private var oldLock: FolderLock?

  /// - Throws: ``ExchangeError`` where something is there that may not be replaced, or another process is at it.
  init(_ path: String, overwrites: Bool) throws {
    let path = try Folder.resolved(Path.trimmed(path))
    _ = try Self.checkReplaceable(path, overwrites: overwrites)
    try Folder.createAll(Path.parent(of: path))
    partial = try PartialFolder(path + ".partial", for: path, isOurs: Self.isOurs)
    self.path = path
    self.overwrites = overwrites
  }

  /// Where a file of the folder is to be written.
  func file(_ name: String) -> String { partial.file(name) }

  /// Makes the folder durable, and gives it its name. What it replaces is removed afterwards.
  mutating func commit() throws {
    for name in try Folder.list(partial.path) { try File(updating: partial.file(name)).sync() }
    try Folder.sync(partial.path)
    if try Self.checkReplaceable(path, overwrites: overwrites) {
      oldLock = try FolderLock(creating: path)
      if try !Folder.exchange(partial.path, with: path) {
        let old = path + ".old"
        try Folder.rename(path, to: old)
        do { try partial.rename(to: path) } catch {
          try? Folder.rename(old, to: path)
          throw error
        }
        try Folder.removeAll(old)
      }
    } else {
      try partial.rename(to: path)
    }
    try Folder.sync(Path.parent(of: path))
  }

  /// Whether an export is there that will be replaced.
  private static func checkReplaceable(_ path: String, overwrites: Bool) throws -> Bool {
    guard let status = try FileStatus.of(path) else {
      if try FileStatus.of(path, followingLinks: false) != nil {
        throw ExchangeError.notAFolder(path: path, found: "a link that leads nowhere")
      }
      return false
    }
    guard status.isFolder else { throw ExchangeError.notAFolder(path: path, found: "a file") }
    let names = try Folder.list(path)
    if names.isEmpty { return false }
    for name in names {
      let isFile = try FileStatus.of(Path.join(path, name), followingLinks: false)?.isRegularFile == true
      if !isOurs(name) || !isFile { throw ExchangeError.inTheWay(path: path, found: name) }
    }
    guard overwrites else { throw ExchangeError.exists(path: path) }
    return true
  }

  private static func isOurs(_ name: String) -> Bool { name.hasSuffix(".csd") || name == SequenceExport.foldsFile }
}
