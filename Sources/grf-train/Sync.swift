import ArgumentParser
import Foundation
import PackedSequences
import Programs
import Terminals
import Tracking

struct Sync: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sends runs to an MLflow tracking server, or what it lacks of them.",
    usage: "grf-train sync RUN... [OPTIONS]",
    discussion: """
      Examples:
        grf-train sync runs/mine
        grf-train sync runs/* --mlflow http://127.0.0.1:5000
        grf-train sync runs/mine --tensorboard

      For runs that were trained without a server, or whose server was away. What it has already is \
      not sent again. Without --mlflow and MLFLOW_TRACKING_URI a run goes to the server that it was \
      sent to before, without the credentials of the environment.
      """)

  @Argument(help: ArgumentHelp("Folders of runs.", valueName: "run"), completion: .directory)
  var runs: [String]

  @OptionGroup
  var tracking: TrackingOptions

  @Flag(name: .customLong("last"), help: "Send last.safetensors as well, which a training goes on from.")
  var includesLast = false

  func run() throws {
    StopSignals.note()
    let server = try tracking.server.server()
    let sync = RunSync(
      server: server, environment: ProcessInfo.processInfo.environment, includesLast: includesLast)
    var hasFailed = false
    for run in try runs.withoutLogs() {
      do {
        let hasServer = try server != nil || RunSync.isKnown(run)
        try send(run, sync, isEventsOnly: tracking.writesEvents && !hasServer)
      } catch let error as TrackingError {
        if error.isStop {
          Terminal.writeError("stopped; the same command goes on\n")
          throw ExitCode(StopSignals.exitStatus)
        }
        // What was asked for is at fault, or there is nothing to go on with.
        if runs.count == 1 || error.isRequestAtFault { throw error }
        Terminal.writeError(error.description, of: "grf-train")
        hasFailed = true
        if error.isOfServer, server != nil { break }
      }
    }
    if hasFailed { throw ExitCode.failure }
  }

  private func send(_ run: String, _ sync: RunSync, isEventsOnly: Bool) throws {
    if tracking.writesEvents {
      let record = try RunRecord(run)
      var file = try EventFile(in: record.path, start: record.start)
      let epochs = try file.add(record)
      try Terminal.print(["\(record.path): \(Format.count(epochs, "epoch")) written to \(file.path)"])
    }
    if isEventsOnly { return }
    let report = try sync.send(run) { StopSignals.isStopRequested }
    if let note = report.note { Terminal.writeError("note: \(report.run): \(note)".printable + "\n") }
    try Terminal.print(report.lines)
  }
}

extension RunSync.Report {
  var lines: [String] {
    let what =
      epochs == 0 && files == 0
      ? "nothing new" : "\(Format.count(epochs, "epoch")) and \(Format.count(files, "file")) sent"
    return ["\(run): \(what), \(status.rawValue.lowercased())", "  \(page.printable)"]
  }
}
