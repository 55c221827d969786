internal import Foundation

/// URLs as text.
package enum URLText {
  /// The scheme in lower case, or nil where the text is no URL.
  package static func scheme(of url: String) -> String? {
    guard let range = url.firstRange(of: "://") else { return nil }
    let scheme = url[..<range.lowerBound]
    guard scheme.first?.isLetter == true,
      scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
    else { return nil }
    return scheme.lowercased()
  }

  /// The URL without the user's name and password, for messages.
  package static func withoutCredentials(_ url: String) -> String {
    guard let start = url.firstRange(of: "://")?.upperBound else { return url }
    let authority = url[start...].prefix { !"/?#".contains($0) }
    guard let at = authority.lastIndex(of: "@") else { return url }
    return String(url[..<start] + url[url.index(after: at)...])
  }

  /// The user's name and password in a URL, decoded; nil where there are none.
  package static func credentials(of url: String) -> (name: String, password: String)? {
    guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
    let authority = url[start...].prefix { !"/?#".contains($0) }
    guard let at = authority.lastIndex(of: "@") else { return nil }
    let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map {
      $0.removingPercentEncoding ?? String($0)
    }
    return (parts[0], parts.count > 1 ? parts[1] : "")
  }

  /// A text as one segment of a URL's path, or a value of its query: everything but letters, digits and `-._~` encoded.
  package static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      let character = Character(Unicode.Scalar(byte))
      if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
        return String(character)
      }
      let digits = String(byte, radix: 16, uppercase: true)
      return "%" + (digits.count == 1 ? "0" : "") + digits
    }.joined()
  }

  /// Holds a redirection against the rules: only to HTTP and HTTPS, and never from HTTPS back to HTTP.
  static func checkRedirection(from url: String, to target: String) throws(RetrievalError) {
    let next = scheme(of: target)
    if next == "https" || (next == "http" && scheme(of: url) == "http") { return }
    throw .unsafeRedirection(to: withoutCredentials(target))
  }
}
