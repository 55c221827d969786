/// The version of the shard format, `major.minor`.
///
/// A reader accepts every minor version of its major version: those only add fields that it may ignore.
public struct FormatVersion: Sendable, Equatable, CustomStringConvertible {
  /// What manifests and headers call the format.
  public static let format = "grf-shards"
  /// The version that this module writes.
  public static let current = FormatVersion(major: 1, minor: 0)

  public let major: Int
  public let minor: Int

  public init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Reads `1.0`; nil for anything else than two plain numbers.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0 else {
      return nil
    }
    self.init(major: major, minor: minor)
    guard description == text else { return nil }
  }

  public var description: String { "\(major).\(minor)" }

  var isSupported: Bool { major == Self.current.major }
}
