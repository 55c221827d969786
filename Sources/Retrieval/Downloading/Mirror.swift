internal import Files
internal import Foundation

/// A place that holds a dataset's files: a server, or a folder of this machine.
package struct Mirror: Equatable, Sendable {
  package enum Root: Equatable, Sendable {
    /// A URL that ends in a slash.
    case server(String)
    case folder(String)
  }

  /// How the files lie below the root.
  package enum Layout: CaseIterable, Sendable {
    /// `CMU-MOSI/labels/NAME.csd`, as published.
    case tree
    /// `labels/NAME.csd`.
    case kinds
    /// `NAME.csd`.
    case flat
  }

  /// Where one file may be.
  package enum Place: Equatable, Sendable {
    case url(String)
    case file(String)
  }

  let root: Root
  let layouts: [Layout]

  init(root: Root, layouts: [Layout]) {
    self.root = root
    self.layouts = layouts
  }

  /// - Parameter text: an `http`, `https` or `file` URL of a folder, or the path of one.
  package init(parsing text: String) throws(RetrievalError) {
    layouts = Layout.allCases
    switch URLText.scheme(of: text) {
    case nil: root = try .folder(Self.folder(text, text))
    case "http", "https":
      let rest = text[(text.firstRange(of: "://")?.upperBound ?? text.startIndex)...]
      guard let first = rest.first, !"/?#".contains(first) else {
        throw .badMirror(text, reason: "no server is named; give http://SERVER/FOLDER/")
      }
      if text.contains("?") || text.contains("#") {
        throw .badMirror(text, reason: "a mirror is a folder, so its URL has neither ? nor #")
      }
      guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw .badMirror(text, reason: "spaces and letters beyond ASCII must be written as %XX in a URL")
      }
      root = .server(text.hasSuffix("/") ? text : text + "/")
    case "file":
      let rest = text.dropFirst("file://".count)
      let path = rest.hasPrefix("localhost/") ? rest.dropFirst("localhost".count) : rest
      guard path.hasPrefix("/"), let plain = String(path).removingPercentEncoding, !plain.contains("\0") else {
        throw .badMirror(text, reason: "not understood; give file:///FOLDER, or the folder's path alone")
      }
      root = try .folder(Self.folder(plain, text))
    case .some: throw .badMirror(text, reason: "give an http, https or file URL, or the path of a folder")
    }
  }

  private static func folder(_ path: String, _ text: String) throws(RetrievalError) -> String {
    let status = try onDisk { () throws(FileError) in path.isEmpty ? nil : try FileStatus.of(path) }
    guard status?.isFolder == true else { throw .badMirror(text, reason: "no folder is there; check the path") }
    return path
  }

  /// Where the file may be, in the order in which to look.
  package func places(of file: RecipeFile) -> [Place] {
    layouts.map { layout in
      let path =
        switch layout {
        case .tree: file.path
        case .kinds: "\(file.kind.rawValue)/\(file.name)"
        case .flat: file.name
        }
      return switch root {
      case .server(let url): .url(url + path)
      case .folder(let folder): .file(Path.join(folder, path))
      }
    }
  }
}

extension Mirror: CustomStringConvertible {
  /// Without a name and password.
  package var description: String {
    switch root {
    case .server(let url): URLText.withoutCredentials(url)
    case .folder(let path): path
    }
  }
}

extension Mirror.Place: CustomStringConvertible {
  /// Without a name and password.
  package var description: String {
    switch self {
    case .url(let url): URLText.withoutCredentials(url)
    case .file(let path): path
    }
  }
}
