internal import Files
internal import Shards

/// Reads a member's content once, from its start to its end, in constant memory; its CRC is checked with the last byte.
final class MemberReader {
  let member: ZipDirectory.Member
  private let file: File
  private var stream: InflateStream?
  /// Bytes of the content handed out.
  private var done = 0
  /// Bytes of the file taken.
  private var taken = 0
  private var input: [UInt8] = []
  private var inputPlace = 0
  private var hasEnded = false
  private var crc: UInt32 = 0

  private static let inputBytes = 1 << 18

  init(_ path: String, _ member: ZipDirectory.Member) throws {
    self.member = member
    file = try File(reading: path)
    if member.isDeflated {
      stream = InflateStream()
      if stream == nil { throw ExchangeError.noMemory }
    }
  }

  var left: Int { member.bytes - done }

  /// The next `count` bytes, which must be there.
  ///
  /// - Throws: ``ExchangeError/damagedArchive(path:problem:)``, also where the CRC is another one.
  func read(_ count: Int) throws -> [UInt8] {
    guard count <= left else { throw damaged("is too short for what it should hold") }
    let bytes = member.isDeflated ? try inflated(count) : try file.read(bytes: count, at: member.start + done)
    crc = Checksum.crc32(bytes, from: crc)
    done += count
    if left == 0 {
      if member.isDeflated && !hasEnded { try expectEnd() }
      guard crc == member.crc else { throw damaged("has another CRC than the directory says") }
    }
    return bytes
  }

  private func inflated(_ count: Int) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: count)
    var place = 0
    while place < count {
      try refill()
      guard !hasEnded, let step = stream?.inflate(input, from: inputPlace, into: &output, at: place) else {
        throw damaged("inflates to fewer bytes than the directory says")
      }
      switch step {
      case .made(0, used: 0): throw damaged("has a deflate stream that ends too soon")
      case .made(let made, let used): (place, inputPlace) = (place + made, inputPlace + used)
      case .ended(let made, let used):
        (place, inputPlace) = (place + made, inputPlace + used)
        hasEnded = true
      case .corrupt: throw damaged("has a corrupt deflate stream")
      }
    }
    return output
  }

  /// After the last byte the stream must say that it ends.
  private func expectEnd() throws {
    var spare = [UInt8](repeating: 0, count: 1)
    while !hasEnded {
      try refill()
      switch stream?.inflate(input, from: inputPlace, into: &spare, at: 0) {
      case .ended(0, _): hasEnded = true
      case .made(0, let used) where used > 0: inputPlace += used
      default: throw damaged("inflates to more bytes than the directory says")
      }
    }
  }

  private func refill() throws {
    guard inputPlace == input.count else { return }
    let count = min(Self.inputBytes, member.stored - taken)
    input = try file.read(bytes: count, at: member.start + taken)
    taken += count
    inputPlace = 0
  }

  private func damaged(_ problem: String) -> ExchangeError {
    .damagedArchive(path: file.path, problem: "the member \(member.name) \(problem)")
  }
}
