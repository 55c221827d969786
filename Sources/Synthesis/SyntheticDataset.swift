internal import ComputationalSequences
internal import Files

/// Computational sequences made from nothing but a seed, to try every step on: for those who may not have the real
/// data, and for tests.
///
/// Each labelled segment gets a sentiment that is the sum of three parts. Each modality shows one part only, in its
/// frames within the segment and under noise: a model that fuses all three predicts well, one that sees a single
/// modality does not. Not data to draw conclusions about people from.
public enum SyntheticDataset {
  /// What the made data resembles.
  public enum Likeness: String, CaseIterable, Sendable {
    /// CMU-MOSI by names, rates, dimensions and size: 93 videos, 2199 segments, some 550 MB of frames.
    case mosi
    /// One small file that holds every oddity that published files have.
    case tiny
  }

  /// How far ``write(like:to:seed:videos:gzip:progress:)`` has come.
  public struct Progress: Equatable, Sendable {
    /// The file's name.
    public let file: String
    public let videosWritten: Int
    public let videos: Int
  }

  /// Writes the `.csd` files into a folder, which is made where it is missing.
  ///
  /// The same arguments give the same values, and with the same libraries the same bytes. A file bears its final name
  /// only once it is complete. Memory holds one entry at a time.
  ///
  /// - Parameters:
  ///   - seed: any number.
  ///   - videos: the ids for ``Likeness/mosi``, none twice, at least one; ``Likeness/tiny`` has its own.
  ///   - gzip: zlib's level, 0...9, for ``Likeness/mosi``.
  ///   - progress: called after each video of each file.
  /// - Throws: ``SynthesisError``, before anything is written, where a file is in the way; `SequenceError` and
  ///   `FileError` where one cannot be written.
  public static func write(
    like likeness: Likeness, to folder: String, seed: UInt64, videos: [String] = [], gzip: Int = 4,
    progress: (Progress) -> Void = { _ in }
  ) throws {
    let files =
      switch likeness {
      case .mosi: MOSILikeness(seed: seed, videos: videos, gzip: gzip).files
      case .tiny: TinyLikeness(seed: seed).files
      }
    for file in files {
      let path = Path.join(folder, file.name)
      if try FileStatus.of(path, followingLinks: false) != nil { throw SynthesisError.exists(path: path) }
    }
    try Folder.createAll(folder)
    for file in files { try write(file, to: Path.join(folder, file.name), progress: progress) }
  }

  private static func write(_ file: SyntheticFile, to path: String, progress: (Progress) -> Void) throws {
    let partial = path + ".partial"
    do {
      let writer = try SequenceWriter(creating: partial)
      for root in file.roots { try writer.addRoot(root.name, metadata: root.metadata) }
      for video in 0..<file.videos {
        for root in file.roots { try root.addVideo(video, writer) }
        progress(Progress(file: file.name, videosWritten: video + 1, videos: file.videos))
      }
      try writer.close()
      try Folder.rename(partial, to: path)
    } catch {
      // What stopped us is the error to tell; a partial file that cannot be removed either is plain to see.
      try? Folder.removeAll(partial)
      throw error
    }
  }
}

/// A file to be written, as a recipe.
struct SyntheticFile {
  let name: String
  let roots: [SyntheticRoot]
  let videos: Int
}

/// A root group of it, whose entries are made when they are written.
struct SyntheticRoot {
  let name: String
  let metadata: [SequenceWriter.Metadata]
  /// Adds the entries of the video with this number; usually one.
  let addVideo: (Int, borrowing SequenceWriter) throws -> Void
}
