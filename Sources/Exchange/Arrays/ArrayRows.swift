/// Some rows of an array, its elements row-major.
enum ArrayRows: Equatable {
  /// From binary16, binary32, Booleans and integers of up to 16 bits, exactly.
  case float32([Float])
  /// From binary64 and larger integers; those beyond 2⁵³ are rounded.
  case float64([Double])
  /// UTF-8 where the source knows its characters, otherwise its bytes; without trailing NULs.
  case texts([[UInt8]])

  var doubles: [Double]? {
    switch self {
    case .float32(let values): values.map(Double.init)
    case .float64(let values): values
    case .texts: nil
    }
  }
}

/// What an array is, without its elements.
struct ArrayInfo: Equatable, Sendable {
  /// In the file.
  let key: String
  let shape: [Int]
  /// As NumPy or HDF5 spells it.
  let typeName: String
  let isText: Bool
  /// The storage type that holds the elements exactly and is as narrow: f16 for binary16, else f32.
  let isBinary16: Bool
  /// Why it cannot be read; nil where it can.
  var problem: ExchangeError?

  var rows: Int { shape.first ?? 1 }
  /// Elements of a row.
  var width: Int { shape.dropFirst().reduce(1, *) }
}

/// Hands out an array's rows in order, some at a time.
protocol RowReader: AnyObject {
  /// The next `count` rows, which must be there.
  func next(_ count: Int) throws -> ArrayRows
}

/// A file of arrays.
protocol ArrayFile: AnyObject {
  var path: String { get }
  /// In byte order of their keys.
  var arrays: [ArrayInfo] { get }
  /// Begins to read an array.
  ///
  /// - Parameter scratch: makes a name for a file that may be needed.
  func rows(of info: ArrayInfo, scratch: () -> String) throws -> any RowReader
}

extension ArrayFile {
  func array(_ key: String) -> ArrayInfo? { arrays.first { $0.key == key } }

  /// Reads an array whole: for ids, labels, lengths, never for frames.
  func whole(_ info: ArrayInfo, scratch: () -> String) throws -> ArrayRows {
    try rows(of: info, scratch: scratch).next(info.rows)
  }
}

extension ArrayInfo {
  /// How many rows to read at a time, so that a block has about this many bytes.
  func rowsAtATime(bytes: Int = 16 << 20) -> Int { max(1, min(rows, bytes / max(1, width * 8))) }
}
