internal import Files

/// What the manifest says of a finished shard.
package struct ShardRecord: Sendable, Equatable {
  /// The file's name, without its folder.
  package let file: String
  package let bytes: Int
  /// CRC-32 over every byte before the data: the header's length, the header, and its padding.
  package let headerCRC32: UInt32
  /// The bytes of the `_crc.*` tensors in file order: the shard's part of the dataset's content digest.
  package let crcBytes: [UInt8]

  package init(file: String, bytes: Int, headerCRC32: UInt32, crcBytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
    self.headerCRC32 = headerCRC32
    self.crcBytes = crcBytes
  }
}
