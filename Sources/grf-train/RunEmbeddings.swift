import Files
import Foundation
import Shards
import Training

/// The states, gates and attention of runs on their test split, computed when they are asked for.
///
/// They are kept in a temporary folder, which goes with this object.
final class RunEmbeddings {
  private var folder: String?
  private var count = 0
  private let threads: RunConfiguration.ThreadCount?

  init(threads: RunConfiguration.ThreadCount? = nil) { self.threads = threads }

  deinit { if let folder { try? Folder.removeAll(folder) } }

  /// - Parameters:
  ///   - run: its folder.
  ///   - dataset: the one that it was trained on.
  /// - Returns: the path of the embedding; nil where the dataset is gone, or no epoch has ended.
  func path(of run: String, dataset: Dataset?) throws -> String? {
    let checkpoint = Path.join(run, RunDirectory.bestName)
    guard let dataset, try FileStatus.of(checkpoint) != nil else { return nil }
    let trained = try TrainedModel(
      Checkpoint(checkpoint), on: dataset, split: "test", fallback: RunConfiguration(), needsLabels: false,
      isForced: false)
    count += 1
    let path = Path.join(try made(), "\(count).safetensors")
    _ = try trained.embed(to: path, threads: threads)
    return path
  }

  private func made() throws -> String {
    if let folder { return folder }
    let path = Path.join(NSTemporaryDirectory(), "grf-report-\(UUID().uuidString)")
    try Folder.create(path)
    folder = path
    return path
  }
}
