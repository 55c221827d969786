/// What a server is asked for.
package struct HTTPRequest: Equatable, Sendable {
  package var url: String
  /// Fields of the head, besides those that every request has.
  package var fields: [(name: String, value: String)] = []

  package init(_ url: String) { self.url = url }

  package static func == (left: Self, right: Self) -> Bool {
    left.url == right.url && left.fields.elementsEqual(right.fields, by: ==)
  }
}

/// Who takes an answer's body, on the thread of the request.
package protocol HTTPReceiver: AnyObject {
  /// Takes the next bytes of the body of a successful answer (200 or 206). What it throws ends the request.
  func take(_ bytes: RawSpan, of head: HTTPHead) throws(RetrievalError)
}
