internal import Files
internal import Foundation
internal import JSONValues

/// `mlflow.json` in a run's folder: under which names a server knows the run, and what it has of it already.
///
/// All else can be read from the run's other files, and where this one is lost only the run's token is: the run would
/// then be sent anew, as another one.
struct StateFile: Sendable, Equatable {
  static let name = "mlflow.json"

  /// Stands in the run's tags: by it a run is found again whose creation was the last that a process saw of it.
  var token: String
  /// Without credentials. What follows is this server's.
  var server: String
  var experimentID: String?
  var runID: String?
  /// The last epoch that the server has; 0 where it has none.
  var epoch = 0
  /// By file: the SHA-256 of what was sent.
  var files: [String: String] = [:]
  /// The status that the server was told, such as `FINISHED`.
  var status: String?
  /// How the training has ended, whether the server was told or not; nil as long as it goes on.
  var ending: RunStatus?

  init(server: String) {
    token = UUID().uuidString.lowercased()
    self.server = server
  }

  /// Forgets what another server knows.
  mutating func move(to server: String) {
    guard server != self.server else { return }
    let (token, ending) = (token, ending)
    self = StateFile(server: server)
    self.token = token
    self.ending = ending
  }

  // MARK: The file

  /// - Returns: nil where there is none.
  static func read(in folder: String) throws(TrackingError) -> StateFile? {
    let path = Path.join(folder, name)
    let bytes = try TrackingError.files { () throws(FileError) -> [UInt8]? in
      do throws(FileError) { return try File.contents(of: path) } catch  where error.isMissing { return nil }
    }
    guard let bytes else { return nil }
    guard let json = try? JSONValue.parse(bytes), let state = StateFile(json) else {
      throw .damaged(path: path, problem: "it is not what was written there")
    }
    return state
  }

  func write(in folder: String) throws(TrackingError) {
    try TrackingError.files { () throws(FileError) in
      try ReplacementFile.write(json.pretty() + "\n", to: Path.join(folder, Self.name))
    }
  }

  private var json: JSONValue {
    var object: JSONObject = ["version": .integer(1), "server": .string(server), "token": .string(token)]
    object["experiment_id"] = experimentID.map { .string($0) }
    object["run_id"] = runID.map { .string($0) }
    object["epoch"] = JSONValue(epoch)
    object["status"] = status.map { .string($0) }
    object["ending"] = ending.map { .string($0.rawValue) }
    var digests = JSONObject()
    for (name, digest) in files.sorted(by: { $0.key < $1.key }) { digests[name] = .string(digest) }
    object["files"] = .object(digests)
    return .object(object)
  }

  private init?(_ json: JSONValue) {
    guard json["version"]?.integer == 1, let server = json["server"]?.string, let token = json["token"]?.string,
      !token.isEmpty, token.allSatisfy({ $0.isHexDigit || $0 == "-" }), let epoch = json["epoch"]?.integer, epoch >= 0
    else { return nil }
    self.token = token
    self.server = server
    experimentID = json["experiment_id"]?.string
    runID = json["run_id"]?.string
    self.epoch = epoch
    status = json["status"]?.string
    ending = json["ending"]?.string.flatMap(RunStatus.init)
    files = Dictionary((json["files"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") }) { $1 }
  }
}
