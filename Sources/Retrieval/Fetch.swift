internal import Files
internal import Synchronization
internal import Workers

/// Brings files of a recipe into a folder: several at once, each from the first place that has it whole.
///
/// A file that is there and whole is left alone. Whatever ends the process, what came is kept beside its place and built
/// upon the next time.
package struct Fetch: Sendable {
  package let files: [RecipeFile]
  package let folder: String
  /// In the order in which they are asked.
  package let mirrors: [Mirror]
  /// What the program calls itself to servers.
  package let agent: String
  /// Files at once, at least 1.
  package var jobs = 4
  package var patience = Patience()

  package init(_ files: [RecipeFile], to folder: String, mirrors: [Mirror], agent: String) {
    self.files = files
    self.folder = folder
    self.mirrors = mirrors
    self.agent = agent
  }

  /// Runs to the end, or until a stop is requested.
  ///
  /// - Parameters:
  ///   - isStopRequested: asked again and again, from several threads.
  ///   - observe: called from several threads.
  /// - Throws: ``RetrievalError`` where nothing could even be begun; a file that could not be had is told in the report.
  package func run(
    isStopRequested: @escaping @Sendable () -> Bool = { false },
    observe: @escaping @Sendable (FetchEvent) -> Void = { _ in }
  ) throws -> FetchReport {
    if mirrors.isEmpty { throw RetrievalError.nowhere }
    try Folder.createAll(Path.parent(of: folder))
    let folder = try Folder.resolved(Path.trimmed(self.folder))
    guard let lock = try FolderLock(creating: folder) else { throw RetrievalError.busy(folder: self.folder) }
    defer { withExtendedLifetime(lock) {} }

    let start = ContinuousClock.now
    let session = FetchSession(
      folder: folder, mirrors: mirrors, patience: patience, checksums: try ChecksumFile(in: folder),
      isStopRequested: isStopRequested, observe: observe)
    let reports = Mutex<[String: FetchedFile]>([:])
    try WorkerPool.withWorkers(
      threads: max(1, min(jobs, files.count)), budget: .max, state: HTTPClient(agent: agent)
    ) { pool in
      for file in files {
        try pool.submit(cost: 1) { client in
          let report = FileFetch(file, session).run(client)
          reports.withLock { $0[file.name] = report }
        }
      }
    }
    let found = reports.withLock { $0 }
    return FetchReport(
      folder: self.folder, files: files.compactMap { found[$0.name] },
      seconds: (ContinuousClock.now - start) / .seconds(1), received: session.received)
  }
}
