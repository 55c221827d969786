internal import Files

/// Numbers in a mapped file, copied out of it wherever they lie.
enum TensorNumbers {
  static func floats(_ file: MappedFile, _ bytes: Range<Int>) -> [Float] {
    copied(file, bytes, as: UInt32.self).map { Float(bitPattern: $0) }
  }

  static func integers(_ file: MappedFile, _ bytes: Range<Int>) -> [Int] {
    copied(file, bytes, as: Int64.self).map { Int($0) }
  }

  static func smallIntegers(_ file: MappedFile, _ bytes: Range<Int>) -> [Int] {
    copied(file, bytes, as: Int32.self).map { Int($0) }
  }

  static func bytes(_ file: MappedFile, _ bytes: Range<Int>) -> [UInt8] { copied(file, bytes, as: UInt8.self) }

  private static func copied<Number: FixedWidthInteger & BitwiseCopyable>(
    _ file: MappedFile, _ bytes: Range<Int>, as type: Number.Type
  ) -> [Number] {
    let size = MemoryLayout<Number>.size
    let source = file.bytes.extracting(bytes)
    return (0..<bytes.count / size).map { place in
      // SAFETY: the offset lies within the bytes, whose bounds `extracting` checked; every bit pattern is an integer.
      unsafe source.unsafeLoadUnaligned(fromByteOffset: place * size, as: Number.self)
    }
  }
}
