/// A figure that this field compares models by; raw values are the names in files.
///
/// Labels are sentiments, −3 (very negative) to 3 (very positive). Values are rounded half to even.
public enum Metric: String, Sendable, CaseIterable {
  /// The mean absolute error.
  case mae
  /// Pearson's correlation of predictions and labels; 0 where either has no deviation.
  case corr
  /// The part of the samples on whose side of zero prediction and label agree, zero counted as positive.
  case acc2Has0 = "acc2_has0"
  /// Macro F1 of these two classes: the one that the GRF paper reports.
  case f1MacroHas0 = "f1_macro_has0"
  case f1WeightedHas0 = "f1_weighted_has0"
  /// As ``acc2Has0``, over the samples whose label is not zero; a prediction of zero counts as negative: what the MulT
  /// paper reports.
  case acc2Non0 = "acc2_non0"
  case f1MacroNon0 = "f1_macro_non0"
  case f1WeightedNon0 = "f1_weighted_non0"
  /// The part of the samples whose prediction and label are the same once clipped to ±2 and rounded.
  case acc5
  /// As ``acc5``, clipped to ±3.
  case acc7
  /// Macro F1 of the seven classes of ``acc7``.
  case f1Macro7 = "f1_macro_7"

  public var name: String { rawValue }

  /// A few words for tables.
  public var title: String {
    switch self {
    case .mae: "mean absolute error"
    case .corr: "correlation"
    case .acc2Has0: "accuracy, negative or not"
    case .f1MacroHas0: "macro F1, negative or not"
    case .f1WeightedHas0: "weighted F1, negative or not"
    case .acc2Non0: "accuracy, negative or positive"
    case .f1MacroNon0: "macro F1, negative or positive"
    case .f1WeightedNon0: "weighted F1, negative or positive"
    case .acc5: "accuracy, 5 classes"
    case .acc7: "accuracy, 7 classes"
    case .f1Macro7: "macro F1, 7 classes"
    }
  }

  public var isLowerBetter: Bool { self == .mae }
}
