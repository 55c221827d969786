internal import Files
internal import PackedSequences

/// The files between the main pass over a modality and the second one: its frames, and what goes with them, in the order
/// of the dataset.
///
/// They outlive a process that is killed, for whoever goes on, and are removed when nobody here needs them any more.
final class Scratch: Sendable {
  static let prefix = "scratch."

  /// Frames as Floats or Doubles, or tokens; empty where frames go straight to the shards.
  let values: ScratchFile
  /// A byte a frame; nil where every frame is valid.
  let valid: ScratchFile?
  /// Two Floats a frame; nil where times are left out.
  let times: ScratchFile?
  /// Of tokens: where each begins, as 64-bit integers.
  let tokenStarts: ScratchFile?

  private let paths: [String]

  /// Creates the files, or opens those that an interrupted conversion left.
  ///
  /// - Parameter hasImputed: whether some frames stand for rows that nothing overlaps.
  init(folder: String, modality: ModalityPlan, keepsTimes: Bool, hasImputed: Bool) throws {
    var paths: [String] = []
    func file(_ kind: String) throws -> ScratchFile {
      let path = Path.join(folder, "\(Self.prefix)\(modality.name).\(kind)")
      paths.append(path)
      let isThere = try FileStatus.of(path, followingLinks: false)?.isRegularFile == true
      return ScratchFile(try isThere ? File(updating: path) : File(creating: path))
    }
    values = try file("values")
    let masks = modality.settings.nonfinite == .mask && !modality.isTokens
    valid = masks || hasImputed ? try file("valid") : nil
    times = keepsTimes ? try file("times") : nil
    tokenStarts = modality.isTokens ? try file("token_starts") : nil
    self.paths = paths
  }

  deinit {
    for path in paths { try? Folder.removeAll(path) }
  }

  /// Which frames are valid, a byte a frame; nil where all are.
  func readValid(_ frames: Range<Int>, buffer: inout ScratchBuffer) throws -> [UInt8]? {
    guard let valid else { return nil }
    var flags: [UInt8] = []
    try valid.read(frames.count, of: UInt8.self, at: frames.lowerBound, buffer: &buffer) { read in
      flags = read.indices.map { read[$0] }
    }
    return flags
  }
}
