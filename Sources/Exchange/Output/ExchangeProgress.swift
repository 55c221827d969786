/// Where an export or an import tells how far it is.
package struct ExchangeProgress {
  /// A stage begins, with so much work in all.
  package var begin: (_ title: String, _ total: Int) -> Void
  /// Work done since the last call.
  package var advance: (_ count: Int) -> Void

  package init(begin: @escaping (String, Int) -> Void, advance: @escaping (Int) -> Void) {
    self.begin = begin
    self.advance = advance
  }

  package static var none: ExchangeProgress { ExchangeProgress(begin: { _, _ in }, advance: { _ in }) }
}
