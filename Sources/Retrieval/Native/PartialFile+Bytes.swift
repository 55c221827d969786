extension PartialFile {
  func write(_ bytes: [UInt8]) throws(RetrievalError) {
    // SAFETY: the span ends before the array does.
    try unsafe write(bytes.span.bytes)
  }
}
