/// One sample's frames as an array has them, without padding.
struct SourceFrames {
  var values: ArrayRows
  /// By frame; empty: all are valid.
  var valid: [Bool]
  /// `[frames, 2]`, seconds from the sample's start; nil: not told.
  var times: [Float]?
  var count: Int

  /// Whether a frame is left out by the mask.
  var hasMasked: Bool { valid.contains(false) }
}

/// Reads one modality of one part, sample after sample, in the order of the file. Memory holds a block of rows.
final class SourceReader {
  private let part: ImportPart
  private let source: ImportPlan.Source
  private let dimension: Int
  private let values: any RowReader
  private let mask: (any RowReader)?
  private let times: (any RowReader)?
  /// Frames by sample, where an array tells.
  private var counts: [Int]?
  private var block = Block()
  /// The next sample.
  private var sample = 0

  /// Rows of padded arrays that were read together.
  private struct Block {
    var first = 0
    var rows = 0
    var values = ArrayRows.float32([])
    var valid: [Bool]?
    var times: [Float]?
  }

  init(part: ImportPart, source: ImportPlan.Source, dimension: Int, scratch: () -> String) throws {
    (self.part, self.source, self.dimension) = (part, source, dimension)
    values = try part.file.rows(of: source.values, scratch: scratch)
    mask = try source.mask.map { try part.file.rows(of: $0, scratch: scratch) }
    times = try source.times.map { try part.file.rows(of: $0, scratch: scratch) }
    if let offsets = source.offsets {
      counts = try Self.counts(part, offsets, frames: source.values.rows, scratch: scratch)
    } else if let lengths = source.lengths {
      counts = try Self.lengths(part, lengths, greatest: source.length, scratch: scratch)
    }
  }

  /// The next sample's frames; it must be there.
  func next() throws -> SourceFrames {
    defer { sample += 1 }
    return source.offsets == nil ? try nextPadded() : try nextRagged()
  }

  /// Frames by sample, from offsets that must begin with 0, never decrease and end with the number of frames.
  private static func counts(_ part: ImportPart, _ info: ArrayInfo, frames: Int, scratch: () -> String) throws -> [Int]
  {
    let offsets = try part.file.whole(info, scratch: scratch).doubles?.map { Int(exactly: $0) ?? -1 } ?? []
    let steps = zip(offsets, offsets.dropFirst()).map { $1 - $0 }
    guard offsets.first == 0, offsets.last == frames, steps.allSatisfy({ $0 >= 0 }) else {
      throw damaged(part, info, "must begin with 0, never decrease and end with \(frames)")
    }
    return steps
  }

  private static func lengths(_ part: ImportPart, _ info: ArrayInfo, greatest: Int, scratch: () -> String) throws
    -> [Int]
  {
    try part.file.whole(info, scratch: scratch).doubles?.map { number in
      guard let count = Int(exactly: number), (0...greatest).contains(count) else {
        throw damaged(part, info, "holds \(number), where a length from 0 to \(greatest) is wanted")
      }
      return count
    } ?? []
  }

  private static func damaged(_ part: ImportPart, _ info: ArrayInfo, _ problem: String) -> ExchangeError {
    .damagedArray(path: part.file.path, array: info.key, problem: problem)
  }

  private func nextRagged() throws -> SourceFrames {
    let count = counts?[sample] ?? 0
    return SourceFrames(
      values: try values.next(count), valid: try mask?.next(count).doubles?.map { $0 != 0 } ?? [],
      times: try times?.next(count).doubles?.map { Float($0) }, count: count)
  }

  private func nextPadded() throws -> SourceFrames {
    if sample == block.first + block.rows { try readBlock() }
    let length = source.length
    let start = (sample - block.first) * length
    let range = try frames(from: start)
    return SourceFrames(
      values: block.values.frames(range, dimension: dimension), valid: block.valid.map { Array($0[range]) } ?? [],
      times: block.times.map { Array($0[2 * range.lowerBound..<2 * range.upperBound]) }, count: range.count)
  }

  private func readBlock() throws {
    let rows = min(source.values.rowsAtATime(), source.values.rows - sample)
    block = Block(
      first: sample, rows: rows, values: try values.next(rows), valid: try mask?.next(rows).doubles?.map { $0 != 0 },
      times: try times?.next(rows).doubles?.map { Float($0) })
  }

  /// Which frames of the block are the sample's, whose rows begin at `start`.
  private func frames(from start: Int) throws -> Range<Int> {
    let all = start..<start + source.length
    let valid = block.valid.map { valid in all.filter { valid[$0] } }
    if let length = counts?[sample] {
      let frames = source.side == .left ? all.upperBound - length..<all.upperBound : start..<start + length
      if let first = valid?.first, let last = valid?.last, let info = source.mask,
        first < frames.lowerBound || last >= frames.upperBound
      {
        throw Self.damaged(
          part, info,
          "has frames beyond the length \(length) of sample \(sample); is the padding on the other side (--pad)?")
      }
      return frames
    }
    if let valid {
      guard let first = valid.first, let last = valid.last else { return start..<start }
      return first..<last + 1
    }
    guard let ends = source.zeroPadding else { return all }
    var frames = all
    if ends != .right {
      while let first = frames.first, block.values.isZero(first, dimension: dimension) {
        frames = first + 1..<all.upperBound
      }
    }
    if ends != .left {
      while let last = frames.last, block.values.isZero(last, dimension: dimension) {
        frames = frames.lowerBound..<last
      }
    }
    return frames
  }
}

extension ArrayRows {
  /// Some frames of so many values each; texts are frames themselves.
  fileprivate func frames(_ range: Range<Int>, dimension: Int) -> ArrayRows {
    let elements = range.lowerBound * dimension..<range.upperBound * dimension
    return switch self {
    case .float32(let values): .float32(Array(values[elements]))
    case .float64(let values): .float64(Array(values[elements]))
    case .texts(let texts): .texts(Array(texts[range]))
    }
  }

  /// Whether a frame holds nothing but zeros, or no character.
  fileprivate func isZero(_ frame: Int, dimension: Int) -> Bool {
    let elements = frame * dimension..<(frame + 1) * dimension
    return switch self {
    case .float32(let values): values[elements].allSatisfy { $0 == 0 }
    case .float64(let values): values[elements].allSatisfy { $0 == 0 }
    case .texts(let texts): texts[frame].isEmpty
    }
  }
}
