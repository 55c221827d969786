extension ConversionConfiguration {
  /// Refuses options that make no sense with, or without, `--align`.
  func checkAlignment() throws(ConversionError) {
    if let align {
      guard !align.isEmpty else { throw .malformedRoot(option: "align") }
      guard rate == ByModality() else { throw .rateOfAligned(root: align) }
    } else if like == nil {
      // Under `--like` they are refused by name.
      for (option, values) in [("collapse", collapse), ("align-missing", alignMissing)] where values != ByModality() {
        throw .needsAlignment(option: option)
      }
    }
  }
}
