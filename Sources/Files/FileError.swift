/// A call to the file system that failed: what was tried, on what, and the system's reason.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Operation: Equatable, Sendable {
    case open, create, list, remove, sync, map, inspect, lock
    /// A folder, a device or a pipe stands where a file shall take its place.
    case replace
    case read(bytes: Int, offset: Int)
    case write(bytes: Int, offset: Int)
    case rename(to: String)
    case exchange(with: String)
  }

  public let operation: Operation
  public let path: String
  /// The system's error number; 0 where a file simply ended too soon.
  public let code: Int32

  public init(_ operation: Operation, _ path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// Whether the place may not be written to: its permissions, or its file system, forbid it.
  package var isDenied: Bool { SystemError.kind(code) == .denied }

  /// Whether nothing is there.
  public var isMissing: Bool { SystemError.kind(code) == .missing }

  public var description: String {
    if operation == .replace { return "\(path): this is no regular file; give the name of a file" }
    let what =
      switch operation {
      case .open: "cannot be opened"
      case .create: "cannot be created"
      case .list: "cannot be listed"
      case .remove: "cannot be removed"
      case .sync: "cannot be synced to disk"
      case .map: "cannot be mapped"
      case .inspect: "cannot be inspected"
      case .lock: "cannot be locked"
      case .replace: "cannot be replaced"
      case .read(let bytes, let offset): "cannot read \(bytes) bytes at offset \(offset)"
      case .write(let bytes, let offset): "cannot write \(bytes) bytes at offset \(offset)"
      case .rename(let target): "cannot be renamed to \(target)"
      case .exchange(let other): "cannot be exchanged with \(other)"
      }
    return "\(path): \(what): \(code == 0 ? "the file ends before" : SystemError.text(code))\(remedy)"
  }

  private var remedy: String {
    switch SystemError.kind(code) {
    case .full: "; free space there, or choose another place"
    case .tooLarge: "; raise the limit on file sizes (ulimit -f)"
    case .denied: "; check its permissions"
    case .missing: "; check the path"
    case .tooManyOpen: "; raise the limit on open files (ulimit -n)"
    case .exists: "; choose another name"
    case .broken: "; check the disk"
    case .link: "; put what the symbolic link leads to in its place"
    case .other: code == 0 ? "; the file was cut short, restore it" : ""
    }
  }
}
