internal import Files

extension Shard {
  /// The numbers at `range` of the file.
  @_lifetime(borrow self)
  func view<Element: BitwiseCopyable>(_ range: Range<Int>, as type: Element.Type) -> Span<Element> {
    let mapping = mapping
    let elements = mapping.bytes.extracting(range).elements(as: type)
    // SAFETY: the mapping is held in a constant of this object, so it lives as long.
    return unsafe _overrideLifetime(elements, borrowing: self)
  }
}
