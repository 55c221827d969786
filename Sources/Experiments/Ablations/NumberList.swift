/// Lists on the command line.
package enum NumberList {
  /// Seeds: a number of them, counted from 0, or a list that a comma makes one: `5`, `0,1,2`, `7,`.
  ///
  /// - Throws: ``ExperimentError/wrongList(option:wanted:found:)``.
  package static func seeds(_ text: String, option: String = "--seeds") throws(ExperimentError) -> [Int] {
    let wanted = "how many seeds (5), or a list of different ones (0,1,2)"
    let words = words(text)
    let numbers = words.compactMap { Int($0) }
    guard numbers.count == words.count, !numbers.isEmpty, numbers.allSatisfy({ $0 >= 0 }),
      Set(numbers).count == numbers.count
    else { throw .wrongList(option: option, wanted: wanted, found: text) }
    if text.contains(",") || numbers.count > 1 { return numbers }
    guard (1...10_000).contains(numbers[0]) else { throw .wrongList(option: option, wanted: wanted, found: text) }
    return Array(0..<numbers[0])
  }

  /// Kinds of labels: `2`, `7`, or `2,7`.
  ///
  /// - Throws: ``ExperimentError/wrongList(option:wanted:found:)``.
  package static func classes(_ text: String) throws(ExperimentError) -> [Int] {
    let words = words(text)
    let numbers = words.compactMap { Int($0) }
    guard numbers.count == words.count, !numbers.isEmpty, numbers.allSatisfy({ $0 == 2 || $0 == 7 }),
      Set(numbers).count == numbers.count
    else { throw .wrongList(option: "--classes", wanted: "2, 7 or 2,7", found: text) }
    return numbers
  }

  /// What commas or spaces part.
  static func words(_ text: String) -> [String] {
    text.split { $0 == "," || $0.isWhitespace }.map(String.init)
  }
}
