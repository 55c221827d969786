internal import Files
internal import PackedSequences

extension Transcripts {
  /// How a raw dataset keeps its transcripts: a file a video, a line a segment.
  private enum Layout: CaseIterable {
    /// CMU-MOSI: `Transcript/Segmented/VIDEO.annotprocessed`, `N_DELIM_TEXT`, N the segment from 1.
    case mosi
    /// CMU-MOSEI: `Transcript/Segmented/Combined/VIDEO.txt`, `VIDEO___N___START___END___TEXT`, in seconds.
    case mosei

    var suffix: String { self == .mosi ? ".annotprocessed" : ".txt" }
    var line: String { self == .mosi ? "N_DELIM_TEXT" : "VIDEO___N___START___END___TEXT" }
  }

  /// Where transcripts lie in a raw dataset, from the folders above them.
  private static let places = [
    "", "Combined", "Segmented", "Segmented/Combined", "Transcript/Segmented", "Transcript/Segmented/Combined",
    "Raw/Transcript/Segmented", "Raw/Transcript/Segmented/Combined",
  ]

  /// Reads the transcripts of a raw dataset: their folder, or one of those above it.
  init(folder path: String) throws(InspectionError) {
    let (folder, files, layout) = try Self.find(path)
    try self.init(folder, files, layout)
  }

  private static func find(
    _ path: String
  ) throws(InspectionError) -> (folder: String, files: [String], layout: Layout) {
    for place in places {
      let folder = place.isEmpty ? path : Path.join(path, place)
      let names: [String]
      do {
        guard try FileStatus.of(folder)?.isFolder == true else { continue }
        names = try Folder.list(folder)
      } catch { throw .transcriptsUnreadable(path: folder, reason: error.description) }
      for layout in Layout.allCases {
        let files = names.filter { $0.hasSuffix(layout.suffix) && !$0.hasPrefix(".") }.sorted()
        if !files.isEmpty { return (folder, files, layout) }
      }
    }
    throw .noTranscripts(path: path)
  }

  private init(_ folder: String, _ files: [String], _ layout: Layout) throws(InspectionError) {
    var byRow: [SampleID: String] = [:]
    var byTime: [String: [Timed]] = [:]
    for file in files {
      let path = Path.join(folder, file)
      let video = String(file.dropLast(layout.suffix.count))
      let bytes: [UInt8]
      do { bytes = try File.contents(of: path) } catch {
        throw .transcriptsUnreadable(path: path, reason: error.description)
      }
      // Some are in Latin-1: what is no UTF-8 is no letter that would be compared.
      let text = String(decoding: bytes, as: UTF8.self)
      for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
        if line.allSatisfy(\.isWhitespace) { continue }
        func malformed() -> InspectionError {
          .malformedTranscript(path: path, line: index + 1, problem: "not \(layout.line)")
        }
        switch layout {
        case .mosi:
          guard let (number, said) = line.parted(at: "_DELIM_"), let segment = Int(number), segment >= 1 else {
            throw malformed()
          }
          let id = SampleID(entry: video, segment: segment - 1)
          guard byRow.updateValue(said, forKey: id) == nil else {
            throw .duplicateTranscript(path: path, line: index + 1, id: id.description)
          }
        case .mosei:
          // The video's name may itself hold underscores.
          guard line.hasPrefix(video + "___"), let numbered = line.dropFirst(video.count + 3).parted(at: "___"),
            let begun = numbered.after[...].parted(at: "___"), let ended = begun.after[...].parted(at: "___"),
            let start = Double(begun.before), let end = Double(ended.before)
          else { throw malformed() }
          byTime[video, default: []].append(Timed(start: start, end: end, text: ended.after))
        }
      }
    }
    self.init(byRow: byRow, byTime: byTime)
  }
}

extension Substring {
  /// What stands before and after the first `separator`.
  fileprivate func parted(at separator: String) -> (before: String, after: String)? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(separator) {
        return (String(self[..<start]), String(self[index(start, offsetBy: separator.count)...]))
      }
      formIndex(after: &start)
    }
    return nil
  }
}
