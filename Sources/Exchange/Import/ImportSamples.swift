internal import PackedSequences

/// The samples of a part: ids, labels and intervals, as far as they are told.
struct ImportSamples {
  let count: Int
  /// Nil: not told, or not one a sample, or not unique.
  private(set) var ids: [String]?
  /// `[count, labelWidth]`.
  private(set) var labels: [Float] = []
  private(set) var labelWidth = 0
  /// Start and end by sample, in seconds.
  private(set) var intervals: [Double]?
  /// By sample, where an array tells.
  private(set) var splits: [String]?
  /// Of the arrays that were read.
  private(set) var keys: Set<String> = []

  init(_ part: ImportPart, _ mapping: ImportMapping, count: Int, scratch: () -> String) throws {
    self.count = count
    func read(_ info: ArrayInfo) throws -> ArrayRows {
      guard info.rows == count, !info.shape.isEmpty else {
        throw ExchangeError.sampleCount(path: part.file.path, array: info.key, found: info.rows, expected: count)
      }
      keys.insert(info.key)
      return try part.file.whole(info, scratch: scratch)
    }
    func wrong(_ info: ArrayInfo, _ wanted: String) -> ExchangeError {
      .wrongShape(path: part.file.path, array: info.key, found: info.shape, type: info.typeName, wanted: wanted)
    }

    if let info = try mapping.ids.map({ try part.array($0, option: "ids") }) ?? part.first(of: KnownArrays.ids) {
      if info.width == 1, info.rows == count, !info.shape.isEmpty {
        ids = Self.names(try read(info))
      } else if mapping.ids != nil {
        throw wrong(info, "one id a sample (\(count))")
      }
    }
    if let info = try mapping.labels == "none"
      ? nil : mapping.labels.map({ try part.array($0, option: "labels") }) ?? part.first(of: KnownArrays.labels)
    {
      // [N], [N, 1, 1] and [N, 1, K] are what they are without the ones.
      let width = info.shape.dropFirst().filter { $0 != 1 }
      guard !info.isText, width.count <= 1, width.first != 0, let values = try read(info).doubles else {
        throw wrong(info, "a number or a row of numbers a sample")
      }
      labelWidth = width.first ?? 1
      labels = values.map { Float($0) }
    }
    if let info = try mapping.intervals.map({ try part.array($0, option: "intervals") })
      ?? part.first(of: KnownArrays.intervals)
    {
      guard !info.isText, info.shape.count == 2, info.shape[1] == 2, let values = try read(info).doubles else {
        throw wrong(info, "start and end in seconds, a pair a sample")
      }
      for sample in 0..<count {
        let (start, end) = (values[2 * sample], values[2 * sample + 1])
        guard start.isFinite, end.isFinite, start <= end else {
          throw ExchangeError.invalidInterval(
            path: part.file.path, array: info.key, sample: sample, start: start, end: end)
        }
      }
      intervals = values
    }
    if let key = mapping.split {
      let info = try part.array(key, option: "split")
      guard info.isText, info.width == 1, let names = Self.names(try read(info)) else {
        throw wrong(info, "the name of a split a sample")
      }
      splits = try names.map { name in
        guard let split = KnownArrays.split(name) else {
          throw ExchangeError.unknownSplit(path: part.file.path, array: info.key, name: name)
        }
        return split
      }
    }
  }

  /// In seconds; 0 and 0 where it is not told.
  func interval(_ sample: Int) -> (start: Double, end: Double) {
    intervals.map { ($0[2 * sample], $0[2 * sample + 1]) } ?? (0, 0)
  }

  /// Ids as text: what they are, or whole numbers spelled.
  private static func names(_ rows: ArrayRows) -> [String]? {
    if case .texts(let texts) = rows { return texts.map { String(decoding: $0, as: UTF8.self) } }
    guard let numbers = rows.doubles, numbers.allSatisfy({ Int(exactly: $0) != nil }) else { return nil }
    return numbers.compactMap { Int(exactly: $0).map(String.init) }
  }
}
