/// The parts of a zip archive that both sides know. Source: PKWARE's APPNOTE 6.3.
enum ZipFormat {
  static let localHeader: UInt32 = 0x0403_4b50
  static let directoryEntry: UInt32 = 0x0201_4b50
  static let directoryEnd: UInt32 = 0x0605_4b50
  static let directoryEnd64: UInt32 = 0x0606_4b50
  static let directoryLocator64: UInt32 = 0x0706_4b50
  static let extra64: UInt16 = 1

  static let localHeaderBytes = 30
  static let directoryEntryBytes = 46
  static let directoryEndBytes = 22
  static let directoryEnd64Bytes = 56
  static let directoryLocator64Bytes = 20

  static let stored: UInt16 = 0
  static let deflated: UInt16 = 8

  static let isEncrypted: UInt16 = 1
  static let isUTF8: UInt16 = 1 << 11

  /// 1 January 1980, the first day that an archive knows: the same members give the same bytes.
  static let date: UInt16 = 0x21
}

extension [UInt8] {
  /// Appends a number, its low byte first.
  mutating func append<Number: FixedWidthInteger>(little number: Number) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// The number at `offset`, its low byte first; the bytes must be there.
  func little<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
    var number: Number = 0
    for index in (0..<Number.bitWidth / 8).reversed() { number = number << 8 | Number(self[offset + index]) }
    return number
  }
}
