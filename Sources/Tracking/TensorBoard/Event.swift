/// What TensorBoard reads: some scalars at a step, or the first event of a file, which names the version.
///
/// Its bytes are a protocol buffer, `tensorflow.Event`: `wall_time` (field 1, double), `step` (2, varint),
/// `file_version` (3, string), `summary` (5): values (1), each with a `tag` (1, string) and a `simple_value` (2, float).
struct Event: Equatable {
  struct Scalar: Equatable {
    var tag: String
    var value: Float
  }

  /// Seconds since 1970.
  var time: Double
  var step = 0
  var version: String?
  var scalars: [Scalar] = []

  static let version = "brain.Event:2"

  // MARK: Bytes

  var bytes: [UInt8] {
    var event = Message()
    event.add(1, time)
    if step != 0 { event.add(2, varint: UInt64(step)) }
    if let version { event.add(3, Array(version.utf8)) }
    if !scalars.isEmpty {
      var summary = Message()
      for scalar in scalars {
        var value = Message()
        value.add(1, Array(scalar.tag.utf8))
        value.add(2, scalar.value)
        summary.add(1, value.bytes)
      }
      event.add(5, summary.bytes)
    }
    return event.bytes
  }

  /// A protocol buffer as it is written.
  private struct Message {
    var bytes: [UInt8] = []

    mutating func add(varint: UInt64) {
      var rest = varint
      while rest >= 0x80 {
        bytes.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }

    mutating func add(_ field: UInt64, varint: UInt64) {
      add(varint: field << 3)
      add(varint: varint)
    }

    mutating func add(_ field: UInt64, _ value: Double) {
      add(varint: field << 3 | 1)
      bytes += littleEndian(value.bitPattern)
    }

    mutating func add(_ field: UInt64, _ content: [UInt8]) {
      add(varint: field << 3 | 2)
      add(varint: UInt64(content.count))
      bytes += content
    }

    mutating func add(_ field: UInt64, _ value: Float) {
      add(varint: field << 3 | 5)
      bytes += littleEndian(value.bitPattern)
    }
  }

  init(time: Double, step: Int = 0, version: String? = nil, scalars: [Scalar] = []) {
    self.time = time
    self.step = step
    self.version = version
    self.scalars = scalars
  }

  /// - Returns: nil where the bytes are no event. Fields that are not known here are passed over.
  init?(_ bytes: ArraySlice<UInt8>) {
    self.init(time: 0)
    var reader = FieldReader(rest: bytes)
    while let (field, content) = reader.next() {
      switch (field, content) {
      case (1, .fixed(let bits)): time = Double(bitPattern: bits)
      case (2, .varint(let value)): step = Int(truncatingIfNeeded: value)
      case (3, .bytes(let text)): version = String(decoding: text, as: UTF8.self)
      case (5, .bytes(let summary)):
        var values = FieldReader(rest: summary)
        while let (_, content) = values.next() {
          guard case .bytes(let value) = content, let scalar = Scalar(value) else { return nil }
          scalars.append(scalar)
        }
        if values.isBroken { return nil }
      default: break
      }
    }
    if reader.isBroken { return nil }
  }
}

extension Event.Scalar {
  fileprivate init?(_ bytes: ArraySlice<UInt8>) {
    self.init(tag: "", value: .nan)
    var reader = FieldReader(rest: bytes)
    while let (field, content) = reader.next() {
      switch (field, content) {
      case (1, .bytes(let text)): tag = String(decoding: text, as: UTF8.self)
      case (2, .fixed(let bits)): value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      default: break
      }
    }
    if reader.isBroken { return nil }
  }
}

/// The fields of a protocol buffer, one after another.
private struct FieldReader {
  enum Content {
    case varint(UInt64)
    /// Of 64 bits, or of 32.
    case fixed(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  var rest: ArraySlice<UInt8>
  /// Whether it ended in the middle, or is nothing of the kind.
  private(set) var isBroken = false

  init(rest: ArraySlice<UInt8>) { self.rest = rest }

  mutating func next() -> (UInt64, Content)? {
    if rest.isEmpty || isBroken { return nil }
    guard let key = varint(), let content = content(key & 7) else {
      isBroken = true
      return nil
    }
    return (key >> 3, content)
  }

  private mutating func content(_ kind: UInt64) -> Content? {
    switch kind {
    case 0: varint().map { .varint($0) }
    case 1: take(8).map { .fixed(number($0)) }
    case 2: varint().flatMap { Int(exactly: $0) }.flatMap { take($0) }.map { .bytes($0) }
    case 5: take(4).map { .fixed(number($0)) }
    default: nil
    }
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    return nil
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}

/// The bytes of a number, the least first.
func littleEndian<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) -> [UInt8] {
  (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
}

/// The number whose bytes these are.
func number(_ bytes: some BidirectionalCollection<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
