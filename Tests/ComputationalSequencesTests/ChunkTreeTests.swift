import Files
import TestSupport
import Testing

@testable import ComputationalSequences

/// Where chunks lie, read from the file's own B-tree, against what libhdf5 says of each.
@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)")) struct `A tree of chunks` {
  private static let rows = 1500
  private static let columns = 5

  private struct Written {
    let header: Int
    /// Row, column, address, size, mask.
    let chunks: [[Int]]
  }

  /// Writes chunks of 1 × 2, of which some are missing; `damage` changes the file's bytes `b` before it is read again.
  private func write(_ path: String, version: String, damage: String = "pass") throws -> Written {
    let printed = try Scripted.write(
      path,
      """
      f.close()
      f = h5py.File(sys.argv[1], "w", libver=\(version))
      g = f.create_group("COVAREP/data/v")
      g["intervals"] = times(\(Self.rows))
      d = g.create_dataset("features", (\(Self.rows), \(Self.columns)), "f4", chunks=(1, 2), compression=1)
      for name in range(9): d.attrs[f"{name}"] = "x" * 200
      d[:700] = np.random.default_rng(1).standard_normal((700, \(Self.columns)))
      d[900:, 2:] = 1
      print(h5py.h5o.get_info(d.id).addr)
      found = []
      d.id.chunk_iter(lambda c: found.append([*c.chunk_offset, c.byte_offset, c.size, c.filter_mask]) and None)
      for c in found: print(*c)
      f.close()
      b = bytearray(open(sys.argv[1], "rb").read())
      nodes = [i for i in range(len(b)) if b[i:i + 5] == b"TREE\\x01"]
      \(damage)
      open(sys.argv[1], "wb").write(b)
      f = h5py.File(sys.argv[1] + ".unused", "w")
      """)
    let lines = printed.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
    return Written(header: try #require(lines.first?.first), chunks: Array(lines.dropFirst()))
  }

  private func read(_ path: String, header: Int) throws -> [StoredChunk?]? {
    let grid = try #require(
      ChunkGrid(rows: Self.rows, columns: Self.columns, chunkRows: 1, chunkColumns: 2))
    return ChunkTree.chunks(
      ofObjectAt: header, ChunkTree.Widths(address: 8, length: 8), grid, in: try RawStorage.Source(path))
  }

  @Test(arguments: ["\"earliest\"", "(\"v108\", \"v108\")"])
  func `has every chunk where libhdf5 has it, below both kinds of header`(version: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    let written = try write(path, version: version)
    let chunks = try #require(try read(path, header: written.header))
    #expect(chunks.count == Self.rows * 3 && written.chunks.count == 700 * 3 + 600 * 2)
    #expect(chunks.count { $0 != nil } == written.chunks.count)
    for chunk in written.chunks {
      #expect(
        chunks[chunk[0] * 3 + chunk[1] / 2]
          == StoredChunk(address: chunk[2], bytes: chunk[3], filterMask: UInt32(chunk[4])))
    }
  }

  /// Thousands of chunks are told of one by one only where libhdf5 has a pass of its own, or the tree is read.
  @Test func `is read however many chunks it has`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Scripted.write(path, "entry('v', table(3000, 5), chunks=(1, 2), compression=1)")
    let file = try SequenceFile(path)
    let info = try #require(file.roots.first?.entries.first).features
    #expect(try file.rawStorage(of: info)?.chunkSizes.count == 9000)
    #expect(try file.readDoubles(info) == (0..<15_000).map { Double($0) })
  }

  @Test(arguments: [
    "b[nodes[-1]] = 0", "b[nodes[-1] + 4] = 0", "b[nodes[-1] + 5] = 7", "b[nodes[-1] + 6] = 255",
    // A node below itself.
    "top = max(nodes, key=lambda i: b[i + 5]); b[top + 56:top + 64] = top.to_bytes(8, 'little')",
    "top = max(nodes, key=lambda i: b[i + 5]); b[top + 56:top + 64] = bytes([254] * 8)",
    // A chunk that begins nowhere; the same chunk twice.
    "leaf = min(nodes, key=lambda i: b[i + 5]); b[leaf + 40] = 1",
    "leaf = min(nodes, key=lambda i: b[i + 5]); b[leaf + 64:leaf + 96] = b[leaf + 24:leaf + 56]",
    "del b[len(b) // 2:]", "b[:] = bytes(len(b))",
  ])
  func `is none where its bytes are damaged`(damage: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    let written = try write(path, version: "\"earliest\"", damage: damage)
    #expect(try read(path, header: written.header) == nil)
  }

  @Test(arguments: [0, 1, 100, .max, -1])
  func `is none where there is no header`(address: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    _ = try write(path, version: "\"earliest\"")
    #expect(try read(path, header: address) == nil)
  }
}
