package import JSONValues

/// What became of one file.
package struct FetchedFile: Sendable {
  package enum Outcome: Equatable, Sendable {
    /// It was there, whole.
    case present
    /// - Parameter there: bytes that an earlier fetch had left.
    case fetched(from: String, there: Int)
    case failed
    case stopped
  }

  /// A place that did not have it.
  package struct Failure: Sendable {
    package let mirror: String
    package let place: String
    package let error: RetrievalError
  }

  package let file: RecipeFile
  package internal(set) var outcome = Outcome.failed
  package internal(set) var bytes: Int?
  /// SHA-256, as hexadecimal digits.
  package internal(set) var digest: String?
  package internal(set) var notes: [String] = []
  package internal(set) var failures: [Failure] = []

  init(_ file: RecipeFile) { self.file = file }

  /// Whether the file is in its place, and whole.
  package var isThere: Bool {
    switch outcome {
    case .present, .fetched: true
    case .failed, .stopped: false
    }
  }
}

/// What became of all files, in the recipe's order.
package struct FetchReport: Sendable {
  package let folder: String
  package let files: [FetchedFile]
  package let seconds: Double
  /// Bytes that came in this run.
  package let received: Int

  package var isComplete: Bool { files.allSatisfy(\.isThere) }
  package var isStopped: Bool { files.contains { $0.outcome == .stopped } }
}

extension FetchReport {
  /// For programs.
  package var json: JSONValue {
    [
      "folder": .string(folder), "complete": JSONValue(isComplete), "seconds": JSONValue(seconds),
      "received": JSONValue(received), "files": .array(files.map(\.json)),
    ]
  }
}

extension FetchedFile {
  fileprivate var json: JSONValue {
    var object: JSONObject = ["name": .string(file.name), "kind": .string(file.kind.rawValue)]
    switch outcome {
    case .present: object["status"] = "present"
    case .failed: object["status"] = "failed"
    case .stopped: object["status"] = "stopped"
    case .fetched(let place, let there):
      object["status"] = "fetched"
      object["from"] = .string(place)
      object["resumed_at"] = JSONValue(there)
    }
    object["bytes"] = bytes.map { JSONValue($0) } ?? .null
    object["sha256"] = digest.map { JSONValue($0) } ?? .null
    object["notes"] = JSONValue(notes)
    object["failures"] = .array(
      failures.map { ["place": .string($0.place), "reason": .string($0.error.description)] })
    return .object(object)
  }
}
