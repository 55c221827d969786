/// The names, shapes and places of a model's parameters in one buffer of floats.
///
/// Names and shapes are the PyTorch module's, so that a state dictionary and a buffer hold the same.
package struct ParameterLayout: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package let name: String
    /// One or two dimensions.
    package let shape: [Int]
    /// Its floats in the buffer.
    package let range: Range<Int>

    package var parameter: Parameter {
      Parameter(start: range.lowerBound, rows: shape.count == 2 ? shape[0] : 1, columns: shape[shape.count - 1])
    }
  }

  package private(set) var entries: [Entry] = []
  /// The parameters of all entries.
  package private(set) var count = 0

  package init() {}

  /// Adds a parameter of one or two dimensions after the others.
  package mutating func add(_ name: String, _ shape: Int...) -> Parameter {
    precondition((1...2).contains(shape.count) && shape.allSatisfy { $0 > 0 }, "\(name) of shape \(shape)")
    let size = shape.reduce(1, *)
    let entry = Entry(name: name, shape: shape, range: count..<count + size)
    entries.append(entry)
    count += size
    return entry.parameter
  }

  package func entry(named name: String) -> Entry? { entries.first { $0.name == name } }
}

/// A matrix, or a row, among a model's parameters.
package struct Parameter: Sendable, Equatable {
  let start: Int
  package let rows: Int
  package let columns: Int

  var range: Range<Int> { start..<start + rows * columns }

  /// Some of its rows; of a vector, which is one row, some of its elements.
  package subscript(range: Range<Int>) -> Parameter {
    if rows == 1 {
      precondition(range.lowerBound >= 0 && range.upperBound <= columns, "\(range) of \(columns)")
      return Parameter(start: start + range.lowerBound, rows: 1, columns: range.count)
    }
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    return Parameter(start: start + range.lowerBound * columns, rows: range.count, columns: columns)
  }
}
