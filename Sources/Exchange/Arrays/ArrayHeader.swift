/// The head of an `.npy` file: what its elements are, and how many.
///
/// Source: NumPy's `numpy/lib/format.py`, versions 1.0 to 3.0.
struct ArrayHeader: Equatable, Sendable {
  let type: ArrayType
  /// Without elements for a single value.
  let shape: [Int]
  var isFortran = false

  /// Elements; what cannot be counted was refused.
  var count: Int { shape.reduce(1, *) }
  var dataBytes: Int { count * type.bytes }

  init(_ type: ArrayType, shape: [Int], isFortran: Bool = false) {
    self.type = type
    self.shape = shape
    self.isFortran = isFortran
  }

  /// The bytes before the data, as NumPy writes them: a multiple of 64.
  var encoded: [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let dictionary =
      "{'descr': '\(type.description)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': (\(sizes)), }"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    let length = (bytes.count + 2 + dictionary.utf8.count + 1 + 63) / 64 * 64 - bytes.count - 2
    bytes.append(little: UInt16(length))
    bytes += dictionary.utf8
    bytes += repeatElement(UInt8(ascii: " "), count: length - dictionary.utf8.count - 1)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }
}
