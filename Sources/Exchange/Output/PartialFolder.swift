internal import Files

/// A locked folder beside a place where something is made: `NAME.partial`. It is gone, with all it holds, when this goes
/// out of scope.
///
/// A process that is killed leaves it; the next one for the same place clears it.
struct PartialFolder: ~Copyable {
  let path: String
  private let lock: FolderLock
  private var isGone = false

  /// - Parameters:
  ///   - path: the folder to make.
  ///   - target: what is made, for messages.
  ///   - isOurs: whether a file of this name may have been left there by us.
  /// - Throws: ``ExchangeError/busy(path:holder:)``, ``ExchangeError/inTheWay(path:found:)``.
  init(_ path: String, for target: String, isOurs: (String) -> Bool) throws {
    if let status = try FileStatus.of(path, followingLinks: false), !status.isFolder {
      throw ExchangeError.inTheWay(path: path, found: "a file or a link")
    }
    guard let lock = try FolderLock(creating: path) else {
      throw ExchangeError.busy(path: target, holder: "another process")
    }
    let leftovers = try Folder.list(path)
    if let foreign = leftovers.first(where: { !isOurs($0) }) {
      throw ExchangeError.inTheWay(path: path, found: foreign)
    }
    for name in leftovers { try Folder.removeAll(Path.join(path, name)) }
    self.path = path
    self.lock = lock
  }

  deinit { if !isGone { try? Folder.removeAll(path) } }

  func file(_ name: String) -> String { Path.join(path, name) }

  /// Gives the folder its final name; what this goes out of scope with is then nothing.
  mutating func rename(to target: String) throws {
    try Folder.rename(path, to: target)
    isGone = true
  }
}
