import Retrieval
import Terminals

extension FetchReport {
  /// For people: a table of the files, and what could not be had, and why.
  var lines: [String] {
    let there = files.filter(\.isThere)
    let bytes = there.reduce(0) { $0 + ($1.bytes ?? 0) }
    var lines = [
      "\(folder.printable): \(there.count) of \(Format.count(files.count, "file")), \(Format.bytes(bytes)); "
        + "\(Format.bytes(received)) came in \(Format.duration(seconds))"
    ]
    var table = TextTable([.text("file"), .number("size"), .text("")], indent: 2)
    for file in files {
      table.add([file.file.name, file.bytes.map { Format.bytes($0) } ?? "–", file.outcomeText])
    }
    lines += [""] + table.lines()
    let failed = files.filter { $0.outcome == .failed }
    if failed.isEmpty { return lines }
    lines += ["", "could not be had"]
    for (reasons, files) in Self.grouped(failed) {
      lines += files.map { "  \($0.file.name)" }
      for reason in reasons { lines += reason.printable.wrapped(indent: 4, breaksWords: false) }
    }
    return lines + remedy.wrapped(indent: 2)
  }

  /// Files that could not be had for the same reasons stand together.
  private static func grouped(_ files: [FetchedFile]) -> [(reasons: [String], files: [FetchedFile])] {
    var groups: [(reasons: [String], files: [FetchedFile])] = []
    for file in files {
      let reasons = file.reasons.map { "\($0.mirror): \($0.reason)" }
      if let i = groups.firstIndex(where: { $0.reasons == reasons }) {
        groups[i].files.append(file)
      } else {
        groups.append((reasons, [file]))
      }
    }
    return groups
  }

  /// What to do about files that could not be had.
  var remedy: String {
    "what came is kept: run the same again later, or name another place that has them: --mirror URL, or a folder"
  }
}

extension FetchedFile {
  fileprivate var outcomeText: String {
    switch outcome {
    case .present: "was there"
    case .fetched(_, 0): "fetched"
    case .fetched(_, let there): "fetched, \(Format.bytes(there)) were there"
    case .failed: "could not be had"
    case .stopped: "stopped"
    }
  }

  /// Why each mirror did not have it. Of a mirror's places the one that tells most: not the one that simply has nothing.
  var reasons: [(mirror: String, reason: String)] {
    var reasons: [(mirror: String, reason: String, isAbsence: Bool)] = []
    for failure in failures {
      let next = (failure.mirror, failure.error.description, failure.error.isAbsence)
      if let last = reasons.indices.last, reasons[last].mirror == failure.mirror {
        if reasons[last].isAbsence { reasons[last] = next }
      } else {
        reasons.append(next)
      }
    }
    return reasons.map { ($0.mirror, $0.reason) }
  }

  /// The last mirror's reason.
  var reason: String { reasons.last?.reason ?? "it was not tried" }
}
