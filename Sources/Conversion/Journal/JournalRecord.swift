internal import Preprocessing
internal import Shards

/// Bytes that were written to a file of the partial folder, and their CRC-32.
struct Extent: Sendable, Equatable {
  /// A file of the partial folder.
  enum Place: Sendable, Equatable {
    case values, valid, times, tokenStarts
    /// By the shard's number.
    case shard(Int)
  }

  let place: Place
  /// From the start of the file.
  let offset: Int
  let length: Int
  let crc32: UInt32
}

/// A tensor's block, in the order of shards, tensors and blocks.
struct BlockName: Hashable, Sendable {
  let shard: Int
  let tensor: Int
  let block: Int
}

/// What is known of a block that was made.
struct BlockClaim: Equatable, Sendable {
  let crc32: UInt32
  /// Values that were clipped when it was made; those of frames that went to their shard at once are in the strips' records.
  let clipped: Int
}

/// What the journal says of work that was done.
///
/// A record is a number of 64-bit integers, little-endian: what it is, then what it holds.
enum JournalRecord: Equatable {
  /// A strip of a modality went through the main pass.
  case strip(modality: Int, strip: Int, values: StripValues?, clipped: Int, extents: [Extent])
  /// A block of a tensor is in its shard.
  case block(BlockName, BlockClaim)
  /// The quartiles of a modality were found, before any block of it was made.
  case quartiles(modality: Int, Manifest.Quartiles)

  /// Words of a strip's record before its extents.
  private static let stripHead = 11

  var words: [Int64] {
    switch self {
    case .strip(let modality, let strip, let values, let clipped, let extents):
      let counts = values?.nonfinite ?? Manifest.Nonfinite()
      let moments = values?.moments?.state ?? []
      var words = [
        1, modality, strip, values == nil ? 0 : 1, counts.nan, counts.posinf, counts.neginf, counts.f32Overflow,
        clipped, moments.count, extents.count,
      ].map { Int64($0) }
      for extent in extents {
        words += [Int64(extent.place.code), Int64(extent.offset), Int64(extent.length), Int64(extent.crc32)]
      }
      return words + moments.map { Int64(bitPattern: $0.bitPattern) }
    case .block(let name, let claim):
      return [
        2, Int64(name.shard), Int64(name.tensor), Int64(name.block), Int64(claim.crc32), Int64(claim.clipped),
      ]
    case .quartiles(let modality, let quartiles):
      let numbers = quartiles.q1 + quartiles.median + quartiles.q3
      // What no finite value tells is no number.
      return [3, Int64(modality)] + numbers.map { Int64(bitPattern: ($0 ?? .nan).bitPattern) }
    }
  }

  /// Nil where the words are no record.
  init?(_ words: [Int64]) {
    // Whatever stands there: a number that is too large must not trap.
    let head = Self.stripHead
    let numbers = words.prefix(head).map { Int($0) }
    switch numbers.first {
    case 1:
      guard numbers.count == head, numbers.allSatisfy({ $0 >= 0 }), numbers[9] < words.count,
        numbers[10] < words.count, words.count == head + 4 * numbers[10] + numbers[9],
        let values = StripValues(numbers, words.suffix(numbers[9]))
      else { return nil }
      var extents: [Extent] = []
      for start in stride(from: head, to: head + 4 * numbers[10], by: 4) {
        guard let extent = Extent(Array(words[start..<start + 4])) else { return nil }
        extents.append(extent)
      }
      self = .strip(
        modality: numbers[1], strip: numbers[2], values: numbers[3] == 0 ? nil : values, clipped: numbers[8],
        extents: extents)
    case 2:
      guard words.count == 6, numbers.allSatisfy({ $0 >= 0 }), let crc32 = UInt32(exactly: words[4]) else {
        return nil
      }
      self = .block(
        BlockName(shard: numbers[1], tensor: numbers[2], block: numbers[3]),
        BlockClaim(crc32: crc32, clipped: numbers[5]))
    case 3:
      guard words.count >= 2, words[1] >= 0, (words.count - 2) % 3 == 0 else { return nil }
      let values = words.dropFirst(2).map { Double(bitPattern: UInt64(bitPattern: $0)) }.map { $0.isNaN ? nil : $0 }
      let width = values.count / 3
      self = .quartiles(
        modality: numbers[1],
        Manifest.Quartiles(
          q1: Array(values[..<width]), median: Array(values[width..<2 * width]), q3: Array(values[(2 * width)...])))
    default: return nil
    }
  }
}

extension StripValues {
  fileprivate init?(_ numbers: [Int], _ state: ArraySlice<Int64>) {
    nonfinite = Manifest.Nonfinite(
      nan: numbers[4], posinf: numbers[5], neginf: numbers[6], f32Overflow: numbers[7])
    guard !state.isEmpty else {
      moments = nil
      return
    }
    guard
      let moments = Moments(
        dimension: state.count / Moments.Field.allCases.count,
        state: state.map { Double(bitPattern: UInt64(bitPattern: $0)) })
    else { return nil }
    self.moments = moments
  }
}

extension Extent {
  fileprivate init?(_ words: [Int64]) {
    guard let place = Place(code: Int(words[0])), words[1] >= 0, words[2] >= 0, let crc32 = UInt32(exactly: words[3])
    else { return nil }
    self.init(place: place, offset: Int(words[1]), length: Int(words[2]), crc32: crc32)
  }
}

extension Extent.Place {
  fileprivate var code: Int {
    switch self {
    case .values: 0
    case .valid: 1
    case .times: 2
    case .tokenStarts: 3
    case .shard(let number): 4 + number
    }
  }

  fileprivate init?(code: Int) {
    switch code {
    case 0: self = .values
    case 1: self = .valid
    case 2: self = .times
    case 3: self = .tokenStarts
    case 4...: self = .shard(code - 4)
    default: return nil
    }
  }
}
