internal import Files
internal import PackedSequences
internal import Shards

extension FrameSink {
  /// Whether bytes that a journal speaks of are there as it says.
  func holds(_ extent: Extent, _ buffer: inout ScratchBuffer) throws -> Bool {
    switch extent.place {
    case .values: try scratch.values.holds(extent, &buffer)
    case .valid: try scratch.valid?.holds(extent, &buffer) ?? false
    case .times: try scratch.times?.holds(extent, &buffer) ?? false
    case .tokenStarts: try scratch.tokenStarts?.holds(extent, &buffer) ?? false
    case .shard(let number):
      try writers.indices.contains(number)
        && ScratchFile(File(reading: writers[number].path)).holds(extent, &buffer)
    }
  }
}

extension ScratchFile {
  /// Reads block after block.
  fileprivate func holds(_ extent: Extent, _ buffer: inout ScratchBuffer) throws -> Bool {
    let (end, overflows) = extent.offset.addingReportingOverflow(extent.length)
    guard !overflows, end <= (try size) else { return false }
    var checksum: UInt32 = 0
    for start in stride(from: extent.offset, to: end, by: ShardLayout.blockBytes) {
      try read(bytes: min(ShardLayout.blockBytes, end - start), at: start, buffer: &buffer) { bytes in
        checksum = Checksum.crc32(bytes, from: checksum)
      }
    }
    return checksum == extent.crc32
  }
}
