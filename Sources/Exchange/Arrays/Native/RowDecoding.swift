internal import CKernels

extension ArrayType {
  /// Turns stored elements into numbers or text.
  ///
  /// - Parameter bytes: whole elements.
  /// - Throws: ``ArrayProblem`` where text is no text.
  func decoded(_ bytes: [UInt8]) throws -> ArrayRows {
    switch (kind, self.bytes) {
    case (.float, 2):
      let halves = numbers(bytes, as: UInt16.self)
      var values = [Float](repeating: 0, count: halves.count)
      // SAFETY: both arrays have as many elements as are announced.
      unsafe grf_widen_f16(halves, &values, halves.count)
      return .float32(values)
    case (.float, 4): return .float32(numbers(bytes, as: UInt32.self).map { Float(bitPattern: $0) })
    case (.float, _): return .float64(numbers(bytes, as: UInt64.self).map { Double(bitPattern: $0) })
    case (.bool, _): return .float32(bytes.map { $0 == 0 ? 0 : 1 })
    case (.signed, 1): return .float32(bytes.map { Float(Int8(bitPattern: $0)) })
    case (.signed, 2): return .float32(numbers(bytes, as: Int16.self).map { Float($0) })
    case (.signed, 4): return .float64(numbers(bytes, as: Int32.self).map { Double($0) })
    case (.signed, _): return .float64(numbers(bytes, as: Int64.self).map { Double($0) })
    case (.unsigned, 1): return .float32(bytes.map { Float($0) })
    case (.unsigned, 2): return .float32(numbers(bytes, as: UInt16.self).map { Float($0) })
    case (.unsigned, 4): return .float64(numbers(bytes, as: UInt32.self).map { Double($0) })
    case (.unsigned, _): return .float64(numbers(bytes, as: UInt64.self).map { Double($0) })
    case (.unicode, _): return .texts(try unicode(bytes))
    case (.bytes, _): return .texts(elements(bytes).map { Self.trimmed($0) })
    }
  }

  /// The stored numbers in this machine's order.
  private func numbers<Number: FixedWidthInteger & BitwiseCopyable>(_ bytes: [UInt8], as type: Number.Type) -> [Number]
  {
    let count = bytes.count / MemoryLayout<Number>.size
    return unsafe bytes.withUnsafeBytes { source in
      unsafe [Number](unsafeUninitializedCapacity: count) { target, initialized in
        for index in 0..<count {
          // SAFETY: `count` whole numbers lie in the source, and the target has room for as many.
          let number = unsafe source.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
          unsafe target.initializeElement(
            at: index, to: isBigEndian ? Number(bigEndian: number) : Number(littleEndian: number))
        }
        initialized = count
      }
    }
  }

  private func elements(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    guard self.bytes > 0 else { return [] }
    return stride(from: 0, to: bytes.count, by: self.bytes).map { bytes[$0..<$0 + self.bytes] }
  }

  private func unicode(_ bytes: [UInt8]) throws -> [[UInt8]] {
    let scalars = numbers(bytes, as: UInt32.self)
    let width = self.bytes / 4
    guard width > 0 else { return [] }
    return try stride(from: 0, to: scalars.count, by: width).map { start in
      var text = ""
      for value in scalars[start..<start + width] {
        guard let scalar = Unicode.Scalar(value) else { throw ArrayProblem.damaged("holds text that is no Unicode") }
        text.unicodeScalars.append(scalar)
      }
      return Self.trimmed(Array(text.utf8)[...])
    }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let end = bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? bytes.startIndex
    return Array(bytes[bytes.startIndex..<end])
  }
}
