internal import Files

/// What can be wrong with what the doctor is given besides the sequences. Cases carry the facts; ``description`` says
/// what, where, and what to do.
package enum InspectionError: Error, Equatable, Sendable {
  case transcriptsUnreadable(path: String, reason: String)
  case noTranscripts(path: String)
  case transcriptsWithoutColumns(path: String, found: [String])
  case malformedTranscript(path: String, line: Int, problem: String)
  case duplicateTranscript(path: String, line: Int, id: String)
  case unmatchedTranscripts(path: String, example: String)
  case nothingToCompare(missing: String)
}

extension InspectionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .transcriptsUnreadable(let path, let reason): "\(path): \(reason); give a CSV file with video, row and text"
    case .noTranscripts(let path):
      "\(path): no transcripts in there; give a CSV file with video, row and text, or the folder Transcript/Segmented of "
        + "the raw dataset, with VIDEO.annotprocessed (CMU-MOSI) or Combined/VIDEO.txt (CMU-MOSEI)"
    case .transcriptsWithoutColumns(let path, let found):
      "\(path): the first line names \(found.joined(separator: ", ")), but video, row and text are wanted"
    case .malformedTranscript(let path, let line, let problem): "\(path): line \(line): \(problem); correct the line"
    case .duplicateTranscript(let path, let line, let id):
      "\(path): line \(line): a second transcript of \(id); remove one"
    case .unmatchedTranscripts(let path, let example):
      "\(path): no transcript is one of a segment that has words; videos and rows, or times, must be those of the labels, "
        + "as \(example)"
    case .nothingToCompare(let missing):
      "--transcripts: no sequence of \(missing) is among the files; give words, labels and transcripts of one dataset"
    }
  }
}
