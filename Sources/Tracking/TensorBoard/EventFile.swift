internal import Files

/// A run's scalars as TensorBoard reads them: `events.out.tfevents.SECONDS.grf-train` in the run's folder.
///
/// Records are appended while TensorBoard may be looking. One that a killed process left in the middle is cut off, and
/// what a run's folder holds and the file lacks is added: so an interrupted run has each epoch once.
package struct EventFile: Sendable {
  package let path: String
  /// Where the next record goes.
  private var end: Int
  /// The last epoch that the file has; 0 where it has none.
  private var epoch = 0
  private var hasTest = false

  private static let prefix = "events.out.tfevents."
  private static let suffix = ".grf-train"

  /// Whether a run has one.
  static func exists(in folder: String) -> Bool { (try? Folder.list(folder).contains(where: isName)) ?? false }

  private static func isName(_ name: String) -> Bool { name.hasPrefix(prefix) && name.hasSuffix(suffix) }

  /// Opens a run's file, or makes it.
  ///
  /// - Parameter start: of the run, in milliseconds since 1970.
  package init(in folder: String, start: Int) throws(TrackingError) {
    let names = try TrackingError.files { () throws(FileError) in try Folder.list(folder) }
    guard let name = names.first(where: Self.isName) else {
      path = Path.join(folder, "\(Self.prefix)\(start / 1000)\(Self.suffix)")
      end = 0
      let place = path
      _ = try TrackingError.files { () throws(FileError) in try File(creating: place) }
      try append(Event(time: Double(start) / 1000, version: Event.version))
      return
    }
    path = Path.join(folder, name)
    let place = path
    let bytes = try TrackingError.files { () throws(FileError) in try File.contents(of: place) }
    end = 0
    for record in Self.records(bytes) {
      guard let event = Event(bytes[record]) else { break }
      end = record.upperBound + Self.tail
      for scalar in event.scalars {
        if scalar.tag.hasPrefix("test/") { hasTest = true } else { epoch = max(epoch, event.step) }
      }
    }
    if end < bytes.count {
      let whole = end
      try TrackingError.files { () throws(FileError) in try File(updating: place).resize(to: whole) }
    }
    if end == 0 { try append(Event(time: Double(start) / 1000, version: Event.version)) }
  }

  /// Adds what a run has and the file lacks.
  ///
  /// - Returns: the number of epochs that were added.
  @discardableResult
  package mutating func add(_ record: RunRecord) throws(TrackingError) -> Int {
    let missing = record.epochs.filter { $0.number > epoch }
    for next in missing {
      try append(Self.event(next.measures, step: next.number, time: next.time))
      epoch = next.number
    }
    if let test = record.test, !hasTest {
      try append(Self.event(test, step: record.bestEpoch ?? epoch, time: record.end))
      hasTest = true
    }
    return missing.count
  }

  private static func event(_ measures: [RunRecord.Measure], step: Int, time: Int) -> Event {
    Event(
      time: Double(time) / 1000, step: step,
      scalars: measures.map { Event.Scalar(tag: $0.name, value: Float($0.value)) })
  }

  // MARK: Records

  /// Bytes before a record's content: its length, and the checksum of that.
  private static let head = 12
  /// Bytes after it: its checksum.
  private static let tail = 4

  private mutating func append(_ event: Event) throws(TrackingError) {
    let content = event.bytes
    let length = littleEndian(UInt64(content.count))
    let record =
      length + littleEndian(MaskedCRC.of(length)) + content + littleEndian(MaskedCRC.of(content))
    let (path, end) = (path, end)
    try TrackingError.files { () throws(FileError) in try File(updating: path).write(record, at: end) }
    self.end += record.count
  }

  /// Where the contents of the whole records lie, up to the first that is damaged or cut off.
  static func records(_ bytes: [UInt8]) -> [Range<Int>] {
    var records: [Range<Int>] = []
    var start = 0
    while bytes.count - start >= head + tail {
      let length = bytes[start..<start + 8]
      guard number(bytes[start + 8..<start + head]) == UInt64(MaskedCRC.of(length)),
        let count = Int(exactly: number(length)), count <= bytes.count - start - head - tail
      else { break }
      let content = start + head..<start + head + count
      guard number(bytes[content.upperBound..<content.upperBound + tail]) == UInt64(MaskedCRC.of(bytes[content])) else {
        break
      }
      records.append(content)
      start = content.upperBound + tail
    }
    return records
  }
}
