public import JSONValues

/// The range of a modality's values in the split that normalization was fitted on.
public struct ValueRange: Sendable, Equatable {
  public let modality: String
  public let normalization: Manifest.Normalization
  public let dimensions: Int
  /// Dimensions whose least and greatest value are the same, or that have no finite value: only shifted, or not at all.
  public let constant: Int
  /// The least and the greatest value of all dimensions before and after normalization; nil where none is finite.
  public let before: ClosedRange<Double>?
  public let after: ClosedRange<Double>?
  /// What normalized values were clipped to, if at all: ``after`` lies within.
  public let clip: Manifest.Clip?

  /// Nil for tokens.
  init?(_ modality: Manifest.Modality) {
    guard let statistics = modality.statistics, let scaling = modality.scaling else { return nil }
    self.modality = modality.name
    normalization = modality.normalization
    dimensions = modality.dimension
    var constant = 0
    var before: ClosedRange<Double>?
    var after: ClosedRange<Double>?
    for d in 0..<modality.dimension {
      guard let least = statistics.min[d], let greatest = statistics.max[d], least < greatest else {
        constant += 1
        if let value = statistics.min[d] {
          before = before.joined(value...value)
          after = after.joined(scaling.normalized(value, dimension: d)...scaling.normalized(value, dimension: d))
        }
        continue
      }
      before = before.joined(least...greatest)
      after = after.joined(scaling.normalized(least, dimension: d)...scaling.normalized(greatest, dimension: d))
    }
    self.constant = constant
    self.before = before
    clip = modality.clip
    self.after = clip.map { clip in after?.clamped(to: -clip.limit...clip.limit) } ?? after
  }

  public var json: JSONValue {
    [
      "modality": .string(modality), "normalization": .string(normalization.rawValue),
      "dimensions": JSONValue(dimensions), "constant": JSONValue(constant), "before": Self.json(before),
      "after": Self.json(after),
    ]
  }

  private static func json(_ range: ClosedRange<Double>?) -> JSONValue {
    range.map { JSONValue([$0.lowerBound, $0.upperBound]) } ?? .null
  }
}

extension ClosedRange<Double>? {
  /// The smallest range that holds this one and `other`.
  fileprivate func joined(_ other: ClosedRange<Double>) -> ClosedRange<Double> {
    guard let self else { return other }
    return min(self.lowerBound, other.lowerBound)...max(self.upperBound, other.upperBound)
  }
}
