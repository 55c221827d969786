internal import CSVValues
internal import Files
internal import PackedSequences

extension Transcripts {
  /// Reads a CSV file with the columns `video`, `row` (of the labels, from 0) and `text`.
  init(csv path: String) throws(InspectionError) {
    let bytes: [UInt8]
    do { bytes = try File.contents(of: path) } catch {
      throw .transcriptsUnreadable(path: path, reason: error.description)
    }
    var records = try Self.records(of: bytes, path: path)[...]
    let header = records.popFirst()?.fields ?? []
    guard let video = header.firstIndex(of: "video"), let row = header.firstIndex(of: "row"),
      let words = header.firstIndex(of: "text")
    else { throw .transcriptsWithoutColumns(path: path, found: header) }
    var texts: [SampleID: String] = [:]
    for record in records {
      let (line, fields) = (record.line, record.fields)
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

  private static func records(of bytes: [UInt8], path: String) throws(InspectionError) -> [CSVRecord] {
    do throws(CSVError) {
      var reader = CSVReader()
      var records = try reader.read(bytes)
      if let last = try reader.finish() { records.append(last) }
      return records
    } catch {
      switch error {
      case .notUTF8(let line): throw .malformedTranscript(path: path, line: line, problem: "not UTF-8")
      case .openQuote(let line): throw .malformedTranscript(path: path, line: line, problem: "a quote is not closed")
      }
    }
  }
}
