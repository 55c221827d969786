/// Where a conversion tells how far it is; called from any thread.
package struct ProgressReport: Sendable {
  package enum Stage: String, Sendable, CaseIterable {
    /// `verifying`: of datasets that another one is made of.
    case verifying, sizing, reading, syncing
  }

  /// A stage begins; `total` bytes of work, or nil where that is not known.
  package var begin: @Sendable (Stage, _ total: Int?) -> Void
  /// Bytes of work done since the last call.
  package var advance: @Sendable (_ bytes: Int) -> Void

  package init(
    begin: @escaping @Sendable (Stage, Int?) -> Void, advance: @escaping @Sendable (Int) -> Void
  ) {
    self.begin = begin
    self.advance = advance
  }

  package static let none = ProgressReport(begin: { _, _ in }, advance: { _ in })
}
