internal import Files
public import JSONValues

/// Something that is wrong with a dataset, and the samples that it concerns.
public struct Finding: Sendable, Equatable {
  public let error: ShardError
  /// The first and the last sample that the damaged part holds anything of; nil where it cannot be told.
  public let firstSample: String?
  public let lastSample: String?

  init(_ error: ShardError, firstSample: String? = nil, lastSample: String? = nil) {
    self.error = error
    self.firstSample = firstSample
    self.lastSample = lastSample
  }

  /// The name of the file.
  public var file: String { Path.name(of: error.path) }

  /// The damaged tensor, where it is one.
  public var tensor: String? { error.tensor }

  public var json: JSONValue {
    [
      "file": .string(file), "tensor": tensor.map { .string($0) } ?? .null,
      "first_sample": firstSample.map { .string($0) } ?? .null,
      "last_sample": lastSample.map { .string($0) } ?? .null, "problem": .string(error.problem),
    ]
  }
}

extension Finding: CustomStringConvertible {
  public var description: String {
    guard let firstSample, let lastSample else { return error.description }
    let samples = firstSample == lastSample ? "sample \(firstSample)" : "samples \(firstSample) to \(lastSample)"
    return "\(error.path): \(error.problem) (\(samples)); \(error.remedy)"
  }
}

extension ShardError {
  /// The tensor that the error is about.
  var tensor: String? {
    switch self {
    case .malformedTensor(_, let tensor, _), .unknownType(_, let tensor, _), .sizeOverflow(_, let tensor),
      .sizeMismatch(_, let tensor, _, _), .overlap(_, let tensor, _, _), .hole(_, let tensor, _, _),
      .misalignedTensor(_, let tensor, _), .oversizedPadding(_, let tensor, _), .missingTensor(_, let tensor),
      .superfluousTensor(_, let tensor), .tensorOrder(_, let tensor), .wrongType(_, let tensor, _, _),
      .wrongShape(_, let tensor, _, _), .offsetsStart(_, let tensor, _), .offsetsDecrease(_, let tensor, _),
      .offsetsEnd(_, let tensor, _, _), .blockChecksum(_, let tensor, _, _, _), .malformedChecksum(_, let tensor, _),
      .invalidBool(_, let tensor, _, _), .paddingNotZero(_, let tensor), .uncheckedBlock(_, let tensor, _):
      tensor
    case .invalidID: ShardSchema.idName
    default: nil
    }
  }
}
