/// Why no data is made.
public enum SynthesisError: Error, Equatable, Sendable, CustomStringConvertible {
  case exists(path: String)

  public var description: String {
    switch self {
    case .exists(let path): "\(path): exists already; choose another folder, or remove it"
    }
  }
}
