import ArgumentParser
import Files

/// Folders of runs as they are given to a command.
extension [String] {
  /// Without the logs that experiments keep beside their runs: `ablation/runs/*` means the runs.
  func withoutLogs() throws -> [String] {
    let runs = filter { path in
      guard path.hasSuffix(".log") else { return true }
      let run = try? FileStatus.of(String(path.dropLast(4)))
      return run?.isFolder != true
    }
    if runs.isEmpty { throw ValidationError("only logs are named; name the folders of runs beside them") }
    return runs
  }
}
