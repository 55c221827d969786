import Files
import Retrieval
import Synchronization
import TestSupport

/// A folder to fetch into, and fetches of one labels file, with little patience.
final class Workshop {
  static let name = "CMU_MOSI_Opinion_Labels.csd"
  static let path = "/CMU-MOSI/labels/\(name)"
  static let labels = Recipe.cmuMOSI.files.filter { $0.kind == .labels }

  let temporary: TemporaryFolder

  /// As long as the test runs.
  private var servers: [LocalServer] = []

  init() throws { temporary = try TemporaryFolder() }

  /// Keeps a server open as long as the test runs.
  func keep(_ server: LocalServer) -> LocalServer {
    servers.append(server)
    return server
  }

  var folder: String { temporary.file("data") }
  /// Where the file is to stand.
  var target: String { "\(folder)/\(Self.name)" }
  var part: String { target + ".part" }
  var notes: String { part + ".json" }
  var sums: String { "\(folder)/SHA256SUMS" }

  /// What there is in the folder, and in the file.
  var names: [String] { get throws { try Folder.list(folder) } }
  var content: [UInt8] { get throws { try File.contents(of: target) } }

  static var patience: Patience {
    var patience = Patience()
    patience.connecting = 2
    patience.stalling = 1
    patience.attempts = 3
    patience.firstDelay = 0.02
    patience.longestDelay = 0.05
    return patience
  }

  func put(_ bytes: [UInt8], at path: String) throws {
    try Folder.createAll(Path.parent(of: path))
    try Folder.removeAll(path)
    let file = try File(creating: path)
    try file.write(bytes, at: 0)
  }

  /// The mirror's files as they are published, each at its place in the tree.
  static func mirrors(_ texts: [String]) throws -> [Mirror] { try texts.map { try Mirror(parsing: $0) } }

  /// Runs a fetch of the labels, or of other files.
  func fetch(
    _ files: [RecipeFile] = labels, from mirrors: String..., patience: Patience = patience,
    isStopRequested: @escaping @Sendable () -> Bool = { false },
    observe: @escaping @Sendable (FetchEvent) -> Void = { _ in }
  ) throws -> FetchReport {
    var fetch = Fetch(files, to: folder, mirrors: try Self.mirrors(mirrors), agent: "test/1")
    fetch.patience = patience
    return try fetch.run(isStopRequested: isStopRequested, observe: observe)
  }

  /// Runs a fetch of the labels, which is the only file of the report.
  func labels(from mirrors: String..., patience: Patience = patience) throws -> FetchedFile {
    var fetch = Fetch(Self.labels, to: folder, mirrors: try Self.mirrors(mirrors), agent: "test/1")
    fetch.patience = patience
    let report = try fetch.run()
    guard let file = report.files.first, report.files.count == 1 else { throw Missing() }
    return file
  }

  struct Missing: Error {}
}

extension FetchedFile {
  /// Why it could not be had, place by place.
  var reasons: [RetrievalError] { failures.map(\.error) }

  /// Bytes that were there already; nil where it was not fetched.
  var resumedAt: Int? { if case .fetched(_, let there) = outcome { there } else { nil } }
}
