internal import ComputationalSequences

/// An entry of the tiny file as it is written.
struct TinyEntry {
  var id: String
  var table: Table
  var isDouble = false
  var intervalsAreDouble = true
  var storage: SequenceWriter.Storage
  var intervalStorage: SequenceWriter.Storage?

  init(_ video: Int, _ table: Table, _ storage: SequenceWriter.Storage) {
    id = TinyLikeness.id(video)
    self.table = table
    self.storage = storage
  }

  var features: SequenceWriter.Features {
    isDouble
      ? .float64(table.values, columns: table.columns)
      : .float32(table.values.map { Float($0) }, columns: table.columns)
  }

  var intervals: SequenceWriter.Intervals {
    intervalsAreDouble
      ? .float64(table.intervals.flatMap { [$0.start, $0.end] })
      : .float32(table.intervals.flatMap { [Float($0.start), Float($0.end)] })
  }
}

/// What is odd in which entry of the tiny file, by the number in the video's id.
///
/// Whatever takes a video's signal away sits where the default split, by ratio with seed 0, puts it in train: the
/// other splits stay fit to judge a model by.
enum TinyOddities {
  typealias Storage = SequenceWriter.Storage

  /// How many segments a video has that is not to have many.
  static func segments(of video: Int) -> Int? {
    switch video + 1 {
    case 12: 3
    case 16: 6
    default: nil
    }
  }

  /// Has labels, but no features in any sequence.
  private static func isLabelsOnly(_ number: Int) -> Bool { number == 12 }
  /// Has audio, but nothing else.
  private static func isAudioOnly(_ number: Int) -> Bool { number == 25 }

  static func text(_ video: Int, _ table: Table) -> [TinyEntry] {
    let number = video + 1
    if isLabelsOnly(number) || isAudioOnly(number) { return [] }
    var entry = TinyEntry(video, table, Storage(.oneChunk, gzip: 4))
    switch number {
    case 2: entry.isDouble = true
    case 5:  // Rows that overlap the next.
      for row in 0..<table.rows - 1 { entry.table.intervals[row].end += 0.05 }
    case 7:  // Rows of no length.
      for row in [3, 20] { entry.table.intervals[row].end = table.intervals[row].start }
    case 9: entry.storage = .contiguous
    default: break
    }
    return [entry]
  }

  /// - Returns: nil for the words of a video that has no such entry.
  static func words(
    _ video: Int, _ words: [String], _ tokens: [Token]
  ) -> (SequenceWriter.Features?, [Token]) {
    switch video + 1 {
    case let number where isLabelsOnly(number) || isAudioOnly(number): (nil, [])
    case 6: (.variableStrings(words), tokens)
    case 18: (.fixedStrings([]), [])
    default: (.fixedStrings(words), tokens)
    }
  }

  static func audio(_ video: Int, _ table: Table) -> [TinyEntry] {
    let number = video + 1
    if isLabelsOnly(number) { return [] }
    var entry = TinyEntry(video, table, Storage(.automatic, gzip: 4))
    switch number {
    case 1, 6:  // Silence: log energies of −infinity.
      for row in [0, 1, 2, table.rows / 2] { entry.table[row, 8] = -.infinity }
    case 3: return parts(of: entry, named: [0, 1, 2, 10])
    case 4:  // Rows out of order, in blocks.
      let (first, second) = (table.rows / 3, 2 * table.rows / 3)
      entry.table = table.selecting(Array(second..<table.rows) + Array(first..<second) + Array(0..<first))
    case 8: entry.storage = Storage(.chunked(rows: 64, columns: 5), gzip: 4)
    case 10:  // Finite f64 beyond f32.
      entry.isDouble = true
      entry.table[5, 0] = 1e300
      entry.table[table.rows - 1, 3] = -1e39
    case 11:  // Frames that begin before the video does.
      for row in 0..<table.rows {
        entry.table.intervals[row].start -= 0.25
        entry.table.intervals[row].end -= 0.25
      }
    case 23:  // A chunk that skips shuffle, one that skips gzip.
      entry.storage = Storage(.chunked(rows: 128), gzip: 4, shuffle: true, filterMasks: [0: 0b01, 1: 0b10])
    default: break
    }
    return [entry]
  }

  /// A video's entry cut into several, whose numbers are not in the order of their names.
  private static func parts(of entry: TinyEntry, named names: [Int]) -> [TinyEntry] {
    let rows = entry.table.rows
    return names.indices.map { index in
      var part = entry
      part.id += "[\(names[index])]"
      part.table = entry.table.selecting(Array(rows * index / names.count..<rows * (index + 1) / names.count))
      return part
    }
  }

  static func vision(_ video: Int, _ table: Table) -> [TinyEntry] {
    let number = video + 1
    if isLabelsOnly(number) || isAudioOnly(number) { return [] }
    var entry = TinyEntry(video, table, Storage(.automatic, gzip: 4, shuffle: true))
    entry.intervalsAreDouble = false
    switch number {
    case 13:  // Faces whose tracker gave up.
      for row in stride(from: 4, to: table.rows, by: 40) {
        for column in 0..<table.columns { entry.table[row, column] = .nan }
      }
      entry.table[1, 7] = .nan
    case 14:  // No face: rows of zeros.
      for row in stride(from: 10, to: table.rows, by: 25) {
        for column in 0..<table.columns { entry.table[row, column] = column == 0 ? -0.0 : 0 }
      }
    case 15: entry.table[9, 2] = .infinity
    case 16: entry.table = table.selecting([])
    case 17: entry.storage = Storage(.automatic, gzip: 4, fletcher32: true)
    case 19: entry.storage = Storage(.chunked(rows: 50), gzip: 9)
    case 20:  // Windows twice as long as their hop.
      for row in 0..<table.rows { entry.table.intervals[row].end += 0.125 }
    case 21:
      entry.storage = .contiguous
      entry.isDouble = true
    default: break
    }
    return [entry]
  }

  static func labels(_ video: Int, _ table: Table) -> [TinyEntry] {
    let number = video + 1
    if isAudioOnly(number) { return [] }
    var entry = TinyEntry(video, table, Storage(.oneChunk, gzip: 9))
    entry.intervalsAreDouble = false
    switch number {
    case 9:  // Rows out of order.
      entry.table = table.selecting(Array(4..<table.rows) + [2, 0, 3, 1])
    case 11:  // A segment that begins before the video does.
      entry.table.intervals[0].start = -0.125
    case 21:  // One interval, two opinions.
      entry.table = table.selecting([0, 1, 2, 2] + Array(3..<table.rows))
      entry.table[3, 0] += table[2, 0] > 0 ? -0.4 : 0.4
    case 23:  // A segment of no length.
      entry.table = table.selecting([0, 1, 1] + Array(2..<table.rows))
      entry.table.intervals[1].end = table.intervals[1].start
    default: break
    }
    return [entry]
  }
}
