/// The checksum of TensorFlow's records: CRC-32C (Castagnoli's polynomial), turned and shifted, so that a record within
/// a record does not check itself.
enum MaskedCRC {
  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let crc = plain(bytes)
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }

  static func plain(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8 }
    return ~crc
  }

  private static let table: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    return value
  }
}
