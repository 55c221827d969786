internal import Files
internal import Workers

/// Shards in less room: each `NAME.safetensors` becomes `NAME.safetensors.zst`, and back.
///
/// A packed shard is in zstd's seekable format, so `zstd -d` gives the shard back as well. The manifest does not change.
/// Shards are replaced one by one, each only when the new file is whole and on disk: whatever happens, every shard is
/// there in one form or the other, and readers read both.
public enum Packing {
  /// zstd's levels. Those beyond 19 are for windows larger than a frame.
  public static let levels = 1...19
  public static let standardLevel = 3

  /// What was done.
  public struct Report: Sendable, Equatable {
    public let path: String
    /// Shards that have the wanted form since now, and those that had it before.
    public let changed: Int
    public let unchanged: Int
    /// Of all shards, as they are and packed.
    public let bytes: Int
    public let packedBytes: Int
  }

  /// Packs the shards of the dataset in the folder `path`; those that are packed already are left alone.
  ///
  /// The same shards, level and version of zstd give the same files, on any number of threads.
  ///
  /// - Parameters:
  ///   - level: one of ``levels``.
  ///   - threads: how many compress at once; at least 1.
  ///   - progress: called on this thread, with the bytes of shards that are packed and those that will be.
  /// - Throws: ``ShardError``. What was packed by then stays packed.
  public static func pack(
    _ path: String, level: Int = standardLevel, threads: Int = 1,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(ShardError) -> Report {
    precondition(levels.contains(level), "level \(level)")
    return try change(path, to: .packed(level: level), threads: threads, progress)
  }

  /// Unpacks the shards of the dataset in the folder `path`: each is byte for byte what it was before it was packed.
  ///
  /// - Parameters: as for ``pack(_:level:threads:progress:)``.
  /// - Throws: ``ShardError``. What was unpacked by then stays so.
  public static func unpack(
    _ path: String, threads: Int = 1, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(ShardError) -> Report {
    try change(path, to: .plain, threads: threads, progress)
  }

  private enum Form {
    case plain
    case packed(level: Int)
  }

  private static func change(
    _ path: String, to form: Form, threads: Int, _ progress: (Int, Int) -> Void
  ) throws(ShardError) -> Report {
    let folder = try OpenFolder.ofDataset(path)
    let manifest = try folder.manifest()
    try manifest.checkFinished(path: folder.path)
    guard
      let lock = try ShardError.files({ () throws(FileError) in try FolderLock(folder, isPatient: false) })
    else { throw .busy(path: folder.path) }
    defer { _ = lock }
    let entries = manifest.splits.flatMap(\.shards)
    // Nothing is changed in a dataset that lacks a shard.
    for entry in entries { try folder.requireShard(entry) }
    let total = entries.reduce(0) { $0 + $1.bytes }
    var (done, changed) = (0, 0)
    for entry in entries {
      let end = done + entry.bytes
      let superfluous = try replace(entry, in: folder, form, threads: threads) { bytes in
        done += bytes
        progress(done, total)
      }
      done = end
      progress(done, total)
      guard let superfluous else { continue }
      changed += 1
      try ShardError.files { () throws(FileError) in try folder.remove(superfluous) }
    }
    try ShardError.files { () throws(FileError) in try folder.sync() }
    return Report(
      path: folder.path, changed: changed, unchanged: entries.count - changed, bytes: total,
      packedBytes: try folder.packedBytes(entries))
  }

  /// Makes the wanted form of a shard, or sees that it is there.
  ///
  /// - Returns: the file that is no longer needed; nil where there was nothing to do.
  private static func replace(
    _ entry: Manifest.ShardFile, in folder: borrowing OpenFolder, _ form: Form, threads: Int, _ advance: (Int) -> Void
  ) throws(ShardError) -> String? {
    let shard = try folder.sharedFile(entry.file)
    let packed = try folder.packedShard(entry)
    switch form {
    case .packed(let level):
      guard let shard else { return nil }
      try ShardSource.plain(shard).checkHeader(entry)
      if let packed {
        try packed.compare(with: shard, threads: threads, advance)
      } else {
        try shard.pack(as: entry.packedFile, in: folder, level: level, threads: threads, advance)
      }
      return entry.file
    case .plain:
      guard let packed else { return nil }
      if let shard {
        try packed.compare(with: shard, threads: threads, advance)
      } else {
        try packed.inflate(to: folder, entry, threads: threads, advance)
      }
      return entry.packedFile
    }
  }
}

extension Manifest.ShardFile {
  /// What the shard is called when it is packed.
  var packedFile: String { file + ShardName.packedSuffix }
}

extension OpenFolder {
  /// Opens a shard that is packed; nil where it is not.
  func packedShard(_ entry: Manifest.ShardFile) throws(ShardError) -> PackedShard? {
    guard let file = try fileIfThere(entry.packedFile) else { return nil }
    return try PackedShard(file, content: entry.bytes)
  }

  fileprivate func sharedFile(_ name: String) throws(ShardError) -> SharedFile? {
    guard let file = try fileIfThere(name) else { return nil }
    return SharedFile(file)
  }

  fileprivate func requireShard(_ entry: Manifest.ShardFile) throws(ShardError) {
    if try fileIfThere(entry.file) == nil, try fileIfThere(entry.packedFile) == nil {
      throw .missingFile(path: Path.join(path, entry.file))
    }
  }

  fileprivate func packedBytes(_ entries: [Manifest.ShardFile]) throws(ShardError) -> Int {
    var bytes = 0
    for entry in entries {
      if let file = try fileIfThere(entry.packedFile) { bytes += try ShardError.size(of: file) }
    }
    return bytes
  }
}

extension ShardSource {
  /// Holds the bytes before the data against the manifest: whether this is the shard at all.
  func checkHeader(_ entry: Manifest.ShardFile) throws(ShardError) {
    let found = try size
    guard found == entry.bytes else { throw .fileSize(path: path, expected: entry.bytes, found: found) }
    var reader = FrameReader()
    let bytes = try SafetensorsHeader.bytes(size: found, path: path) { count, offset throws(ShardError) in
      try read(bytes: count, at: offset, &reader)
    }
    let crc32 = Checksum.crc32(bytes)
    guard crc32 == entry.headerCRC32 else {
      throw .headerChecksum(path: path, expected: entry.headerCRC32, found: crc32)
    }
  }
}
