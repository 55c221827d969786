extension Recipe {
  /// Three segments in two videos: `a[0]` 0–2 s, `a[1]` 2–4 s, `b[0]` 0–2 s.
  static let opinions = Recipe.labels([
    ("a", [(0, 2, 1.5), (2, 4, -0.5)]), ("b", [(0, 2, 3)]),
  ])

  /// Four frames of `a`, two of `b`, of two dimensions.
  static let sounds = Recipe.frames(
    "COVAREP", [("a", [[1, 10], [2, 20], [3, 30], [4, 40]]), ("b", [[5, 50], [6, 60]])], names: ["f0", "voiced"])

  static let speech = Recipe.tokens("words", [("a", ["so", "sp", "", "well"]), ("b", ["é", "sp"])])
}
