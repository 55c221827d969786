internal import JSONValues

extension Manifest {
  /// What aligning the modalities to the rows of one root came to.
  public struct Alignment: Sendable, Equatable {
    /// The root whose rows they were aligned to.
    public var root: String
    /// Samples whose modalities are not all equally long.
    public var unevenSamples: Int
    /// By modality: frames that stand for rows which none of its own overlaps; stored as 0, or as no text, and invalid.
    public var imputed: [String: Int]

    public init(root: String, unevenSamples: Int, imputed: [String: Int]) {
      self.root = root
      self.unevenSamples = unevenSamples
      self.imputed = imputed
    }

    init(_ fields: Fields) throws(ShardError) {
      self.init(
        root: try fields.string("root"), unevenSamples: try fields.count("uneven_samples"),
        imputed: try fields.named("imputed"))
    }

    var json: JSONValue {
      var counts = JSONObject()
      for (name, count) in imputed.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        counts[name] = JSONValue(count)
      }
      return ["root": .string(root), "uneven_samples": JSONValue(unevenSamples), "imputed": .object(counts)]
    }
  }
}
