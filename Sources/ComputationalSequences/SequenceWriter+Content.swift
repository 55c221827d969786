package import JSONValues

extension SequenceWriter {
  /// The rows of an entry, `[n, d]`, row-major.
  package enum Features: Sendable {
    case float32([Float], columns: Int)
    case float64([Double], columns: Int)
    /// Byte strings `[n, 1]` padded with NULs to `width` bytes, or to the longest, at least 1.
    case fixedStrings([String], width: Int? = nil)
    /// Byte strings `[n, 1]` of any bytes, padded with NULs to `width` each.
    case paddedBytes([UInt8], width: Int)
    /// Variable-length strings `[n, 1]`.
    case variableStrings([String])

    package var rows: Int {
      switch self {
      case .float32(let values, let columns): Self.rows(values.count, columns)
      case .float64(let values, let columns): Self.rows(values.count, columns)
      case .fixedStrings(let strings, _), .variableStrings(let strings): strings.count
      case .paddedBytes(let bytes, let width): Self.rows(bytes.count, width)
      }
    }

    package var columns: Int {
      switch self {
      case .float32(_, let columns), .float64(_, let columns): columns
      case .fixedStrings, .paddedBytes, .variableStrings: 1
      }
    }

    var content: DatasetContent {
      switch self {
      case .float32(let values, _): .float32(values)
      case .float64(let values, _): .float64(values)
      case .fixedStrings(let strings, let width): .bytes(packing: strings, width: width)
      case .paddedBytes(let bytes, let width): .bytes(bytes, width: width)
      case .variableStrings(let strings): .strings(strings)
      }
    }

    fileprivate static func rows(_ count: Int, _ columns: Int) -> Int {
      precondition(columns > 0 && count % columns == 0, "whole rows")
      return count / columns
    }
  }

  /// The start and end of each row in seconds, `[n, 2]`, row-major.
  package enum Intervals: Sendable {
    case float32([Float])
    case float64([Double])

    package var rows: Int {
      switch self {
      case .float32(let values): Features.rows(values.count, 2)
      case .float64(let values): Features.rows(values.count, 2)
      }
    }

    var content: DatasetContent {
      switch self {
      case .float32(let values): .float32(values)
      case .float64(let values): .float64(values)
      }
    }
  }

  /// One item of a root's metadata: a one-element string dataset.
  package struct Metadata: Sendable, Equatable {
    package let key: String
    package let text: String

    /// As the SDK writes it: JSON.
    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      text = value.compact()
    }

    /// Any text, as some published files have it.
    package init(_ key: String, text: String) {
      self.key = key
      self.text = text
    }

    /// The keys that the SDK requires of every sequence.
    ///
    /// - Parameter uuid: nil: the root's name.
    package static func standard(
      root: String, description: String, dimensionNames: [String], dataset: String, creator: String,
      uuid: String? = nil
    ) -> [Metadata] {
      [
        Metadata("root name", .string(root)),
        Metadata("computational sequence description", .string(description)),
        Metadata("dimension names", .init(dimensionNames)),
        Metadata("computational sequence version", .number(1)),
        Metadata("alignment compatible", .bool(true)),
        Metadata("dataset name", .string(dataset)),
        Metadata("dataset version", .number(1)),
        Metadata("creator", .string(creator)),
        Metadata("contact", .string("")),
        Metadata("featureset bib citation", .string("")),
        Metadata("dataset bib citation", .string("")),
        Metadata("md5", .null),
        Metadata("uuid", .string(uuid ?? root)),
      ]
    }
  }
}

/// The elements of a dataset to be written, row-major.
enum DatasetContent {
  case float32([Float])
  case float64([Double])
  /// Byte strings of `width` bytes each, padded with NULs.
  case bytes([UInt8], width: Int)
  case strings([String])

  static func bytes(packing strings: [String], width: Int?) -> DatasetContent {
    let longest = max(1, strings.lazy.map(\.utf8.count).max() ?? 1)
    let width = width ?? longest
    precondition(width >= longest, "room for the longest string")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(strings.count * width)
    for string in strings {
      bytes.append(contentsOf: string.utf8)
      bytes.append(contentsOf: repeatElement(0, count: width - string.utf8.count))
    }
    return .bytes(bytes, width: width)
  }

  /// The size of an element in the file; a variable-length string is stored as a reference of 16 bytes.
  var elementBytes: Int {
    switch self {
    case .float32: 4
    case .float64: 8
    case .bytes(_, let width): width
    case .strings: 16
    }
  }
}
