/// An error that tells whose fault it is: the request's (exit status 64) or the data's (1).
package protocol RequestError: Error {
  /// Whether the user asked for something that cannot be, whatever the data.
  var isRequestAtFault: Bool { get }
}
