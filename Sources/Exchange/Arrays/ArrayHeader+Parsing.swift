/// What can be wrong with the head of an `.npy` member.
enum ArrayProblem: Error, Equatable {
  /// Python objects: a pickle.
  case objects
  case damaged(String)
}

extension ArrayHeader {
  /// A header is some hundred bytes; NumPy itself refuses more than 10,000.
  private static let greatest = 10_000

  /// Reads the head from the start of a member, and checks that the data are exactly what follows.
  init(_ reader: MemberReader) throws {
    guard reader.left >= 10 else { throw ArrayProblem.damaged("has no .npy header") }
    let prefix = try reader.read(8)
    guard prefix.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw ArrayProblem.damaged("has no .npy header") }
    guard (1...3).contains(prefix[6]), prefix[7] == 0 else {
      throw ArrayProblem.damaged("has version \(prefix[6]).\(prefix[7]) of the .npy format, but 1.0 to 3.0 are known")
    }
    let width = prefix[6] == 1 ? 2 : 4
    guard reader.left >= width else { throw ArrayProblem.damaged("has no .npy header") }
    let length = try reader.read(width).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.greatest, length <= reader.left else {
      throw ArrayProblem.damaged("has a header of \(length) bytes")
    }
    try self.init(parsing: String(decoding: try reader.read(length), as: UTF8.self))
    guard dataBytes == reader.left else {
      throw ArrayProblem.damaged("holds \(reader.left) bytes for \(shape) values of \(type.description)")
    }
  }

  /// Reads a Python dictionary with exactly the keys descr, fortran_order and shape.
  init(parsing text: String) throws {
    var parser = LiteralParser(text)
    var (type, shape, isFortran): (ArrayType?, [Int]?, Bool?) = (nil, nil, nil)
    try parser.expect("{")
    while !parser.take("}") {
      let key = try parser.string()
      try parser.expect(":")
      switch key {
      case "descr" where type == nil:
        // A list is the description of a record.
        guard !parser.isNext("[") else { throw ArrayProblem.damaged("holds records, but numbers or text are wanted") }
        let descr = try parser.string()
        if descr.hasSuffix("O") { throw ArrayProblem.objects }
        guard let known = ArrayType(descr: descr) else {
          throw ArrayProblem.damaged("holds values of type \(descr), but numbers or text are wanted")
        }
        type = known
      case "fortran_order" where isFortran == nil: isFortran = try parser.bool()
      case "shape" where shape == nil: shape = try parser.sizes()
      default: throw ArrayProblem.damaged("has an .npy header with the key \(key)")
      }
      if !parser.take(",") {
        try parser.expect("}")
        break
      }
    }
    guard parser.isAtEnd, let type, let shape, let isFortran else {
      throw ArrayProblem.damaged("has an incomplete .npy header")
    }
    var bytes = type.bytes
    for size in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(1, size))
      guard !overflow, product < 1 << 60 else { throw ArrayProblem.damaged("has a shape without bounds") }
      bytes = product
    }
    self.init(type, shape: shape, isFortran: isFortran && shape.count > 1)
  }
}

/// The few literals of Python that an `.npy` header holds.
private struct LiteralParser {
  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

  private mutating func skipSpaces() { rest = rest.drop(while: \.isWhitespace) }

  mutating func isNext(_ text: String) -> Bool {
    skipSpaces()
    return rest.hasPrefix(text)
  }

  mutating func take(_ text: String) -> Bool {
    guard isNext(text) else { return false }
    rest.removeFirst(text.count)
    return true
  }

  mutating func expect(_ text: String) throws {
    guard take(text) else { throw ArrayProblem.damaged("has an .npy header that is no dictionary") }
  }

  mutating func string() throws -> String {
    for quote in ["'", "\""] where take(quote) {
      let text = rest.prefix { String($0) != quote && $0 != "\\" }
      rest = rest.dropFirst(text.count)
      try expect(quote)
      return String(text)
    }
    throw ArrayProblem.damaged("has an .npy header that is no dictionary")
  }

  mutating func bool() throws -> Bool {
    if take("True") { return true }
    try expect("False")
    return false
  }

  /// A tuple of numbers that are not negative, at most 32 as in NumPy.
  mutating func sizes() throws -> [Int] {
    var sizes: [Int] = []
    try expect("(")
    while !take(")") {
      skipSpaces()
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let size = Int(digits), size < 1 << 60, sizes.count < 32 else {
        throw ArrayProblem.damaged("has a shape that is none")
      }
      rest = rest.dropFirst(digits.count)
      // Python 2 wrote 3L.
      _ = take("L")
      sizes.append(size)
      if !take(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }
}
