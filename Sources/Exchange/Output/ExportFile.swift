internal import Files

/// The file that an export makes: built in a folder of its own beside its place, `NAME.partial`, and moved when it is
/// whole.
struct ExportFile: ~Copyable {
  let path: String
  private let overwrites: Bool
  private let folder: PartialFolder

  /// Where it is built.
  var partial: String { folder.file("archive") }

  /// - Throws: ``ExchangeError`` where something is there that may not be replaced, or another process is at it.
  init(_ path: String, overwrites: Bool) throws {
    let path = try Folder.resolved(path)
    try Self.checkReplaceable(path, overwrites: overwrites)
    try Folder.createAll(Path.parent(of: path))
    folder = try PartialFolder(path + ".partial", for: path) { $0 == "archive" }
    self.path = path
    self.overwrites = overwrites
  }

  /// Gives the file its name.
  func commit() throws {
    try Self.checkReplaceable(path, overwrites: overwrites)
    if overwrites {
      try Folder.rename(partial, replacing: path)
    } else {
      try Folder.rename(partial, to: path)
    }
    try Folder.sync(Path.parent(of: path))
  }

  private static func checkReplaceable(_ path: String, overwrites: Bool) throws {
    guard let status = try FileStatus.of(path, followingLinks: false) else { return }
    guard status.isRegularFile else { throw ExchangeError.notAFile(path: path) }
    guard overwrites else { throw ExchangeError.exists(path: path) }
  }
}
