internal import Shards

/// How the tokens of a modality become NumPy strings: text where every one is UTF-8, else bytes; as wide as the longest.
struct TokenColumn {
  let type: ArrayType

  init(_ dataset: Dataset, modality: Int) {
    var (isText, longest, mostScalars) = (true, 1, 1)
    for shard in dataset.splits.flatMap(\.shards) {
      for frame in 0..<shard.frameCount(modality: modality) {
        let token = shard.token(frame, modality: modality)
        longest = max(longest, token.count)
        if isText {
          do {
            let text = try UTF8Span(validating: token)
            var scalars = text.makeUnicodeScalarIterator()
            var count = 0
            while scalars.next() != nil { count += 1 }
            mostScalars = max(mostScalars, count)
          } catch { isText = false }
        }
      }
    }
    type = isText ? .unicode(mostScalars) : .bytes(longest)
  }

  /// One token as NumPy stores it.
  func bytes(_ shard: Shard, frame: Int, modality: Int) -> [UInt8] {
    let token = shard.token(frame, modality: modality)
    if type.kind == .unicode { return NumPyText.bytes(shard.tokenText(frame, modality: modality), type) }
    return token.indices.map { token[$0] } + repeatElement(0, count: type.bytes - token.count)
  }
}

/// Text as NumPy stores it: UTF-32, padded with NULs.
enum NumPyText {
  /// A type that all of `texts` fit.
  static func type(_ texts: [String]) -> ArrayType {
    .unicode(texts.reduce(1) { max($0, $1.unicodeScalars.count) })
  }

  static func bytes(_ text: String, _ type: ArrayType) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(type.bytes)
    for scalar in text.unicodeScalars { bytes.append(little: scalar.value) }
    return bytes + repeatElement(0, count: type.bytes - bytes.count)
  }
}
