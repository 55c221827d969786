/// Tokens that say nothing: no text, or the SDK's mark for a pause.
package enum EmptyToken {
  package static func matches(_ token: Span<UInt8>) -> Bool {
    token.isEmpty || (token.count == 2 && token[0] == UInt8(ascii: "s") && token[1] == UInt8(ascii: "p"))
  }
}
