/// How many words of a transcript stand in the same order among the words of its segment.
enum Agreement {
  /// The words of a text as they are compared: lower case, letters and digits only; what has neither is no word.
  static func words(of text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map { word(String($0)) }.filter { !$0.isEmpty }
  }

  static func word(_ text: String) -> String {
    String(text.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  /// The length of the longest common subsequence.
  ///
  /// - Complexity: O(first · second).
  static func matches(_ first: some Collection<Int>, _ second: [Int]) -> Int {
    var lengths = Array(repeating: 0, count: second.count + 1)
    for word in first {
      var diagonal = 0
      for (index, other) in second.enumerated() {
        let above = lengths[index + 1]
        lengths[index + 1] = word == other ? diagonal + 1 : max(above, lengths[index])
        diagonal = above
      }
    }
    return lengths[second.count]
  }
}
