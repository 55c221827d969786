/// Comma-separated values, read from bytes record by record; quoted as in RFC 4180.
struct CommaSeparated {
  private var fields: [[UInt8]] = []
  private var field: [UInt8] = []
  private var isQuoted = false
  private var isAfterQuote = false
  /// Whether anything of a record was seen.
  private var isBegun = false

  /// Takes the next bytes of the file, and hands over every record that they complete.
  mutating func read<Failure: Error>(
    _ bytes: some Sequence<UInt8>, _ record: ([String]) throws(Failure) -> Void
  ) throws(Failure) {
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\"") where isQuoted:
        isQuoted = false
        isAfterQuote = true
        continue
      case UInt8(ascii: "\"") where isAfterQuote:
        // Two quotes within quotes are one.
        field.append(byte)
        isQuoted = true
      case UInt8(ascii: "\"") where field.isEmpty: isQuoted = true
      case _ where isQuoted: field.append(byte)
      case UInt8(ascii: ","): endField()
      case UInt8(ascii: "\r"): continue
      case UInt8(ascii: "\n"):
        if isBegun { try end(record) }
        continue
      default: field.append(byte)
      }
      isAfterQuote = false
      isBegun = true
    }
  }

  /// Hands over a last record without a line break.
  mutating func finish<Failure: Error>(_ record: ([String]) throws(Failure) -> Void) throws(Failure) {
    if isBegun { try end(record) }
  }

  private mutating func endField() {
    fields.append(field)
    field = []
  }

  private mutating func end<Failure: Error>(_ record: ([String]) throws(Failure) -> Void) throws(Failure) {
    endField()
    let texts = fields.map { String(decoding: $0, as: UTF8.self) }
    fields = []
    isBegun = false
    isAfterQuote = false
    try record(texts)
  }
}
