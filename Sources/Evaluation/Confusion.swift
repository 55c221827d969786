/// How often each class was predicted, was right, and was both.
///
/// F1 as scikit-learn's `f1_score` computes it: classes that neither labels nor predictions have are left out.
struct Confusion {
  private var predicted: [Int]
  private var actual: [Int]
  private var hits: [Int]
  private var count = 0

  init(classes: Int) {
    predicted = Array(repeating: 0, count: classes)
    actual = predicted
    hits = predicted
  }

  mutating func add(predicted class: Int, actual label: Int) {
    predicted[`class`] += 1
    actual[label] += 1
    if `class` == label { hits[label] += 1 }
    count += 1
  }

  /// Nil where nothing was added, as are the others.
  var accuracy: Double? { count == 0 ? nil : Double(hits.reduce(0, +)) / Double(count) }

  /// The mean over the classes that occur.
  var macroF1: Double? {
    count == 0 ? nil : occurring.reduce(0) { $0 + f1($1) } / Double(occurring.count)
  }

  /// The mean weighted by how many labels each class has.
  var weightedF1: Double? {
    count == 0 ? nil : occurring.reduce(0) { $0 + f1($1) * Double(actual[$1]) } / Double(count)
  }

  private var occurring: [Int] { actual.indices.filter { actual[$0] + predicted[$0] > 0 } }

  /// Twice the hits over labels and predictions together: the harmonic mean of precision and recall.
  private func f1(_ class: Int) -> Double { Double(2 * hits[`class`]) / Double(actual[`class`] + predicted[`class`]) }
}
