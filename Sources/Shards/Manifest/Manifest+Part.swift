internal import JSONValues

extension Manifest {
  /// What the manifest of a part says beside what a finished one does: which part it is, and what whoever merges the
  /// parts must know of it.
  ///
  /// The frames of a part are as they were read or averaged: neither normalized nor repaired. So it is no dataset yet.
  public struct Part: Sendable, Equatable {
    /// From 1.
    public var index: Int
    public var count: Int
    /// By modality: rows that belong to the part's samples, before any was left out.
    public var rows: [Int]
    /// By modality: those of them that are made of rows of the modality; of aligned ones not all are.
    public var matched: [Int]
    /// By split, in the manifest's order: lines of the ledger about samples of it. The lines behind them are about what
    /// became no sample.
    public var ledgerLines: [Int]
    public var moments: MomentsFile

    public init(
      index: Int, count: Int, rows: [Int], matched: [Int], ledgerLines: [Int], moments: MomentsFile
    ) {
      self.index = index
      self.count = count
      self.rows = rows
      self.matched = matched
      self.ledgerLines = ledgerLines
      self.moments = moments
    }
  }

  /// What the manifest says of the file that holds a part's moment records.
  public struct MomentsFile: Sendable, Equatable {
    /// The name of the file, in the part's folder.
    public static let fileName = "moments.safetensors"

    public var bytes: Int
    public var crc32: UInt32

    public init(bytes: Int, crc32: UInt32) {
      self.bytes = bytes
      self.crc32 = crc32
    }
  }
}

extension Manifest.Part {
  func json(modalities: [String], splits: [String]) -> JSONValue {
    func named(_ names: [String], _ counts: [Int]) -> JSONValue {
      var object = JSONObject()
      for (name, count) in zip(names, counts) { object[name] = JSONValue(count) }
      return .object(object)
    }
    return [
      "part": JSONValue(index), "of": JSONValue(count), "rows": named(modalities, rows),
      "matched": named(modalities, matched),
      "ledger_lines": named(splits, ledgerLines),
      "moments": [
        "file": .string(Manifest.MomentsFile.fileName), "bytes": JSONValue(moments.bytes),
        "crc32": .string(moments.crc32.hex),
      ],
    ]
  }

  init(_ fields: Fields, modalities: [String], splits: [String]) throws(ShardError) {
    let (index, count) = (try fields.count("part"), try fields.count("of"))
    guard index >= 1, index <= count else { throw fields.wrong("part", "a number from 1 to \(count)") }
    let moments = try fields.fields("moments")
    guard try moments.string("file") == Manifest.MomentsFile.fileName else {
      throw moments.wrong("file", "\"\(Manifest.MomentsFile.fileName)\"")
    }
    func counts(_ key: String, _ names: [String]) throws(ShardError) -> [Int] {
      let fields = try fields.fields(key)
      var counts: [Int] = []
      for name in names { counts.append(try fields.count(name)) }
      return counts
    }
    self.init(
      index: index, count: count, rows: try counts("rows", modalities),
      matched: try counts("matched", modalities),
      ledgerLines: try counts("ledger_lines", splits.sorted(by: Manifest.Split.precedes)),
      moments: Manifest.MomentsFile(bytes: try moments.count("bytes"), crc32: try moments.checksum("crc32")))
  }
}
