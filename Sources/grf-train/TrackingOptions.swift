import ArgumentParser
import Foundation
import Tracking

/// Where a run is followed.
struct TrackingOptions: ParsableArguments {
  @OptionGroup
  var server: ServerOption

  @Flag(name: .customLong("tensorboard"), help: "Write what TensorBoard reads into the run's folder.")
  var writesEvents = false
}

/// An MLflow tracking server.
struct ServerOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Send runs to this MLflow tracking server (default: $MLFLOW_TRACKING_URI).", valueName: "uri"))
  var mlflow: String?

  /// Nil where neither the option nor the environment names one.
  func server() throws -> MLflowServer? {
    try MLflowServer.find(option: mlflow, environment: ProcessInfo.processInfo.environment)
  }
}
