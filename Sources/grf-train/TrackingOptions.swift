import ArgumentParser
import Foundation
import Programs
import Terminals
import Tracking

/// Where a run is followed.
struct TrackingOptions: ParsableArguments {
  @OptionGroup
  var server: ServerOption

  @Flag(name: .customLong("tensorboard"), help: "Write what TensorBoard reads into the run's folder.")
  var writesEvents = false
}

extension TrackingOptions {
  /// Has the runs of an experiment tracked, each of which is a process of its own.
  ///
  /// - Returns: the options that each takes. The server's address, which may hold a password, is handed on in the
  ///   environment, which other users do not see.
  func handOn() throws -> [String] {
    let isUsable = try server.server() != nil
    ProgramEnvironment.set(MLflowServer.addressVariable, to: isUsable ? server.mlflow ?? environmentAddress : "")
    return writesEvents ? ["--tensorboard"] : []
  }

  private var environmentAddress: String {
    ProcessInfo.processInfo.environment[MLflowServer.addressVariable] ?? ""
  }
}

/// An MLflow tracking server.
struct ServerOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Send runs to this MLflow tracking server (default: $MLFLOW_TRACKING_URI).", valueName: "uri"))
  var mlflow: String?

  /// Nil where neither the option nor the environment names one.
  ///
  /// What MLflow's own programs understand, such as a folder for its files, may stand in the environment for other
  /// programs' sake: that is worth a warning, and keeps nobody from training.
  func server() throws -> MLflowServer? {
    do {
      return try MLflowServer.find(option: mlflow, environment: ProcessInfo.processInfo.environment)
    } catch {
      guard mlflow == nil, case .unusableAddress = error else { throw error }
      Terminal.writeError("grf-train: warning: \(error); nothing is sent\n")
      return nil
    }
  }
}
