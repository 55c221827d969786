internal import Files

/// One file of a fetch: what is there, the mirrors one after another, the checks, and its place.
struct FileFetch: ~Copyable {
  private let file: RecipeFile
  private let session: FetchSession
  private let part: PartialFile
  private var report: FetchedFile

  init(_ file: RecipeFile, _ session: FetchSession) {
    self.file = file
    self.session = session
    part = PartialFile(target: Path.join(session.folder, file.name))
    report = FetchedFile(file)
  }

  consuming func run(_ client: borrowing HTTPClient) -> FetchedFile {
    do throws(RetrievalError) {
      if session.isStopRequested() { throw .stopped }
      if try !isPresent() { try search(client) }
    } catch .stopped {
      report.outcome = .stopped
    } catch {
      report.outcome = .failed
      report.failures.append(.init(mirror: part.target, place: part.target, error: error))
    }
    // What is there stays, to be built upon; where even that fails, the reason is in the report already.
    try? part.pause()
    session.observe(.ended(report))
    return report
  }

  private mutating func note(_ text: String) {
    report.notes.append(text)
    session.observe(.noted(file, text))
  }

  // MARK: What is there

  /// Whether the file is in its place and whole: its digest is the listed one, or there is none and its head is right.
  private mutating func isPresent() throws(RetrievalError) -> Bool {
    let path = part.target
    guard let status = try onDisk({ () throws(FileError) in try FileStatus.of(path) }) else { return false }
    guard status.isRegularFile else { throw .notAFile(path) }
    let listed = session.checksums.digests(of: file.name)
    do throws(RetrievalError) {
      if listed.isEmpty {
        let there = try onDisk { () throws(FileError) in try File(reading: path) }
        try HDF5Superblock.check(there)
      }
      session.observe(.checking(file))
      let digest = try FileDigest.of(path, size: status.size, isStopRequested: session.isStopRequested)
      try hold(digest, against: listed)
      try session.checksums.record(digest, of: file.name)
      report.outcome = .present
      report.bytes = status.size
      report.digest = digest
      return true
    } catch {
      switch error {
      case .notHDF5, .cutShort, .wrongDigest:
        note("what is there is damaged (\(error)); it stays until a whole file can replace it")
        return false
      default: throw error
      }
    }
  }

  private func hold(_ digest: String, against listed: [String]) throws(RetrievalError) {
    if let other = listed.first(where: { $0 != digest }) { throw .wrongDigest(expected: other, found: digest) }
  }

  // MARK: Where it may be had

  private mutating func search(_ client: borrowing HTTPClient) throws(RetrievalError) {
    for (index, mirror) in session.mirrors.enumerated() {
      for place in mirror.places(of: file) {
        if let reason = session.whyGivenUp(index) {
          fail(mirror, place, reason)
          break
        }
        do throws(RetrievalError) {
          let there = try bring(place, mirror: index, client)
          report.outcome = .fetched(from: place.description, there: there)
          return
        } catch {
          let remedy = error.remedy
          if remedy == .none { throw error }
          fail(mirror, place, error)
          if case .unreachable = error { session.giveUp(index, error) }
          if remedy != .anotherPlace { break }
        }
      }
    }
  }

  private mutating func fail(_ mirror: Mirror, _ place: Mirror.Place, _ error: RetrievalError) {
    report.failures.append(.init(mirror: mirror.description, place: place.description, error: error))
  }

  /// Brings the file from one place into its own, and comes back to the place as long as that may help.
  ///
  /// - Returns: the bytes of it that an earlier fetch had left.
  private mutating func bring(
    _ place: Mirror.Place, mirror: Int, _ client: borrowing HTTPClient
  ) throws(RetrievalError) -> Int {
    var failures = 0
    var most = 0
    var left: Int?
    while true {
      do throws(RetrievalError) {
        try attempt(place, client) { left = left ?? $0 }
        return left ?? 0
      } catch {
        guard case .again(let requested) = error.remedy else { throw error }
        if case .unreachable = error {} else { session.noteAnswer(of: mirror) }
        // What goes further than any attempt before is no failure to count.
        failures = part.size > most ? 1 : failures + 1
        most = max(most, part.size)
        let isNew = !session.hasAnswered(mirror)
        let limit = isNew ? min(session.patience.firstContacts, session.patience.attempts) : session.patience.attempts
        let chance = Double.random(in: 0..<1)
        guard failures < limit,
          let delay = session.patience.delay(after: failures, requested: requested, chance: chance)
        else { throw error }
        session.observe(.waiting(file, place: place.description, error, seconds: delay))
        try? part.pause()
        try session.pause(delay)
      }
    }
  }

  private mutating func attempt(
    _ place: Mirror.Place, _ client: borrowing HTTPClient, onBeginning: @escaping (Int) -> Void
  ) throws(RetrievalError) {
    let (file, session) = (file, session)
    let begin = { (there: Int, total: Int?) in
      onBeginning(there)
      session.observe(.began(file, place: place.description, there: there, total: total))
    }
    switch place {
    case .url(let url):
      try Download.run(
        url, into: part, client: client, patience: session.patience, isStopRequested: session.isStopRequested,
        onBeginning: begin, onBytes: { session.receive($0, of: file) })
    case .file(let path):
      try Download.copy(
        path, into: part, isStopRequested: session.isStopRequested, onBeginning: begin,
        onBytes: { session.receive($0, of: file) })
    }
    try finish()
  }

  /// Checks what came, and puts it into its place.
  private mutating func finish() throws(RetrievalError) {
    do throws(RetrievalError) {
      try part.check()
      let digest = try part.digest()
      try hold(digest, against: session.checksums.digests(of: file.name))
      report.digest = digest
    } catch {
      switch error {
      // The rest may still come.
      case .cutShort(_, _, isDeclared: false): break
      case .notHDF5, .cutShort, .wrongDigest: try part.discard()
      default: break
      }
      throw error
    }
    report.bytes = part.size
    try part.install()
    try session.checksums.record(report.digest ?? "", of: file.name)
  }
}
