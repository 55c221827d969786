import Files
import Shards

/// The states, gates and attention of runs on their test split.
struct RunEmbeddings {
  /// - Parameter run: its folder.
  /// - Returns: nil where the run has none.
  func path(of run: String, dataset: Dataset?) throws -> String? {
    let path = Path.join(run, "embedding-test.safetensors")
    return try FileStatus.of(path) == nil ? nil : path
  }
}
