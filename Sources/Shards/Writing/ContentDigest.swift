internal import Crypto

/// SHA-256 over every shard's `_crc.*` bytes: one word for all that a dataset holds.
///
/// Shards are added in the order of the manifest: splits in its order, a split's shards by number.
package struct ContentDigest {
  private var hash = SHA256()

  package init() {}

  package mutating func add(_ shard: ShardRecord) { hash.update(data: shard.crcBytes) }

  /// 64 lower-case hexadecimal digits.
  package var hex: String { HexDigest.hex(hash.finalize()) }
}

/// SHA-256 of bytes at hand.
package enum HexDigest {
  /// 64 lower-case hexadecimal digits.
  package static func sha256(_ bytes: [UInt8]) -> String { hex(SHA256.hash(data: bytes)) }

  package static func sha256(_ text: String) -> String { sha256(Array(text.utf8)) }

  fileprivate static func hex(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
