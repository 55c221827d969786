internal import Files
internal import Shards

/// The folder that a dataset is built in, and the one step that makes it the dataset.
///
/// Everything is made in `OUT.partial`, which this process locks; ``commit()`` syncs it and gives it its name. Whatever
/// happens before, `OUT` is what it was.
struct OutputFolder: ~Copyable {
  let path: String
  let partial: String
  private let lock: FolderLock
  /// On the folder that was replaced, until it is removed: it bears the partial folder's name by then.
  private var oldLock: FolderLock?
  private let overwrites: Bool
  private let resumes: Bool
  /// What the user should know.
  private(set) var notes: [String] = []

  /// - Parameters:
  ///   - overwrites: whether a dataset may be replaced.
  ///   - resumes: whether what an interrupted conversion left is kept until it is known whose it is, and `path` may be the
  ///     dataset itself.
  /// - Throws: ``ConversionError`` where `path` is there and may not be replaced, or is being written by another process.
  init(_ path: String, overwrites: Bool, resumes: Bool = false) throws {
    let path = try Folder.resolved(Path.trimmed(path))
    _ = try Self.checkReplaceable(path, overwrites: overwrites || resumes)
    try Folder.createAll(Path.parent(of: path))
    let partial = path + ".partial"
    let lock = try Self.lock(partial, for: path)
    let notes: [String]
    do { notes = try Self.prepare(partial, resumes: resumes) } catch let error as FileError {
      // Such as a full disk. Nothing in there is anybody else's.
      if !resumes { try? Folder.removeAll(partial) }
      throw error
    }
    self.path = path
    self.partial = partial
    self.lock = lock
    self.overwrites = overwrites
    self.resumes = resumes
    self.notes = notes
  }

  /// Clears what an interrupted conversion left, and says who works there now.
  private static func prepare(_ partial: String, resumes: Bool) throws -> [String] {
    let leftovers = try Folder.list(partial)
    if let foreign = leftovers.first(where: { !isOurs($0) }) {
      throw ConversionError.outputNotDataset(path: partial, found: foreign)
    }
    var notes: [String] = []
    if resumes {
      try Folder.removeAll(Path.join(partial, ownerName))
    } else {
      notes = try clear(partial)
    }
    let owner = "process \(FolderLock.processID) on \(FolderLock.hostName)"
    try File(creating: Path.join(partial, ownerName)).write(owner, at: 0)
    return notes
  }

  /// - Returns: a note, where anything was there beside the owner.
  private static func clear(_ partial: String, keeping kept: String? = nil) throws -> [String] {
    let leftovers = try Folder.list(partial).filter { $0 != kept }
    for name in leftovers { try Folder.removeAll(Path.join(partial, name)) }
    return leftovers.isEmpty ? [] : ["\(partial): cleared what an interrupted conversion left there"]
  }

  /// The dataset that a conversion which goes on is to make, where it is there already: finished in its place, or whole in
  /// the partial folder, wanting only its name.
  ///
  /// - Throws: ``ConversionError/outputExists(_:)`` where another one is there that may not be replaced.
  mutating func finished(_ prepared: PreparedConversion, path asked: String) throws -> ConversionReport? {
    guard resumes else { return nil }
    if try Self.isDataset(path, of: prepared) {
      abandon()
      return try report(asked, "nothing was left to be done")
    }
    _ = try Self.checkReplaceable(path, overwrites: overwrites)
    // Killed between the removal of its journal and the renaming.
    guard try FileStatus.of(Path.join(partial, Journal.fileName)) == nil, try Self.isDataset(partial, of: prepared),
      try Verification.run(partial).isEmpty
    else { return nil }
    try commit()
    return try report(asked, "only its name was still to be given")
  }

  private func report(_ asked: String, _ note: String) throws -> ConversionReport {
    let dataset = try Dataset.open(path, admittingParts: true)
    return ConversionReport(
      path: asked, manifest: dataset.manifest, ledger: try dataset.ledger(), notes: notes + ["\(asked): \(note)"],
      wasFinished: true)
  }

  /// Whether a folder holds what a conversion is to make.
  private static func isDataset(_ path: String, of prepared: PreparedConversion) throws -> Bool {
    guard try FileStatus.of(Path.join(path, Manifest.fileName)) != nil,
      let manifest = try? Dataset.open(path, admittingParts: true).manifest
    else { return false }
    let part = prepared.configuration.part
    return manifest.fingerprint == prepared.fingerprint && manifest.part?.index == part?.index
      && manifest.part?.count == part?.count
  }

  /// The journal of a conversion: that of an interrupted one where it goes on, else a new one.
  ///
  /// - Throws: ``ConversionError/cannotResume(folder:what:)``; the folder then stays as it is.
  mutating func journal(for prepared: PreparedConversion) throws -> Journal {
    let identity = try JournalIdentity(prepared)
    if resumes {
      if let journal = try Journal.resume(in: partial, identity) {
        notes.append("\(partial): went on where an interrupted conversion stopped\(journal.claims.summary)")
        return journal
      }
      notes += try Self.clear(partial, keeping: Self.ownerName)
    }
    return try Journal.begin(in: partial, identity)
  }

  private static let ownerName = "owner"

  /// Whether something is there that will be replaced.
  private static func checkReplaceable(_ path: String, overwrites: Bool) throws -> Bool {
    guard let status = try FileStatus.of(path) else {
      guard try FileStatus.of(path, followingLinks: false) == nil else {
        throw ConversionError.outputNotDataset(path: path, found: "a link that leads nowhere")
      }
      return false
    }
    guard status.isFolder else { throw ConversionError.outputNotDataset(path: path, found: "a file") }
    if try Folder.resolved(path) == Folder.resolved(".") {
      throw ConversionError.outputFixed(path: path, what: "the folder that the command runs in")
    }
    if try FileStatus.of(Path.parent(of: Folder.resolved(path)))?.device != status.device {
      throw ConversionError.outputFixed(path: path, what: "a mount point")
    }
    let names = try Folder.list(path)
    if names.isEmpty { return false }
    guard try DatasetFolder.isDatasetFolder(path) else {
      let missing = names.contains(Manifest.fileName) ? "something that is no regular file" : "no \(Manifest.fileName)"
      throw ConversionError.outputNotDataset(path: path, found: names.first { !isOfDataset($0) } ?? missing)
    }
    guard overwrites else { throw ConversionError.outputExists(path) }
    return true
  }

  /// Milliseconds for a conversion that was killed just now to end.
  private static let patience = 1000

  private static func lock(_ partial: String, for path: String) throws -> FolderLock {
    if let lock = try FolderLock(creating: partial, patience: patience) { return lock }
    let owner = (try? File.contents(of: Path.join(partial, ownerName))).map { String(decoding: $0, as: UTF8.self) }
    throw ConversionError.outputBusy(path: path, holder: owner ?? "another process")
  }

  /// Whether a conversion may have left a file of this name.
  private static func isOurs(_ name: String) -> Bool {
    [ownerName, Journal.fileName, Adder.folderName].contains(name) || name.hasPrefix(Scratch.prefix)
      || isOfDataset(name)
  }

  private static func isOfDataset(_ name: String) -> Bool { DatasetFolder.isDatasetFile(name) }

  /// Makes the partial folder durable and gives it its name; what was there before is removed afterwards.
  ///
  /// - Throws: as ``init(_:overwrites:)`` does, where something has come to ``path`` since.
  mutating func commit() throws {
    for name in try Folder.list(partial) where !Self.isOfDataset(name) {
      try Folder.removeAll(Path.join(partial, name))
    }
    try Folder.sync(partial)
    let replaces = try Self.checkReplaceable(path, overwrites: overwrites)
    // Nobody shall begin to work in it before it is removed.
    if replaces { oldLock = try FolderLock(creating: path) }
    if !replaces {
      try Folder.rename(partial, to: path)
    } else if try Folder.exchange(partial, with: path) {
      // The old dataset now bears the partial folder's name.
      try Folder.sync(Path.parent(of: path))
      removeOld(partial)
    } else {
      let old = path + ".old"
      try Folder.rename(path, to: old)
      do { try Folder.rename(partial, to: path) } catch {
        try? Folder.rename(old, to: path)
        throw error
      }
      notes.append("\(path): this file system cannot exchange folders, so it was renamed twice instead of once")
      removeOld(old)
    }
    try Folder.sync(Path.parent(of: path))
  }

  /// Removes what was replaced. The new dataset is in place by now, so that a failure is no more than a note.
  private mutating func removeOld(_ folder: String) {
    do { try Folder.removeAll(folder) } catch {
      notes.append("what \(path) held before could not be removed (\(error)); remove \(folder) yourself")
    }
  }

  /// Removes the partial folder after a failure, unless somebody may go on with it.
  func abandon() {
    let journal = (try? FileStatus.of(Path.join(partial, Journal.fileName))) ?? nil
    if resumes && journal != nil {
      try? Folder.removeAll(Path.join(partial, Self.ownerName))
    } else {
      try? Folder.removeAll(partial)
    }
  }
}
