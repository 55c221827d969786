internal import JSONValues

/// Which version of what a download's bytes belong to.
struct Origin: Equatable {
  /// Without a name and password: it is written down.
  let url: String
  private let entityTag: String?
  private let lastModified: String?
  /// The bytes of the whole, where the server told.
  let length: Int?

  init(url: String, _ head: HTTPHead) {
    self.url = URLText.withoutCredentials(url)
    entityTag = head["ETag"]
    lastModified = head["Last-Modified"]
    length = head.totalLength
  }

  /// What to hold a server to that is asked for the rest; nil where it gave nothing to hold it to, so that only the whole
  /// can be asked for. A weak tag is no promise of equal bytes.
  var validator: String? {
    guard let entityTag, entityTag.hasPrefix("\""), entityTag.hasSuffix("\""), entityTag.utf8.count > 1 else {
      return lastModified
    }
    return entityTag
  }

  /// Whether nothing says that `other` is another version.
  func agrees(with other: Origin) -> Bool {
    func agree<Value: Equatable>(_ left: Value?, _ right: Value?) -> Bool {
      left == nil || right == nil || left == right
    }
    return agree(entityTag, other.entityTag) && agree(lastModified, other.lastModified) && agree(length, other.length)
  }
}

/// What stands beside a partial file: of what it is the beginning, and how much of it a crash of the machine leaves.
struct PartialNotes: Equatable {
  var origin: Origin
  /// Bytes that are on the disk for sure.
  var synced: Int
  /// The run of the machine in which the rest was written; nil where the system does not tell.
  var run: String?

  /// Of `size` bytes in the file, those that can be built upon.
  func usable(of size: Int, now: String?) -> Int { run == now ? size : min(size, synced) }
}

extension PartialNotes {
  var json: JSONValue {
    func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    return [
      "url": .string(origin.url), "etag": text(origin.entityTagText), "last_modified": text(origin.lastModifiedText),
      "length": origin.length.map { JSONValue($0) } ?? .null, "synced": JSONValue(synced), "run": text(run),
    ]
  }

  init?(_ json: JSONValue) {
    guard let url = json["url"]?.string, let synced = json["synced"]?.integer, synced >= 0 else { return nil }
    let length = json["length"]?.integer
    if let length, length < 0 { return nil }
    origin = Origin(
      url: url, entityTag: json["etag"]?.string, lastModified: json["last_modified"]?.string, length: length)
    self.synced = synced
    run = json["run"]?.string
  }
}

extension Origin {
  fileprivate var entityTagText: String? { entityTag }
  fileprivate var lastModifiedText: String? { lastModified }

  fileprivate init(url: String, entityTag: String?, lastModified: String?, length: Int?) {
    self.url = url
    self.entityTag = entityTag
    self.lastModified = lastModified
    self.length = length
  }
}
