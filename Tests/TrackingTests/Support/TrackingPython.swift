import Foundation
import TestSupport

/// A Python with MLflow and TensorBoard, to hold what we send and write against what they read.
///
/// The environment variable `GRF_TRACKING_PYTHON` says where it is; `tools/setup --tracking` makes one in
/// `.build/tracking`.
enum TrackingPython {
  static let path = ProcessInfo.processInfo.environment["GRF_TRACKING_PYTHON"]
  static let isMissing = path == nil
  static let skipReason = "GRF_TRACKING_PYTHON names no Python with mlflow and tensorboard (tools/setup --tracking)"

  struct Missing: Error {}

  static func program() throws -> Program {
    guard let path else { throw Missing() }
    return Program(path: path)
  }
}
