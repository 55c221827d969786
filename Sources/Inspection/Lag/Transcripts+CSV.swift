internal import Files
internal import PackedSequences

extension Transcripts {
  /// Reads a CSV file with the columns `video`, `row` (of the labels, from 0) and `text`.
  init(csv path: String) throws(InspectionError) {
    let bytes: [UInt8]
    do { bytes = try File.contents(of: path) } catch {
      throw .transcriptsUnreadable(path: path, reason: error.description)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .transcriptsUnreadable(path: path, reason: "not UTF-8")
    }
    var records = try Self.records(of: text, path: path)[...]
    let header = records.popFirst()?.fields ?? []
    let names = header.map { $0.filter { $0 != "\u{FEFF}" } }
    guard let video = names.firstIndex(of: "video"), let row = names.firstIndex(of: "row"),
      let words = names.firstIndex(of: "text")
    else { throw .transcriptsWithoutColumns(path: path, found: names) }
    var texts: [SampleID: String] = [:]
    for (line, fields) in records {
      guard fields.count == header.count else {
        throw .malformedTranscript(
          path: path, line: line, problem: "\(fields.count) fields, but the first line has \(header.count)")
      }
      guard let segment = Int(fields[row]), segment >= 0 else {
        throw .malformedTranscript(path: path, line: line, problem: "\"\(fields[row])\" is no row")
      }
      let id = SampleID(entry: fields[video], segment: segment)
      guard texts.updateValue(fields[words], forKey: id) == nil else {
        throw .duplicateTranscript(path: path, line: line, id: id.description)
      }
    }
    self.init(byRow: texts)
  }

  /// The records of RFC 4180: fields may stand in quotes and then hold commas, line ends, and quotes written twice.
  static func records(of text: String, path: String) throws(InspectionError) -> [(line: Int, fields: [String])] {
    var records: [(line: Int, fields: [String])] = []
    var fields: [String] = []
    var field = ""
    var (line, firstLine) = (1, 1)
    var (isQuoted, wasQuoted) = (false, false)
    func isBlank() -> Bool { fields.isEmpty && field.isEmpty && !wasQuoted }
    var characters = text.makeIterator()
    var pending = characters.next()
    while let character = pending {
      pending = characters.next()
      if character.isNewline { line += 1 }
      if isQuoted {
        if character != "\"" {
          field.append(character)
        } else if pending == "\"" {
          field.append("\"")
          pending = characters.next()
        } else {
          isQuoted = false
        }
      } else if character == "\"" && field.isEmpty && !wasQuoted {
        (isQuoted, wasQuoted) = (true, true)
      } else if character == "," {
        fields.append(field)
        (field, wasQuoted) = ("", false)
      } else if character.isNewline {
        if !isBlank() { records.append((firstLine, fields + [field])) }
        (fields, field, wasQuoted, firstLine) = ([], "", false, line)
      } else {
        field.append(character)
      }
    }
    if isQuoted { throw .malformedTranscript(path: path, line: firstLine, problem: "a quote is not closed") }
    if !isBlank() { records.append((firstLine, fields + [field])) }
    return records
  }
}
