internal import Files
internal import Foundation

/// How the packed shards of a dataset become files that can be mapped, when it is opened.
///
/// A shard is inflated once, whoever needs it first, and takes its name only when it is whole; others wait for it.
/// Inflated shards go beside the packed ones. Where that folder may not be written to they go to
/// `$XDG_CACHE_HOME/grf` (`~/.cache/grf`), and where ``cache`` names a folder, there; in either into a folder of the
/// dataset's own, named by its fingerprint and content.
public struct Inflation: Sendable {
  public enum Event: Sendable {
    /// Another process packs, unpacks or inflates the dataset.
    case waiting(path: String)
    /// Inflating begins: so many bytes will be written to `folder`.
    case begun(bytes: Int, folder: String)
    case advanced(bytes: Int)
  }

  /// The folder for inflated shards; nil: as said above.
  public var cache: String?
  /// How many inflate at once; at least 1.
  public var threads: Int
  /// Called on the thread that opens the dataset.
  public var report: @Sendable (Event) -> Void

  public init(cache: String? = nil, threads: Int = 1, report: @escaping @Sendable (Event) -> Void = { _ in }) {
    self.cache = cache
    self.threads = threads
    self.report = report
  }

  /// Sees to it that every shard can be mapped.
  ///
  /// - Returns: the folder that has those that the dataset's own has not; nil where it has all.
  /// - Throws: ``ShardError/missingFile(path:)`` for a shard that is not there in either form.
  func prepare(_ folder: borrowing OpenFolder, _ manifest: Manifest) throws(ShardError) -> OpenFolder? {
    let missing = try packedOnly(folder, manifest)
    if missing.isEmpty { return nil }
    if cache == nil && folder.isWritable {
      try inflate(missing, of: folder, to: folder) { entry throws(ShardError) in
        try folder.fileIfThere(entry.file) != nil
      }
      return nil
    }
    let cache = if let cache { cache } else { try Self.standardCache(for: folder.path) }
    let path = Path.join(cache, Self.key(manifest))
    try ShardError.files { () throws(FileError) in try Folder.createAll(path) }
    let target = try OpenFolder.ofDataset(path)
    try inflate(missing, of: folder, to: target) { entry throws(ShardError) in
      guard let packed = try folder.packedShard(entry) else { return true }
      return packed.isInflated(in: target, entry)
    }
    return target
  }

  /// A dataset's own folder in a cache.
  static func key(_ manifest: Manifest) -> String { "\(manifest.fingerprint.prefix(16))-\(manifest.content)" }

  private static func standardCache(for path: String) throws(ShardError) -> String {
    let environment = ProcessInfo.processInfo.environment
    // As the XDG base directory specification has it: a relative path counts as none.
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return Path.join(folder, "grf") }
    guard let home = environment["HOME"], home.hasPrefix("/") else { throw .noCacheFolder(path: path) }
    return Path.join(Path.join(home, ".cache"), "grf")
  }

  private func packedOnly(
    _ folder: borrowing OpenFolder, _ manifest: Manifest
  ) throws(ShardError) -> [Manifest.ShardFile] {
    var missing: [Manifest.ShardFile] = []
    for entry in manifest.splits.flatMap(\.shards) {
      if try folder.fileIfThere(entry.file) != nil { continue }
      if try folder.fileIfThere(entry.packedFile) != nil {
        missing.append(entry)
      } else if try folder.fileIfThere(entry.file) == nil {
        // It was looked for twice, as unpacking may have put it there in between.
        throw .missingFile(path: Path.join(folder.path, entry.file))
      }
    }
    return missing
  }

  /// Inflates those shards that `isThere` does not find, one process after another.
  private func inflate(
    _ entries: [Manifest.ShardFile], of folder: borrowing OpenFolder, to target: borrowing OpenFolder,
    unless isThere: (Manifest.ShardFile) throws(ShardError) -> Bool
  ) throws(ShardError) {
    func missing() throws(ShardError) -> [Manifest.ShardFile] {
      var missing: [Manifest.ShardFile] = []
      for entry in entries where try !isThere(entry) { missing.append(entry) }
      return missing
    }
    if try missing().isEmpty { return }
    let lock = try lock(target)
    defer { _ = lock }
    let entries = try missing()
    if entries.isEmpty { return }
    report(.begun(bytes: entries.reduce(0) { $0 + $1.bytes }, folder: target.path))
    for entry in entries {
      guard let packed = try folder.packedShard(entry) else {
        throw .missingFile(path: Path.join(folder.path, entry.file))
      }
      try packed.inflate(to: target, entry, threads: threads) { report(.advanced(bytes: $0)) }
    }
  }

  private func lock(_ folder: borrowing OpenFolder) throws(ShardError) -> FolderLock? {
    do throws(FileError) {
      if let lock = try FolderLock(folder, isPatient: false) { return lock }
      report(.waiting(path: folder.path))
      return try FolderLock(folder, isPatient: true)
    } catch { throw .file(error) }
  }
}

extension PackedShard {
  /// Whether a folder has the shard as it is: of its size, with its header, and with its last frame, in which the CRCs of
  /// everything else stand. What a full check would find is not looked for, as in any other dataset that is opened.
  fileprivate func isInflated(in folder: borrowing OpenFolder, _ entry: Manifest.ShardFile) -> Bool {
    guard let opened = try? folder.fileIfThere(entry.file) else { return false }
    let file = ShardSource.plain(SharedFile(opened))
    let last = table.range(of: table.frames.count - 1)
    var reader = FrameReader()
    guard (try? file.checkHeader(entry)) != nil,
      let found = try? file.read(bytes: last.count, at: last.lowerBound, &reader),
      let expected = try? ShardSource.packed(self).read(bytes: last.count, at: last.lowerBound, &reader)
    else { return false }
    return found == expected
  }
}
