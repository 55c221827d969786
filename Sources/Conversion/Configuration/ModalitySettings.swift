package import JSONValues
package import Preprocessing
package import Shards

/// What happens to values that are NaN or infinite.
public enum NonfinitePolicy: String, Sendable, CaseIterable {
  /// 0 is stored: under z-scores the train mean.
  case zero
  /// 0 is stored, and the frame is marked invalid.
  case mask
  /// The conversion stops and names the place.
  case error
}

/// All that is done to one modality.
public struct ModalitySettings: Sendable, Equatable {
  /// Rows by which values come too late; nil for none.
  package var lag: Int?
  /// Nil where frames are not aligned to the rows of another root.
  package var alignment: AlignmentRules?
  /// Columns as the user wrote them; nil for all.
  package var select: String?
  package var rules = FrameRules()
  package var nonfinite = NonfinitePolicy.zero
  package var normalization = Manifest.Normalization.zscore
  /// Normalized values are held within ±this; nil for none.
  package var clip: Double?
  package var type = ElementType.f32

  package init() {}

  /// Whether frames are made of any number of rows, and so Doubles until they are normalized.
  package var combinesRows: Bool { rules.rate != nil || alignment != nil }

  /// The canonical form that stands in a manifest; columns by number. A lag, an alignment and a clip stand there
  /// only where there is one.
  package func json(columns: [Int]?) -> JSONValue {
    var json: JSONObject = [
      "select": columns.map { JSONValue($0) } ?? .null, "drop_zero_frames": JSONValue(rules.dropsZeroFrames),
      "rate": JSONValue(rules.rate), "max_frames": rules.maxFrames.map { JSONValue($0) } ?? .null,
      "keep": JSONValue(rules.keep.rawValue), "nonfinite": JSONValue(nonfinite.rawValue),
      "normalize": JSONValue(normalization.rawValue), "dtype": JSONValue(type.rawValue),
    ]
    if let lag { json["lag"] = JSONValue(lag) }
    if let clip { json["clip"] = JSONValue(clip) }
    if let alignment {
      json["collapse"] = .string(alignment.collapse.rawValue)
      json["align_missing"] = .string(alignment.missing.rawValue)
    }
    return .object(json)
  }

  /// Reads ``json(columns:)`` back; nil where it is none.
  package init?(json: JSONValue) {
    guard let drops = json["drop_zero_frames"]?.bool, let keep = json["keep"]?.string.flatMap(FrameRules.Keep.init),
      let nonfinite = json["nonfinite"]?.string.flatMap(NonfinitePolicy.init),
      let normalization = json["normalize"]?.string.flatMap(Manifest.Normalization.init),
      let type = json["dtype"]?.string.flatMap(ElementType.init)
    else { return nil }
    if let rate = json["rate"]?.number, !(rate > 0) { return nil }
    if let frames = json["max_frames"]?.integer, frames < 1 { return nil }
    if let lag = json["lag"] {
      guard let rows = lag.integer, LaggedRows.lags.contains(rows) else { return nil }
      self.lag = rows
    }
    if let clip = json["clip"] {
      guard let limit = clip.number, limit > 0 else { return nil }
      self.clip = limit
    }
    if let text = json["collapse"] {
      guard let collapse = text.string.flatMap(Collapse.init),
        let missing = json["align_missing"]?.string.flatMap(AlignmentRules.Missing.init)
      else { return nil }
      alignment = AlignmentRules(collapse: collapse, missing: missing)
    }
    select = json["select"]?.array.map { $0.compactMap { $0.integer.map(String.init) }.joined(separator: ",") }
    rules.dropsZeroFrames = drops
    rules.rate = json["rate"]?.number
    rules.maxFrames = json["max_frames"]?.integer
    rules.keep = keep
    self.nonfinite = nonfinite
    self.normalization = normalization
    self.type = type
  }
}
