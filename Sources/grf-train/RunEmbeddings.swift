import Files
import Foundation
import Programs
import Shards
import Training

/// The states, gates and attention of runs on their test split, computed from their best weights into a temporary file.
final class RunEmbeddings {
  /// What was written last; the next one, or the end, removes it.
  private let path = FileManager.default.temporaryDirectory
    .appending(path: "grf-embedding-\(UUID().uuidString).safetensors").path(percentEncoded: false)

  private let threads: RunConfiguration.ThreadCount?

  /// - Parameter threads: nil: all.
  init(threads: RunConfiguration.ThreadCount?) { self.threads = threads }

  deinit { try? Folder.removeAll(path) }

  /// - Parameters:
  ///   - run: its folder.
  ///   - dataset: nil where it is not there.
  /// - Returns: where the embedding stands; nil where there can be none.
  func path(of run: String, dataset: Dataset?) throws -> String? {
    let best = Path.join(run, RunDirectory.bestName)
    guard let dataset, try FileStatus.of(best) != nil else { return nil }
    try Folder.removeAll(path)
    let trained = try TrainedModel(
      Checkpoint(best), on: dataset, split: "test", fallback: RunConfiguration(), needsLabels: false, isForced: false)
    let summary = try trained.embed(to: path, threads: threads, isStopRequested: { StopSignals.isStopRequested })
    return summary == nil ? nil : path
  }
}
