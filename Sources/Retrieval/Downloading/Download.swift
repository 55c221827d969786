internal import Files

/// One attempt to bring a file from one place into its ``PartialFile``.
final class Download: HTTPReceiver {
  /// Called with the bytes that were there already and those of the whole, when the first new ones come.
  typealias Beginning = (_ there: Int, _ total: Int?) -> Void

  private let url: String
  private let part: PartialFile
  /// The first byte that was asked for.
  private let asked: Int
  private let onBeginning: Beginning
  private let onBytes: (Int) -> Void
  private var hasBegun = false

  private init(
    _ url: String, _ part: PartialFile, asked: Int, onBeginning: @escaping Beginning, onBytes: @escaping (Int) -> Void
  ) {
    self.url = url
    self.part = part
    self.asked = asked
    self.onBeginning = onBeginning
    self.onBytes = onBytes
  }

  // MARK: From a server

  /// Brings what is missing. The part is then as long as the server said that the file is, where it said so.
  ///
  /// The part is left alone until bytes come that may be the file's.
  static func run(
    _ url: String, into part: PartialFile, client: borrowing HTTPClient, patience: Patience,
    isStopRequested: @escaping @Sendable () -> Bool, onBeginning: @escaping Beginning, onBytes: @escaping (Int) -> Void
  ) throws(RetrievalError) {
    let there = try part.usable(of: url)
    if there > 0 {
      if there == part.origin?.length {
        onBeginning(there, there)
        return try part.resume(at: there)
      }
      do throws(RetrievalError) {
        let download = Download(url, part, asked: there, onBeginning: onBeginning, onBytes: onBytes)
        return try download.run(client, patience, isStopRequested)
      } catch .wrongRange, .status(416, _) {
        // The file is another one by now, or shorter than what is here.
        try part.discard()
      }
    }
    let download = Download(url, part, asked: 0, onBeginning: onBeginning, onBytes: onBytes)
    try download.run(client, patience, isStopRequested)
  }

  private func run(
    _ client: borrowing HTTPClient, _ patience: Patience, _ isStopRequested: @escaping @Sendable () -> Bool
  ) throws(RetrievalError) {
    var request = HTTPRequest(url)
    if asked > 0, let validator = part.origin?.validator {
      request.fields = [("Range", "bytes=\(asked)-"), ("If-Range", validator)]
    }
    let head = try client.get(request, patience: patience, into: self, isStopRequested: isStopRequested)
    guard hasBegun else { throw head.status == 206 ? .cutOff("an empty answer") : .notHDF5(reason: "it is empty") }
    guard let length = part.origin?.length, length != part.size else { return }
    if part.size < length { throw .cutOff("\(part.size) of \(length) bytes") }
    try part.discard()
    throw .wrongRange(wanted: asked, found: "more than the \(length) bytes of the file")
  }

  func take(_ bytes: RawSpan, of head: HTTPHead) throws(RetrievalError) {
    if !hasBegun { try begin(bytes, head) }
    hasBegun = true
    try part.write(bytes)
    onBytes(bytes.byteCount)
  }

  /// Decides by the answer's head and first bytes whether they are the rest of what is here, or the whole anew.
  private func begin(_ bytes: RawSpan, _ head: HTTPHead) throws(RetrievalError) {
    let origin = Origin(url: url, head)
    if head.status == 206 {
      guard asked > 0, head.contentRange?.first == asked, part.origin?.agrees(with: origin) == true else {
        throw .wrongRange(wanted: asked, found: head["Content-Range"] ?? "another part of the file")
      }
      onBeginning(asked, part.origin?.length)
      return try part.resume(at: asked)
    }
    if head.isWebPage || bytes.looksLikePage { throw .webPage }
    onBeginning(0, origin.length)
    try part.begin(origin)
  }

  // MARK: From a folder

  /// Copies a file of this machine.
  static func copy(
    _ path: String, into part: PartialFile, isStopRequested: () -> Bool, onBeginning: Beginning,
    onBytes: (Int) -> Void
  ) throws(RetrievalError) {
    let source = try open(path)
    try HDF5Superblock.check(source)
    let size = try onDisk(source) { file throws(FileError) in try file.size }
    onBeginning(0, size)
    try part.begin(nil)
    while part.size < size {
      if isStopRequested() { throw .stopped }
      let bytes: [UInt8]
      do throws(FileError) { bytes = try source.read(bytes: min(1 << 20, size - part.size), at: part.size) } catch {
        throw .transfer(error.description)
      }
      try part.write(bytes)
      onBytes(bytes.count)
    }
  }

  private static func open(_ path: String) throws(RetrievalError) -> File {
    do throws(FileError) {
      if try FileStatus.of(path)?.isRegularFile == true { return try File(reading: path) }
    } catch { throw error.isMissing ? .missing : .transfer(error.description) }
    throw .missing
  }
}
