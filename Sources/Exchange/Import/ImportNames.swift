internal import PackedSequences

/// The ids that samples get, by part, and the split of each video.
struct ImportNames {
  /// By part and sample.
  private(set) var ids: [[String]] = []
  /// Ids by split; nil where the files do not tell.
  private(set) var folds: [String: [String]]?
  private(set) var notes: [String] = []

  init(_ plan: ImportPlan) throws {
    guard plan.samples.contains(where: { $0.count > 0 }) else { throw ExchangeError.noSamples }
    let isLabelled = !plan.labelNames.isEmpty
    var renamed = 0
    var seen: Set<String> = []
    var next: [String: Int] = [:]
    for (part, samples) in zip(plan.parts, plan.samples) {
      let given = samples.ids.map { $0.map(EntryName.of) }
      if let given, given.allSatisfy({ !$0.isEmpty && $0 != "%" }), seen.isDisjoint(with: given),
        Set(given).count == given.count
      {
        renamed += zip(given, samples.ids ?? []).count { $0 != $1 }
        ids.append(given)
      } else {
        let prefix = part.split.map { $0 == "all" ? "row" : $0 } ?? "row"
        let start = next[prefix, default: 0]
        next[prefix] = start + samples.count
        ids.append((0..<samples.count).map { "\(prefix)-\(Self.sixDigits(start + $0))" })
        notes.append(
          "\(part.file.path): \(given == nil ? "no ids" : "ids that are empty or not unique"), so samples are called "
            + "\(prefix)-\(Self.sixDigits(start)) and so on")
      }
      seen.formUnion(ids[ids.count - 1])
    }
    if renamed > 0 {
      notes.append("\(renamed) ids hold what no HDF5 name may (/ or NUL), which is spelled as %2F and %00")
    }
    let splits = Self.splits(plan)
    resolve(isLabelled: isLabelled, splits)
    guard let splits else { return }
    var folds: [String: [String]] = [:]
    for (ids, splits) in zip(ids, splits) {
      for (id, split) in zip(ids, splits) { folds[split, default: []].append(id) }
    }
    self.folds = folds
  }

  /// The split of every sample; nil where the files do not tell.
  private static func splits(_ plan: ImportPlan) -> [[String]]? {
    let all = zip(plan.parts, plan.samples).map { part, samples in
      samples.splits ?? part.split.map { Array(repeating: $0, count: samples.count) }
    }
    return all.contains { $0 == nil } ? nil : all.compactMap { $0 }
  }

  /// A labelled sample is a segment, `video[k]`; and a video lies in one split. What is neither becomes segment 0 of a
  /// video of its own.
  private mutating func resolve(isLabelled: Bool, _ splits: [[String]]?) {
    var homes: [String: String] = [:]
    var torn: Set<String> = []
    for (p, splits) in (splits ?? []).enumerated() {
      for (id, split) in zip(ids[p], splits) {
        let video = SampleID(parsing: id).entry
        if let home = homes.updateValue(split, forKey: video), home != split { torn.insert(video) }
      }
    }
    var plain = 0
    for p in ids.indices {
      for s in ids[p].indices {
        let id = SampleID(parsing: ids[p][s])
        if torn.contains(id.entry) {
          ids[p][s] += "[0]"
        } else if isLabelled && id.segment == nil {
          ids[p][s] += "[0]"
          plain += 1
        }
      }
    }
    if !torn.isEmpty {
      notes.append("the samples of \(torn.count) videos lie in more than one split; each is a video of its own, ID[0]")
    }
    if plain > 0 { notes.append("\(plain) ids name no segment; as the only segment of a video they are ID[0]") }
  }

  private static func sixDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
