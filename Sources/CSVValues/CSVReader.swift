/// A record of a table.
package struct CSVRecord: Sendable, Equatable {
  /// The line that it begins in, from 1.
  package let line: Int
  package let fields: [String]
}

/// Why a table cannot be read; lines count from 1.
package enum CSVError: Error, Equatable, Sendable {
  case notUTF8(line: Int)
  case openQuote(line: Int)
}

/// Reads comma-separated values piece by piece, quoted as in RFC 4180.
package struct CSVReader {
  private var fields: [[UInt8]] = []
  private var field: [UInt8] = []
  private var quotes = Quotes.none
  /// Whether anything of a record was seen.
  private var isBegun = false
  private var isAfterReturn = false
  private var line = 1
  private var firstLine = 1

  /// Of the field that is being read.
  private enum Quotes {
    /// It does not begin with a quote.
    case none
    case open
    /// The last byte was a quote, which closes the field unless another one follows.
    case closing
    case closed
  }

  package init() {}

  /// Takes the next bytes of the file, and gives every record that they complete.
  package mutating func read(_ bytes: some Sequence<UInt8>) throws(CSVError) -> [CSVRecord] {
    var records: [CSVRecord] = []
    for byte in bytes {
      let isLineBreak = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      let endsReturn = isAfterReturn && byte == UInt8(ascii: "\n")
      if isLineBreak && !endsReturn { line += 1 }
      isAfterReturn = byte == UInt8(ascii: "\r")
      if quotes == .open {
        if byte == UInt8(ascii: "\"") { quotes = .closing } else { field.append(byte) }
        continue
      }
      switch byte {
      case UInt8(ascii: "\"") where quotes == .closing:
        field.append(byte)
        quotes = .open
        continue
      case UInt8(ascii: "\"") where quotes == .none && field.isEmpty: quotes = .open
      case UInt8(ascii: ","): endField()
      case _ where isLineBreak:
        if isBegun { records.append(try endRecord()) }
        firstLine = line
        continue
      default:
        field.append(byte)
        if quotes == .closing { quotes = .closed }
        if firstLine == 1 && fields.isEmpty && field == Self.byteOrderMark {
          field = []
          isBegun = false
          continue
        }
      }
      isBegun = true
    }
    return records
  }

  /// A last record without a line break.
  package mutating func finish() throws(CSVError) -> CSVRecord? {
    guard quotes != .open else { throw .openQuote(line: firstLine) }
    return isBegun ? try endRecord() : nil
  }

  private mutating func endField() {
    fields.append(field)
    field = []
    quotes = .none
  }

  private mutating func endRecord() throws(CSVError) -> CSVRecord {
    endField()
    var texts: [String] = []
    for field in fields {
      guard let text = String(validating: field, as: UTF8.self) else { throw .notUTF8(line: firstLine) }
      texts.append(text)
    }
    fields = []
    isBegun = false
    return CSVRecord(line: firstLine, fields: texts)
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
