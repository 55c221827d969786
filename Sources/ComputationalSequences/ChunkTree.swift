internal import Files

/// The index of a dataset's chunks as it lies in the file: a version 1 B-tree, read node by node in its own order.
///
/// Until 1.14 libhdf5 tells where a chunk lies by going through all chunks before it, which takes the square of their
/// number: 20 s for 20,000. Nearly every published file has this kind of index.
///
/// Source: HDF5 File Format Specification 3.0, III.A.1 (B-trees), IV.A.1 (object headers), IV.A.2.i (layout).
struct ChunkTree {
  /// Bytes of an address and of a length.
  struct Widths {
    let address: Int
    let length: Int
  }

  private let source: RawStorage.Source
  private let widths: Widths
  private var table: ChunkTable
  /// A tree with more nodes than this leads in circles.
  private var nodesLeft: Int

  /// - Parameter header: the address of the dataset's object header.
  /// - Returns: the chunks in the order of the grid, nil where one was never written; nil as a whole where the file holds
  ///   something else there.
  static func chunks(
    ofObjectAt header: Int, _ widths: Widths, _ grid: ChunkGrid, in source: RawStorage.Source
  ) -> [StoredChunk?]? {
    guard (2...8).contains(widths.address), (2...8).contains(widths.length),
      let layout = ObjectHeader(source: source, widths: widths).message(ObjectHeader.layout, at: header),
      let root = root(layout, widths)
    else { return nil }
    var tree = ChunkTree(source: source, widths: widths, table: ChunkTable(grid), nodesLeft: 2 * grid.count + 64)
    guard case .node(let address) = root else { return tree.table.chunks }
    return tree.visit(address, level: nil) ? tree.table.chunks : nil
  }

  private enum Root {
    /// No chunk was written yet.
    case none
    case node(at: Int)
  }

  /// The tree's root, or nil where the layout is of another kind.
  private static func root(_ layout: [UInt8], _ widths: Widths) -> Root? {
    let chunked: UInt8 = 2
    let dimensions: UInt8 = 3
    let position: Int
    switch layout.first {
    case 1, 2: position = layout.starts(with: [layout[0], dimensions, chunked]) ? 8 : 0
    case 3: position = layout.starts(with: [3, chunked, dimensions]) ? 3 : 0
    default: position = 0
    }
    guard position > 0, layout.count >= position + widths.address else { return nil }
    let bytes = layout[position..<position + widths.address]
    if bytes.allSatisfy({ $0 == 0xff }) { return Root.none }
    return LittleEndian.number(bytes).map { .node(at: $0) }
  }

  /// Visits a node and those below it; false where it is no such node.
  private mutating func visit(_ address: Int, level expected: Int?) -> Bool {
    nodesLeft -= 1
    let head = 8 + 2 * widths.address
    guard nodesLeft >= 0, let start = source.bytes(head, at: address), start.starts(with: Array("TREE".utf8)),
      start[4] == 1
    else { return false }
    let level = Int(start[5])
    guard expected.map({ $0 == level }) ?? true, let entries = LittleEndian.number(start[6..<8]) else { return false }
    // Size, mask, then the corner: rows, columns, and the place within an element.
    let key = 8 + 3 * 8
    let stride = key + widths.address
    guard let body = source.bytes(entries * stride, at: address + head) else { return false }
    for entry in 0..<entries {
      func number(_ offset: Int, _ count: Int) -> Int? {
        let first = entry * stride + offset
        return LittleEndian.number(body[first..<first + count])
      }
      guard let child = number(key, widths.address) else { return false }
      if level > 0 {
        guard visit(child, level: level - 1) else { return false }
        continue
      }
      guard let bytes = number(0, 4), let mask = number(4, 4), let row = number(8, 8), let column = number(16, 8),
        table.add(
          row: row, column: column,
          StoredChunk(address: child, bytes: bytes, filterMask: UInt32(truncatingIfNeeded: mask)))
      else { return false }
    }
    return true
  }
}
