internal import PackedSequences
internal import Segments

/// The ids that samples get, and the split of each.
struct ImportNames {
  /// By part and sample.
  private(set) var ids: [[SampleID]] = []
  /// Ids by split; nil where the files do not tell.
  private(set) var folds: [String: [SampleID]]?
  /// Whether segments of one video are in several of those splits.
  private(set) var partsVideos = false
  private(set) var notes: [String] = []
  private(set) var warnings: [String] = []

  init(_ plan: ImportPlan) throws {
    guard plan.samples.contains(where: { $0.count > 0 }) else { throw ExchangeError.noSamples }
    read(plan)
    shorten(plan)
    if !plan.labelNames.isEmpty { makeSegments() }
    renameClashes()
    divide(plan)
  }

  // MARK: What the files say

  /// Reads the ids of each part; samples without one are called after their place in the part.
  private mutating func read(_ plan: ImportPlan) {
    var next: [String: Int] = [:]
    var renamed = 0
    for (part, samples) in zip(plan.parts, plan.samples) {
      let names = SampleNames(areFinal: part.description != nil)
      let prefix = part.split.map { $0 == "all" ? "row" : $0 } ?? "row"
      let start = next[prefix, default: 0]
      next[prefix] = start + samples.count
      let given = samples.ids ?? Array(repeating: "", count: samples.count)
      let missing = given.indices.filter { given[$0].isEmpty || given[$0] == "%" }
      ids.append(
        given.enumerated().map { sample, id in
          if id.isEmpty || id == "%" { return SampleID(parsing: "\(prefix)-\(Self.sixDigits(start + sample))") }
          let name = EntryName.of(id)
          if name != id { renamed += 1 }
          return names.id(of: name)
        })
      if let first = missing.first {
        let what = missing.count == samples.count ? "no ids" : "ids are missing in \(missing.count) places"
        notes.append(
          "\(part.file.path): \(what), so samples are called \(prefix)-\(Self.sixDigits(start + first)) and so on")
      }
    }
    if renamed > 0 {
      notes.append("\(renamed) ids hold what no HDF5 name may (/ or NUL), which is spelled as %2F and %00")
    }
  }

  /// See ``SampleNames/shortened(_:others:)``; files of our own keep their ids.
  private mutating func shorten(_ plan: ImportPlan) {
    guard plan.parts.allSatisfy({ $0.description == nil }) else { return }
    let (shorter, note) = SampleNames().shortened(ids.flatMap(\.self), others: [])
    var rest = shorter[...]
    ids = ids.map { part in
      defer { rest = rest.dropFirst(part.count) }
      return Array(rest.prefix(part.count))
    }
    if let note { notes.append(note) }
  }

  /// A labelled sample is a segment: what is named as a whole recording becomes segment 0 of it.
  private mutating func makeSegments() {
    var plain = 0
    for p in ids.indices {
      for s in ids[p].indices where ids[p][s].description == ids[p][s].video {
        ids[p][s] = SampleID(entry: ids[p][s].video, segment: 0)
        plain += 1
      }
    }
    if plain > 0 { notes.append("\(plain) ids name no segment; as the only segment of a video they are ID[0]") }
  }

  /// Ids that several samples share get one number more, and stay with their video.
  private mutating func renameClashes() {
    let counts = Dictionary(ids.joined().map { ($0, 1) }, uniquingKeysWith: +)
    var taken = Set(counts.keys)
    var renamed: [SampleID: [SampleID]] = [:]
    for p in ids.indices {
      for s in ids[p].indices where counts[ids[p][s], default: 1] > 1 {
        let id = ids[p][s]
        var number = renamed[id]?.last?.segment.map { $0 + 1 } ?? 0
        while taken.contains(SampleID(entry: id.description, segment: number)) { number += 1 }
        ids[p][s] = SampleID(entry: id.description, segment: number)
        taken.insert(ids[p][s])
        renamed[id, default: []].append(ids[p][s])
      }
    }
    guard !renamed.isEmpty else { return }
    let shown = renamed.sorted { $0.key < $1.key }.prefix(Self.shownClashes).map { id, names in
      "\(id) is now \(names.map(\.description).joined(separator: ", "))"
    }
    let more = renamed.count > shown.count ? "; and \(renamed.count - shown.count) more" : ""
    warnings.append(
      "\(renamed.count == 1 ? "an id names" : "\(renamed.count) ids name") several samples: "
        + shown.joined(separator: "; ") + more)
  }

  private static let shownClashes = 12

  // MARK: Splits

  private mutating func divide(_ plan: ImportPlan) {
    let splits = zip(plan.parts, plan.samples).map { part, samples in
      samples.splits ?? part.split.map { Array(repeating: $0, count: samples.count) }
    }
    guard splits.allSatisfy({ $0 != nil }) else { return }
    var folds: [String: [SampleID]] = [:]
    var homes = VideoSplits()
    for (ids, splits) in zip(ids, splits) {
      for (id, split) in zip(ids, splits ?? []) {
        folds[split, default: []].append(id)
        homes.add(id, in: split)
      }
    }
    self.folds = folds
    guard let first = homes.torn.min() else { return }
    partsVideos = true
    let what =
      homes.torn.count == 1 ? "the segments of \(first)" : "the segments of \(homes.torn.count) videos (\(first), …)"
    warnings.append("\(what) are in more than one split, as the files have them; results on them are too good")
  }

  private static func sixDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
