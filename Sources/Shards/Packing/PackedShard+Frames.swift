internal import Files
internal import Workers

extension SharedFile {
  /// Writes the shard, packed, beside itself: complete and on disk, or not at all.
  ///
  /// - Parameter advance: called with the bytes of the shard that were packed since.
  func pack(
    as name: String, in folder: borrowing OpenFolder, level: Int, threads: Int, _ advance: (Int) -> Void
  ) throws(ShardError) {
    let size = try ShardError.size(of: file)
    let path = file.path
    try folder.replace(name, reporting: ShardError.file) { target throws(ShardError) in
      var frames: [SeekTable.Frame] = []
      var end = 0
      try ShardError.typed {
        try WorkerPool<PackingMemory>.inOrder(
          count: (size + SeekTable.frameBytes - 1) / SeekTable.frameBytes, threads: threads,
          state: PackingMemory(level: level),
          work: { [self] memory, index in
            let start = index * SeekTable.frameBytes
            let count = min(SeekTable.frameBytes, size - start)
            try file.read(count, at: start, into: &memory.buffer)
            do throws(FrameFailure) {
              return (count, try memory.compressor.compress(memory.buffer, count: count))
            } catch {
              throw ShardError.packedFrame(path: path, frame: index, problem: error.problem)
            }
          },
          use: { (count: Int, frame: [UInt8]) in
            try target.file.write(frame, at: end)
            target.file.startWriteback(of: end..<end + frame.count)
            let checksum = SeekTable.number(frame, frame.count - 4)
            frames.append(SeekTable.Frame(size: frame.count, count: count, checksum: checksum))
            end += frame.count
            advance(count)
          })
      }
      let table = SeekTable(frames).encoded()
      try ShardError.files { () throws(FileError) in try target.file.write(table, at: end) }
    }
  }
}

/// A compressing thread's own.
private struct PackingMemory: ~Copyable {
  let compressor: FrameCompressor
  var buffer = [UInt8](repeating: 0, count: SeekTable.frameBytes)

  init(level: Int) { compressor = FrameCompressor(level: level) }
}

/// An inflating thread's own.
private struct InflatingMemory: ~Copyable {
  var reader = FrameReader()
  var buffer: [UInt8] = []
}

extension PackedShard {
  /// Writes the shard as it is, under its own name: complete and on disk, or not at all.
  ///
  /// The header is held against the manifest before anything is written.
  ///
  /// - Parameter advance: called with bytes that were handed to the workers.
  func inflate(
    to folder: borrowing OpenFolder, _ entry: Manifest.ShardFile, threads: Int, _ advance: (Int) -> Void
  ) throws(ShardError) {
    try ShardSource.packed(self).checkHeader(entry)
    try folder.replace(entry.file, reporting: ShardError.file) { target throws(ShardError) in
      try ShardError.files { () throws(FileError) in try target.file.resize(to: table.contentBytes) }
      try forEachFrame(threads: threads, advance) { frame, memory in
        try memory.reader.inflate(frame, of: self)
        let range = self.table.range(of: frame)
        try target.file.write(memory.reader.content, count: range.count, at: range.lowerBound)
        target.file.startWriteback(of: range)
      }
    }
  }

  /// Compares what the shard holds with the same shard as it is, byte for byte.
  ///
  /// - Throws: ``ShardError/copiesDiffer(path:packed:)``.
  func compare(with shard: SharedFile, threads: Int, _ advance: (Int) -> Void) throws(ShardError) {
    let size = try ShardError.size(of: shard.file)
    guard size == table.contentBytes else {
      throw .fileSize(path: shard.file.path, expected: table.contentBytes, found: size)
    }
    try forEachFrame(threads: threads, advance) { frame, memory in
      try memory.reader.inflate(frame, of: self)
      let range = self.table.range(of: frame)
      if memory.buffer.count < range.count { memory.buffer = Array(repeating: 0, count: range.count) }
      try shard.file.read(range.count, at: range.lowerBound, into: &memory.buffer)
      guard memory.buffer[..<range.count] == memory.reader.content[..<range.count] else {
        throw ShardError.copiesDiffer(path: shard.file.path, packed: self.path)
      }
    }
  }

  private func forEachFrame(
    threads: Int, _ advance: (Int) -> Void,
    _ work: @escaping @Sendable (_ frame: Int, inout InflatingMemory) throws -> Void
  ) throws(ShardError) {
    try ShardError.typed {
      try WorkerPool<InflatingMemory>.withWorkers(threads: threads, budget: 0, state: InflatingMemory()) { pool in
        for frame in table.frames.indices {
          try pool.submit(cost: 0) { memory in try work(frame, &memory) }
          advance(table.frames[frame].count)
        }
      }
    }
  }
}

extension ShardError {
  /// Runs what throws nothing but this and ``FileError``, through functions that do not say so.
  static func typed<Result>(_ body: () throws -> Result) throws(ShardError) -> Result {
    do { return try body() } catch {
      if let error = error as? FileError { throw .file(error) }
      guard let error = error as? ShardError else { preconditionFailure("\(error)") }
      throw error
    }
  }
}
