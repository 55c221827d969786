/// The file name of a shard: `train-00000-of-00003.safetensors`.
public struct ShardName: Sendable, Equatable, CustomStringConvertible {
  public let split: String
  public let index: Int
  public let count: Int

  /// - Parameters:
  ///   - split: must satisfy ``isValidSplit(_:)``.
  ///   - index: `0 ..< count`.
  ///   - count: how many shards the split has.
  public init(split: String, index: Int, count: Int) {
    self.split = split
    self.index = index
    self.count = count
  }

  /// Reads a file name; nil where it is not exactly what ``description`` would spell, so that no name leads out of its
  /// folder.
  public init?(parsing name: String) {
    guard name.hasSuffix(Self.suffix) else { return nil }
    let parts = name.dropLast(Self.suffix.count).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[parts.count - 2] == "of", let count = Int(parts[parts.count - 1]),
      let index = Int(parts[parts.count - 3]), index >= 0, index < count
    else { return nil }
    self.init(split: parts.dropLast(3).joined(separator: "-"), index: index, count: count)
    guard Self.isValidSplit(split), description.utf8.elementsEqual(name.utf8) else { return nil }
  }

  public var description: String { "\(split)-\(Self.digits(index))-of-\(Self.digits(count))\(Self.suffix)" }

  /// What a split may be called, as its name becomes part of file names: `[A-Za-z0-9][A-Za-z0-9_-]*`.
  public static func isValidSplit(_ name: String) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool {
      (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
    guard let first = name.utf8.first, isPlain(first) else { return false }
    return name.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
  }

  /// What a packed shard's file name ends with, behind the shard's own.
  static let packedSuffix = ".zst"

  private static let suffix = ".safetensors"

  private static func digits(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 5 - text.utf8.count)) + text
  }
}
