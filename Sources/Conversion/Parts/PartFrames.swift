internal import PackedSequences
internal import Shards

/// The frames of one modality in the split that statistics are fitted on, in the shards of all parts.
struct PartFrames: FittedFrames {
  private let modality: Int
  private let shards: [Shard]

  init(_ set: PartSet, modality: Int) {
    self.modality = modality
    let names = set.manifest.splits.map(\.name)
    let fitted = ConversionPlan.fittedSplit(of: names)
    shards = set.parts.flatMap { part in part.splits.filter { $0.name == fitted }.flatMap(\.shards) }
  }

  func forEach<Element: BitwiseCopyable>(
    _ element: Element.Type, atOnce: Int, _ worker: inout Worker, _ body: (Span<Element>, [UInt8]?) throws -> Void
  ) throws {
    let reader = SourceReader(shards)
    for (index, shard) in shards.enumerated() {
      let total = shard.frameCount(modality: modality)
      for start in stride(from: 0, to: total, by: atOnce) {
        let frames = start..<min(start + atOnce, total)
        func piece(_ role: TensorRole) -> SourceReader.Piece? {
          shard.byteRange(of: role, frames: frames).map { SourceReader.Piece(shard: index, bytes: $0) }
        }
        guard let values = piece(.values(modality)) else { continue }
        var valid: [UInt8]?
        if let flags = piece(.valid(modality)) {
          try reader.read([flags], of: UInt8.self, buffer: &worker.target) { read in
            valid = read.indices.map { read[$0] }
          }
        }
        try reader.read([values], of: element, buffer: &worker.source) { try body($0, valid) }
      }
    }
  }
}
