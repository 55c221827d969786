internal import Files
internal import PackedSequences

/// A file of plain values, read into a worker's buffer.
final class ScratchFile: Sendable {
  private let file: File

  init(_ file: consuming File) { self.file = file }

  var size: Int { get throws { try file.size } }

  func write(_ bytes: RawSpan, at offset: Int) throws { try file.write(bytes, at: offset) }

  func read(bytes: Int, at offset: Int, buffer: inout ScratchBuffer, _ body: (RawSpan) throws -> Void) throws {
    let target = unsafe buffer.take(bytes)
    try unsafe file.read(into: target, at: offset)
    try body(unsafe UnsafeRawBufferPointer(target).bytes)
  }

  func read<Element: BitwiseCopyable>(
    _ count: Int, of element: Element.Type, at offset: Int, buffer: inout ScratchBuffer,
    _ body: (Span<Element>) throws -> Void
  ) throws {
    let target = unsafe buffer.take(count * MemoryLayout<Element>.stride)
    try unsafe file.read(into: target, at: offset)
    // SAFETY: every bit pattern is a number, the buffer is aligned for any, and it lives while `body` runs.
    try body(unsafe UnsafeBufferPointer(target.bindMemory(to: Element.self)).span)
  }
}

extension Span where Element: BitwiseCopyable {
  /// The bytes of the elements, which are numbers: there is no padding between them.
  var rawBytes: RawSpan {
    @_lifetime(copy self)
    get { unsafe bytes }
  }
}
