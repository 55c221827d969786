/// Files that are as much HDF5 as a download is checked for: a head, and bytes behind it.
enum SmallFile {
  static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// A file of so many bytes, of one version or another.
  static func bytes(_ count: Int, seed: UInt8 = 1) -> [UInt8] {
    var bytes = head(version: 0, base: 0, end: UInt64(count))
    for i in bytes.count..<max(count, bytes.count) { bytes.append(UInt8(truncatingIfNeeded: i &* 31) ^ seed) }
    return bytes
  }

  /// A superblock.
  ///
  /// - Parameter width: bytes of an address.
  static func head(version: UInt8, width: Int = 8, base: UInt64, end: UInt64) -> [UInt8] {
    func number(_ value: UInt64) -> [UInt8] { (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let undefined = [UInt8](repeating: 0xFF, count: width)
    let addresses = number(base) + undefined + number(end) + undefined
    switch version {
    case 0, 1:
      let extra: [UInt8] = version == 1 ? [32, 0, 0, 0] : []
      return signature + [version, 0, 0, 0, 0, UInt8(width), 8, 0, 4, 0, 16, 0, 0, 0, 0, 0] + extra + addresses
    default: return signature + [version, UInt8(width), 8, 0] + addresses + [0, 0, 0, 0]
    }
  }
}
