internal import Files

/// The head of an HDF5 file: where it begins, and where by its own account the file ends.
///
/// Enough to tell a file that was cut short, without libhdf5. Source: HDF5 file format specification 3.0, section II.A.
struct HDF5Superblock: Equatable {
  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
  /// Signature, version, sizes, and the first addresses, in the longest of the known versions.
  private static let longest = 64

  /// 0, or 512, 1024, 2048 and so on where a user block stands before it.
  let start: Int
  /// The first byte behind the data; nil in versions that are not known here.
  let end: Int?

  /// Looks for the head where it may stand.
  ///
  /// - Complexity: O(log size) reads.
  /// - Throws: ``RetrievalError/notHDF5(reason:)``.
  init(_ file: borrowing File) throws(RetrievalError) {
    let size = try onDisk(file) { file throws(FileError) in try file.size }
    if size == 0 { throw .notHDF5(reason: "it is empty") }
    var start = 0
    while start <= size - Self.signature.count {
      let head = try onDisk(file) { file throws(FileError) in
        try file.read(bytes: min(Self.longest, size - start), at: start)
      }
      if head.starts(with: Self.signature) {
        self.start = start
        end = try Self.end(head, at: start)
        return
      }
      start = start == 0 ? 512 : start * 2
    }
    throw .notHDF5(reason: "it has no HDF5 signature")
  }

  /// Requires a file to be HDF5, and whole.
  ///
  /// - Parameter isDeclared: whether its size was announced by who sent it.
  /// - Throws: ``RetrievalError/notHDF5(reason:)`` and ``RetrievalError/cutShort(expected:found:isDeclared:)``.
  static func check(_ file: borrowing File, isDeclared: Bool = true) throws(RetrievalError) {
    let size = try onDisk(file) { file throws(FileError) in try file.size }
    if let end = try Self(file).end, end > size {
      throw .cutShort(expected: end, found: size, isDeclared: isDeclared)
    }
  }

  private static func end(_ head: [UInt8], at start: Int) throws(RetrievalError) -> Int? {
    func byte(_ offset: Int) throws(RetrievalError) -> Int {
      guard offset < head.count else { throw .notHDF5(reason: "it ends in its head") }
      return Int(head[offset])
    }
    // Where the width of addresses is told, and where the first address (the base) stands; the end is the third.
    let (widthAt, baseAt): (Int, Int)
    switch try byte(8) {
    case 0: (widthAt, baseAt) = (13, 24)
    case 1: (widthAt, baseAt) = (13, 28)
    case 2, 3: (widthAt, baseAt) = (9, 12)
    default: return nil
    }
    let width = try byte(widthAt)
    guard [2, 4, 8].contains(width) else { throw .notHDF5(reason: "its head is damaged") }
    func address(_ index: Int) throws(RetrievalError) -> UInt64 {
      var address: UInt64 = 0
      for i in 0..<width { address |= UInt64(try byte(baseAt + index * width + i)) << UInt64(8 * i) }
      return address
    }
    // A user block that was put before it later moved everything by the same distance.
    let (base, stored) = (try address(0), try address(2))
    let (moved, overflows) = (stored &- base).addingReportingOverflow(UInt64(start))
    guard stored >= base, !overflows, let end = Int(exactly: moved) else {
      throw .notHDF5(reason: "its head is damaged")
    }
    return end
  }
}
