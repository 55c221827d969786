package import Files
internal import PackedSequences

/// What can keep a file from being had.
package enum RetrievalError: Error, Equatable, Sendable {
  // The request.
  case unknownRecipe(String, known: [String])
  case unknownFile(String, recipe: String, known: [String])
  case badMirror(String, reason: String)
  case nowhere
  case busy(folder: String)

  // The way to a server.
  case unreachable(String)
  case stalled(seconds: Int)
  case cutOff(String)
  case transfer(String)
  case unsafeRedirection(to: String)
  case tooManyRedirections(Int)
  /// Where one is not followed.
  case redirected(to: String)

  // A server's answer, or a mirror's file.
  case status(Int, retryAfter: Int?)
  case missing
  case webPage
  case wrongRange(wanted: Int, found: String)
  case notHDF5(reason: String)
  /// - Parameter isDeclared: whether the server itself said that the file has only `found` bytes.
  case cutShort(expected: Int, found: Int, isDeclared: Bool)
  case wrongDigest(expected: String, found: String)

  // This side.
  case notAFile(String)
  case file(FileError)
  case stopped
}

extension RetrievalError {
  /// What may help.
  package enum Remedy: Equatable {
    /// The same again, after so many seconds where the server says so.
    case again(after: Int?)
    /// Another place of the same mirror, then other mirrors.
    case anotherPlace
    case anotherMirror
    case none
  }

  package var remedy: Remedy {
    switch self {
    case .unreachable, .stalled, .cutOff: .again(after: nil)
    case .status(let status, let seconds):
      switch status {
      case 408, 425, 429, 500, 502, 503, 504, 520...599: .again(after: seconds)
      default: .anotherPlace
      }
    // An answer without a length may have ended anywhere; one with a length will be the same again.
    case .cutShort(_, _, let isDeclared): isDeclared ? .anotherPlace : .again(after: nil)
    case .missing, .webPage, .notHDF5, .wrongDigest, .wrongRange, .unsafeRedirection, .tooManyRedirections,
      .redirected:
      .anotherPlace
    case .transfer: .anotherMirror
    case .unknownRecipe, .unknownFile, .badMirror, .nowhere, .busy, .notAFile, .file, .stopped: .none
    }
  }
}

extension RetrievalError {
  /// Whether nothing is there, which tells less than any other failure.
  package var isAbsence: Bool {
    switch self {
    case .missing, .status(404, _): true
    default: false
    }
  }
}

extension RetrievalError: RequestError {
  package var isRequestAtFault: Bool {
    switch self {
    case .unknownRecipe, .unknownFile, .badMirror, .nowhere: true
    default: false
    }
  }
}

extension RetrievalError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownRecipe(let name, let known):
      "there is no dataset \"\(name)\"\(NearestName.hint(name, in: known)); give \(known.joined(separator: " or "))"
    case .unknownFile(let name, let recipe, let known):
      "--only \(name): \(recipe) has no such file\(NearestName.hint(name, in: known)); give a file's name or one of "
        + RecipeFile.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    case .badMirror(let mirror, let reason): "--mirror \(mirror): \(reason)"
    case .nowhere: "--mirrors-only: there is no mirror; name one with --mirror"
    case .busy(let folder): "\(folder): another fetch is writing there; wait for it, or give another folder"
    case .unreachable(let reason): "cannot be reached: \(reason)"
    case .stalled(let seconds): "nothing came for \(seconds) s"
    case .cutOff(let reason): "cut off: \(reason)"
    case .transfer(let reason): reason
    case .unsafeRedirection(let target): "sends us on to \(target), which is not followed: it is less safe"
    case .tooManyRedirections(let count): "sends us on more than \(count) times"
    case .redirected(let target): "sends us on to \(target); give that address"
    case .status(let status, let seconds): Self.text(status) + (seconds.map { ", come back in \($0) s" } ?? "")
    case .missing: "not there"
    case .webPage: "a web page instead of the file; is there a login to pass?"
    case .wrongRange(let wanted, let found): "sent \(found) where bytes from \(wanted) were asked for"
    case .notHDF5(let reason): "not an HDF5 file: \(reason)"
    case .cutShort(let expected, let found, _): "cut short: \(found) bytes of the \(expected) that its head tells of"
    case .wrongDigest(let expected, let found):
      "its SHA-256 is \(found.prefix(12))…, \(ChecksumList.fileName) wants \(expected.prefix(12))…; "
        + "if the file was published anew, remove its line there"
    case .notAFile(let path): "\(path): is no file; move it away"
    case .file(let error): error.description
    case .stopped: "stopped"
    }
  }

  private static func text(_ status: Int) -> String {
    let meaning =
      switch status {
      case 401, 407: ", a login is wanted"
      case 403: ", forbidden"
      case 404: ", not found"
      case 410: ", gone"
      case 416: ", no such range"
      case 429: ", too many requests"
      case 500...599: ", the server has trouble"
      default: ""
      }
    return "answers \(status)\(meaning)"
  }
}
