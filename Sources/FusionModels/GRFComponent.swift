/// What an ablation of GRF leaves out or replaces.
package enum GRFComponent: String, Sendable, CaseIterable {
  /// Nothing.
  case full
  /// The gate, by the mean (h + n) / 2.
  case meanForGate = "no-gate-mean"
  /// The gate, by the sum h + n.
  case sumForGate = "no-gate-sum"
  /// The gate, by a linear map of [h; n].
  case linearForGate = "no-gate-concat"
  /// The second decoder: n is the mean of the coded projection.
  case oneWay = "one-way"
  /// Both decoders, with the position code before them: h and n are the means of state and projection.
  case noCross = "no-cross"
  /// The auxiliary head, and its loss.
  case noAuxiliary = "no-auxiliary"

  var hasGate: Bool { ![.meanForGate, .sumForGate, .linearForGate].contains(self) }
  var hasFirstDecoder: Bool { self != .noCross }
  var hasSecondDecoder: Bool { hasFirstDecoder && self != .oneWay }
}
