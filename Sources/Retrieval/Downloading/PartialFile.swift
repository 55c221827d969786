internal import Files
internal import JSONValues

/// A file on its way to its place: `NAME.part` holds its first bytes, `NAME.part.json` says of what.
///
/// The notes are written before the bytes that they speak of. So whenever the process ends, the part can be built upon;
/// after a crash of the machine, the bytes that were synced can.
final class PartialFile {
  /// Bytes between two times that the part is made durable.
  private static let stride = 1 << 30
  /// Bytes between two times that the digest is sent after them.
  private static let digestStride = 1 << 20
  /// Bytes between two times that the system is asked to write them, so that the last sync has little to wait for.
  private static let writebackStride = 8 << 20

  /// Where the file is to stand in the end.
  let target: String
  private let path: String
  private let notesPath: String
  private var notes: PartialNotes?
  private var writing: Writing?

  private final class Writing {
    let file: File
    let digest: FileDigest
    var size: Int

    init(_ file: consuming File, _ digest: FileDigest, size: Int) {
      self.file = file
      self.digest = digest
      self.size = size
    }
  }

  init(target: String) {
    self.target = target
    path = target + ".part"
    notesPath = path + ".json"
    notes = Self.read(notesPath)
  }

  /// What is too damaged to be understood tells of nothing to build upon.
  private static func read(_ path: String) -> PartialNotes? {
    guard let bytes = try? File.contents(of: path), let json = try? JSONValue.parse(bytes) else { return nil }
    return PartialNotes(json)
  }

  /// The bytes that are there.
  var size: Int { writing?.size ?? 0 }

  /// The version that they belong to.
  var origin: Origin? { notes?.origin }

  /// The bytes of `url` that are there and can be built upon; 0 where there are none.
  func usable(of url: String) throws(RetrievalError) -> Int {
    guard let notes, notes.origin.validator != nil, notes.origin.url == URLText.withoutCredentials(url) else {
      return 0
    }
    if let writing { return writing.size }
    let path = path
    guard let status = try onDisk({ () throws(FileError) in try FileStatus.of(path, followingLinks: false) }),
      status.isRegularFile
    else { return 0 }
    let usable = notes.usable(of: status.size, now: MachineRun.current)
    return usable > notes.origin.length ?? .max ? 0 : usable
  }

  /// Drops what is there, for another version, or for one that cannot be resumed.
  func begin(_ origin: Origin?) throws(RetrievalError) {
    try discard()
    let path = path
    do throws(FileError) {
      let file = try File(creating: path)
      if let origin { try note(PartialNotes(origin: origin, synced: 0, run: MachineRun.current)) }
      writing = Writing(file, try FileDigest(path), size: 0)
    } catch { throw .file(error) }
  }

  /// Builds upon the first `size` bytes.
  func resume(at size: Int) throws(RetrievalError) {
    if writing?.size == size { return }
    writing = nil
    let path = path
    do throws(FileError) {
      let file = try File(updating: path)
      try file.resize(to: size)
      writing = Writing(file, try FileDigest(path), size: size)
    } catch { throw .file(error) }
    try pause()
  }

  func write(_ bytes: RawSpan) throws(RetrievalError) {
    guard let writing else { return }
    do throws(FileError) { try writing.file.write(bytes, at: writing.size) } catch { throw .file(error) }
    let before = writing.size
    writing.size += bytes.byteCount
    if before / Self.digestStride != writing.size / Self.digestStride { writing.digest.follow(to: writing.size) }
    let written = before / Self.writebackStride * Self.writebackStride
    if written + Self.writebackStride <= writing.size { writing.file.startWriteback(of: written..<writing.size) }
    if before / Self.stride != writing.size / Self.stride { try pause() }
  }

  /// Makes what is there durable, and says so in the notes.
  func pause() throws(RetrievalError) {
    guard let writing, var notes else { return }
    do throws(FileError) {
      try writing.file.sync()
      notes.synced = writing.size
      notes.run = MachineRun.current
      try note(notes)
    } catch { throw .file(error) }
  }

  /// Requires the file to be HDF5 and whole.
  func check() throws(RetrievalError) {
    guard let writing else { return }
    try HDF5Superblock.check(writing.file, isDeclared: notes?.origin.length != nil)
  }

  /// SHA-256 of all bytes.
  func digest() throws(RetrievalError) -> String {
    guard let writing else { throw .notHDF5(reason: "it is empty") }
    return try writing.digest.finish(at: writing.size)
  }

  /// Puts the file into its place, durably and in one step.
  func install() throws(RetrievalError) {
    guard let writing else { return }
    let (path, target, notesPath) = (path, target, notesPath)
    do throws(FileError) {
      try writing.file.sync()
      try Folder.rename(path, replacing: target)
      try Folder.sync(Path.parent(of: target))
      try Folder.removeAll(notesPath)
    } catch { throw .file(error) }
    self.writing = nil
    notes = nil
  }

  /// Removes what is there.
  func discard() throws(RetrievalError) {
    writing = nil
    notes = nil
    let (path, notesPath) = (path, notesPath)
    try onDisk { () throws(FileError) in
      try Folder.removeAll(notesPath)
      try Folder.removeAll(path)
    }
  }

  private func note(_ notes: PartialNotes) throws(FileError) {
    try ReplacementFile.write(notes.json.pretty() + "\n", to: notesPath)
    self.notes = notes
  }
}

/// One run of the machine, from its start to its end.
enum MachineRun {
  /// nil where the system does not tell.
  static let current: String? = {
    // Files of the kernel have no size.
    guard let file = try? File(reading: "/proc/sys/kernel/random/boot_id"), let bytes = try? file.read(bytes: 36, at: 0)
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }()
}
