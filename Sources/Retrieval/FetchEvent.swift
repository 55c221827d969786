/// What happens while files are fetched, in the order in which it happens to each of them.
package enum FetchEvent: Sendable {
  /// What is there already is read and held against its digest.
  case checking(RecipeFile)
  /// Bytes come from a place.
  ///
  /// - Parameters:
  ///   - there: bytes of it that were here already.
  ///   - total: the whole, where it is known.
  case began(RecipeFile, place: String, there: Int, total: Int?)
  case received(RecipeFile, bytes: Int)
  /// An attempt failed; the next one is made after so many seconds.
  case waiting(RecipeFile, place: String, RetrievalError, seconds: Double)
  /// Something that the user should know, though nothing failed by it.
  case noted(RecipeFile, String)
  case ended(FetchedFile)
}
