internal import PackedSequences

/// Orders of modalities on the command line.
package enum ModalityOrders {
  /// Nobody means more than 120 of them.
  private static let greatest = 5

  /// `all`: every order of the standard one's modalities; or orders parted by semicolons: `text,audio;audio,text`.
  ///
  /// - Parameters:
  ///   - text: nil for the standard order alone.
  ///   - standard: the standard order.
  ///   - modalities: all that there are.
  /// - Throws: ``ExperimentError``.
  package static func parse(
    _ text: String?, standard: [String], among modalities: [String]
  ) throws(ExperimentError) -> [[String]] {
    guard let text else { return [standard] }
    if text == "all" {
      guard standard.count <= greatest else { throw .tooManyOrders(modalities: standard.count) }
      return permutations(standard)
    }
    var orders: [[String]] = []
    for piece in text.split(separator: ";") {
      let names = NumberList.words(String(piece))
      for name in names where !modalities.contains(name) {
        throw .unknownName(
          option: "--orders", name: name, hint: NearestName.hint(name, in: modalities), known: modalities)
      }
      guard names.count >= 2, Set(names).count == names.count else {
        throw .wrongList(
          option: "--orders", wanted: "all, or orders of two or more different modalities, as in text,audio;audio,text",
          found: String(piece))
      }
      if !orders.contains(names) { orders.append(names) }
    }
    guard !orders.isEmpty else {
      throw .wrongList(option: "--orders", wanted: "all, or orders such as text,audio;audio,text", found: text)
    }
    return orders
  }

  /// Every order of the names: at first the one that is given, the last name changing fastest.
  package static func permutations(_ names: [String]) -> [[String]] {
    if names.count < 2 { return [names] }
    return names.indices.flatMap { first in
      var rest = names
      let name = rest.remove(at: first)
      return permutations(rest).map { [name] + $0 }
    }
  }
}
