package import ArgumentParser
internal import Foundation
package import Shards
internal import Terminals

/// How a command that reads a dataset opens it where its shards are packed.
package struct DatasetOpening: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder that packed shards are inflated to (default: the dataset's, or $XDG_CACHE_HOME/grf where that is read-only).",
      valueName: "folder"), completion: .directory)
  package var cache: String?

  package init() {}

  /// Opens a dataset; packed shards are inflated first, which standard error tells of.
  ///
  /// - Parameter admittingParts: whether it may be a part of one.
  package func open(_ path: String, isQuiet: Bool = false, admittingParts: Bool = false) throws -> Dataset {
    if cache == "" { throw ValidationError("--cache is empty; name a folder") }
    let indicator = ProgressIndicator(isQuiet: isQuiet)
    defer { indicator.end() }
    return try Dataset.open(
      path,
      inflation: Inflation(cache: cache, threads: ProcessInfo.processInfo.activeProcessorCount) { event in
        switch event {
        case .waiting(let path):
          if !isQuiet { Terminal.writeError("\(path): waiting for another process that packs or inflates it\n") }
        case .begun(let bytes, let folder): indicator.begin("inflating to \(folder)", total: bytes)
        case .advanced(let bytes): indicator.advance(bytes)
        }
      }, admittingParts: admittingParts)
  }
}
