internal import Foundation

/// Where this project's files lie, to find fixtures, tools and real data.
package enum Project {
  package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path(percentEncoded: false)

  package static func file(_ path: String) -> String { root + (root.hasSuffix("/") ? "" : "/") + path }

  /// The file that holds every oddity.
  package static let fixture = file("fixtures/raw.csd")
}
