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

/// What the journal says of work that was done.
///
/// A record is a number of 64-bit integers, little-endian: what it is, then what it holds.
enum JournalRecord: Equatable {
  /// A strip of a modality went through the main pass.
  case strip(modality: Int, strip: Int, values: StripValues?, extents: [Extent])
  /// A block of a tensor is in its shard.
  case block(BlockName, crc32: UInt32)

  var words: [Int64] {
    switch self {
    case .strip(let modality, let strip, let values, let extents):
      let counts = values?.nonfinite ?? Manifest.Nonfinite()
      let moments = values?.moments?.state ?? []
      var words = [
        1, modality, strip, values == nil ? 0 : 1, counts.nan, counts.posinf, counts.neginf, counts.f32Overflow,
        moments.count, extents.count,
      ].map { Int64($0) }
      for extent in extents {
        words += [Int64(extent.place.code), Int64(extent.offset), Int64(extent.length), Int64(extent.crc32)]
      }
      return words + moments.map { Int64(bitPattern: $0.bitPattern) }
    case .block(let name, let crc32):
      return [2, Int64(name.shard), Int64(name.tensor), Int64(name.block), Int64(crc32)]
    }
  }

  /// Nil where the words are no record.
  init?(_ words: [Int64]) {
    // Whatever stands there: a number that is too large must not trap.
    let numbers = words.prefix(10).map { Int($0) }
    switch numbers.first {
    case 1:
      guard numbers.count == 10, numbers.allSatisfy({ $0 >= 0 }), numbers[8] < words.count, numbers[9] < words.count,
        words.count == 10 + 4 * numbers[9] + numbers[8], let values = StripValues(numbers, words.suffix(numbers[8]))
      else { return nil }
      var extents: [Extent] = []
      for start in stride(from: 10, to: 10 + 4 * numbers[9], by: 4) {
        guard let extent = Extent(Array(words[start..<start + 4])) else { return nil }
        extents.append(extent)
      }
      self = .strip(
        modality: numbers[1], strip: numbers[2], values: numbers[3] == 0 ? nil : values, extents: extents)
    case 2:
      guard numbers.count == 5, numbers.allSatisfy({ $0 >= 0 }), let crc32 = UInt32(exactly: words[4]) else {
        return nil
      }
      self = .block(BlockName(shard: numbers[1], tensor: numbers[2], block: numbers[3]), crc32: crc32)
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
