/// The element of a NumPy array, as the `descr` of an `.npy` header names it: `<f4`, `|b1`, `<U12`.
struct ArrayType: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case float
    case signed
    case unsigned
    case bool
    /// UTF-32, padded with NULs.
    case unicode
    /// Bytes, padded with NULs.
    case bytes
  }

  let kind: Kind
  /// Of one element.
  let bytes: Int
  var isBigEndian = false

  static let f2 = ArrayType(kind: .float, bytes: 2)
  static let f4 = ArrayType(kind: .float, bytes: 4)
  static let f8 = ArrayType(kind: .float, bytes: 8)
  static let i8 = ArrayType(kind: .signed, bytes: 8)
  static let bool = ArrayType(kind: .bool, bytes: 1)

  static func unicode(_ characters: Int) -> ArrayType { ArrayType(kind: .unicode, bytes: 4 * characters) }
  static func bytes(_ count: Int) -> ArrayType { ArrayType(kind: .bytes, bytes: count) }

  var isText: Bool { kind == .unicode || kind == .bytes }

  /// As NumPy spells it.
  var description: String {
    let order = isBigEndian ? ">" : "<"
    return switch kind {
    case .float: "\(order)f\(bytes)"
    case .signed: bytes == 1 ? "|i1" : "\(order)i\(bytes)"
    case .unsigned: bytes == 1 ? "|u1" : "\(order)u\(bytes)"
    case .bool: "|b1"
    case .unicode: "\(order)U\(bytes / 4)"
    case .bytes: "|S\(bytes)"
    }
  }

  /// Nil for a type that is not one of these: an object, a record, a complex number, a date.
  init?(descr: String) {
    let order = descr.first
    let rest = order.map { "<>|=".contains($0) } == true ? descr.dropFirst() : descr[...]
    guard let letter = rest.first, let size = Int(rest.dropFirst()), size >= 0, size <= 1 << 24 else { return nil }
    switch (letter, size) {
    case ("f", 2), ("f", 4), ("f", 8): (kind, bytes) = (.float, size)
    case ("i", 1), ("i", 2), ("i", 4), ("i", 8): (kind, bytes) = (.signed, size)
    case ("u", 1), ("u", 2), ("u", 4), ("u", 8): (kind, bytes) = (.unsigned, size)
    case ("b", 1): (kind, bytes) = (.bool, 1)
    case ("U", _): (kind, bytes) = (.unicode, 4 * size)
    case ("S", _), ("a", _): (kind, bytes) = (.bytes, size)
    default: return nil
    }
    isBigEndian = order == ">"
  }

  init(kind: Kind, bytes: Int) {
    self.kind = kind
    self.bytes = bytes
  }
}
