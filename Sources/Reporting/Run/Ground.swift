/// What a run's figures are of: only where it agrees can they be compared.
struct Ground: Hashable {
  /// The dataset's content, as the run's checkpoint names it.
  let content: String
  /// What the labels are rounded to; nil where the configuration does not say.
  let classes: String?
  /// The column of the labels; nil where the configuration does not say.
  let label: String?

  /// Nil where the run does not name its dataset's content.
  init?(_ run: RunFolder) {
    guard let content = run.content else { return nil }
    self.content = content
    classes = run.setting("data", "num_classes")
    label = run.setting("data", "label")
  }

  /// What can differ, and how it is said of one.
  static let parts: [(title: String, text: @Sendable (Ground) -> String)] = [
    ("dataset", { "dataset \($0.content.prefix(12))" }),
    ("number of classes", { $0.classes.map { "\($0) classes" } ?? "classes not known" }),
    ("label", { "label \($0.label ?? "not known")" }),
  ]
}

extension Comparison {
  /// Those of the runs, each once, in their order.
  private var grounds: [Ground] {
    var grounds: [Ground] = []
    for run in runs { if let ground = Ground(run), !grounds.contains(ground) { grounds.append(ground) } }
    return grounds
  }

  /// Which runs can be compared, by letter; `?` where that is not known. Nil where all can, or where it is not known of
  /// any.
  var letters: [String]? {
    let grounds = grounds
    if grounds.count < 2 { return nil }
    return runs.map { run in
      Ground(run).flatMap { grounds.firstIndex(of: $0) }.map(Self.letter) ?? Self.unknown
    }
  }

  static let unknown = "?"

  private static func letter(_ place: Int) -> String {
    place < 26 ? String(UnicodeScalar(UInt8(ascii: "A") + UInt8(place))) : "group \(place + 1)"
  }

  /// What cannot be compared, and why; nil where everything can.
  var remark: String? {
    let grounds = grounds
    guard let letters else {
      return runs.contains { $0.content == nil }
        ? "Not every run says which dataset it was trained on; they may differ." : nil
    }
    let parts = Ground.parts.filter { part in Set(grounds.map(part.text)).count > 1 }
    let titles = parts.map(\.title)
    let list = titles.dropLast().isEmpty ? "" : titles.dropLast().joined(separator: ", ") + " and "
    let meaning = grounds.enumerated().map { place, ground in
      "\(Self.letter(place)): \(parts.map { $0.text(ground) }.joined(separator: ", "))"
    }
    return
      "These runs differ in \(list + (titles.last ?? "")), marked by letters: their figures cannot be compared across letters. "
      + meaning.joined(separator: "; ") + "."
      + (letters.contains(Self.unknown) ? " Of those with ? the dataset is not known." : "")
  }
}
