extension Manifest {
  /// What the manifest says of a modality.
  public struct Modality: Sendable, Equatable {
    public var name: String
    /// The root of the computational sequence that it came from.
    public var root: String
    /// Values a frame; 0 for tokens.
    public var dimension: Int
    /// As many as ``dimension``, or nil where the source names none.
    public var dimensionNames: [String]?
    public var content: Content
    /// Frames a second, where the modality was resampled.
    public var rate: Double?
    public var normalization: Normalization
    /// Nil for tokens.
    public var statistics: Statistics?
    /// Frames that preprocessing took out of samples, by reason.
    public var framesDropped: [String: Int]
    /// Nil for tokens.
    public var nonfinite: Nonfinite?
    /// Nil where nothing was clipped after normalization.
    public var clip: Clip?

    public init(
      name: String, root: String, dimension: Int, dimensionNames: [String]?, content: Content, rate: Double?,
      normalization: Normalization, statistics: Statistics?, framesDropped: [String: Int], nonfinite: Nonfinite?,
      clip: Clip? = nil
    ) {
      self.name = name
      self.root = root
      self.dimension = dimension
      self.dimensionNames = dimensionNames
      self.content = content
      self.rate = rate
      self.normalization = normalization
      self.statistics = statistics
      self.framesDropped = framesDropped
      self.nonfinite = nonfinite
      self.clip = clip
    }

    public var schema: ModalitySchema {
      switch content {
      case .values(let type): ModalitySchema(name: name, content: .values(type, dimension: dimension))
      case .tokens: ModalitySchema(name: name, content: .tokens)
      }
    }
  }

  /// How frames are stored: the manifest's `dtype`.
  public enum Content: Sendable, Equatable {
    case values(ElementType)
    case tokens

    init?(_ dtype: String) {
      if dtype == "tokens" {
        self = .tokens
      } else if let type = ElementType(rawValue: dtype) {
        self = .values(type)
      } else {
        return nil
      }
    }

    public var dtype: String {
      switch self {
      case .values(let type): type.rawValue
      case .tokens: "tokens"
      }
    }
  }

  public enum Normalization: String, Sendable, CaseIterable {
    case none
    /// To mean 0 and standard deviation 1 in train.
    case zscore
    /// Train to [0, 1].
    case minmax
    /// To median 0 and an interquartile range of 1 in train.
    case robust
  }

  /// Normalized values were held within ±``limit``.
  public struct Clip: Sendable, Equatable {
    /// Above 0: standard deviations under z-scores, interquartile ranges under ``Normalization/robust``.
    public var limit: Double
    /// How many values of all samples of all splits lay beyond it.
    public var values: Int

    public init(limit: Double, values: Int) {
      self.limit = limit
      self.values = values
    }
  }

  /// Of each dimension, over the valid frames and finite values of the split that normalization was fitted on; ``nan``,
  /// ``posinf`` and ``neginf`` count the source's values instead, before averaging and in masked frames as well. All
  /// arrays have the modality's dimension.
  public struct Statistics: Sendable, Equatable {
    /// Finite values.
    public var count: [Int]
    /// 0 where there is no finite value.
    public var mean: [Double]
    /// The population standard deviation.
    public var std: [Double]
    /// Nil where there is no finite value, as in ``max``.
    public var min: [Double?]
    public var max: [Double?]
    public var nan: [Int]
    public var posinf: [Int]
    public var neginf: [Int]
    /// There under ``Normalization/robust`` only.
    public var quartiles: Quartiles?

    public init(
      count: [Int], mean: [Double], std: [Double], min: [Double?], max: [Double?], nan: [Int], posinf: [Int],
      neginf: [Int], quartiles: Quartiles? = nil
    ) {
      self.count = count
      self.mean = mean
      self.std = std
      self.min = min
      self.max = max
      self.nan = nan
      self.posinf = posinf
      self.neginf = neginf
      self.quartiles = quartiles
    }
  }

  /// The exact quartiles of each dimension, interpolated linearly between neighbours. Nil where there is no finite value.
  public struct Quartiles: Sendable, Equatable {
    public var q1: [Double?]
    public var median: [Double?]
    public var q3: [Double?]

    public init(q1: [Double?], median: [Double?], q3: [Double?]) {
      self.q1 = q1
      self.median = median
      self.q3 = q3
    }
  }

  /// Values that were not finite once they were read as binary32, over all samples of all splits.
  public struct Nonfinite: Sendable, Equatable {
    public var nan: Int
    public var posinf: Int
    public var neginf: Int
    /// Those of the infinities that were finite in the source, but beyond binary32.
    public var f32Overflow: Int

    public init(nan: Int = 0, posinf: Int = 0, neginf: Int = 0, f32Overflow: Int = 0) {
      self.nan = nan
      self.posinf = posinf
      self.neginf = neginf
      self.f32Overflow = f32Overflow
    }
  }
}
