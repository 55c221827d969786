import Retrieval
import TestSupport
import Testing

@Suite struct `A mirror` {
  private static let file = Recipe.cmuMOSI.files[10]

  @Test(arguments: ["http://example.org/csd", "http://example.org/csd/"])
  func `on a server is looked for in three layouts`(text: String) throws {
    let places = try Mirror(parsing: text).places(of: Self.file)
    let paths = ["CMU-MOSI/labels/", "labels/", ""].map { "http://example.org/csd/\($0)CMU_MOSI_Opinion_Labels.csd" }
    #expect(places == paths.map { .url($0) })
  }

  @Test func `of the authors has the published tree`() {
    let places = Mirror.published.places(of: Self.file)
    let url = "http://immortal.multicomp.cs.cmu.edu/CMU-MOSI/labels/CMU_MOSI_Opinion_Labels.csd"
    #expect(places == [.url(url)])
  }

  @Test func `may be a folder, by its path or its URL`() throws {
    let folder = try TemporaryFolder()
    for text in [folder.path, "file://" + folder.path, "file://localhost" + folder.path, "FILE://" + folder.path] {
      let places = try Mirror(parsing: text).places(of: Self.file)
      #expect(places.last == .file(folder.file(Self.file.name)))
    }
  }

  @Test(arguments: [
    "ftp://example.org/", "http://", "http:///csd", "https://?", "http://example.org/?key=1", "http://example.org/#a",
    "http://example.org/a b", "http://example.org/ü", "http://example.org/\n", "file://", "file://server/csd",
    "file:///%zz", "file:///%00", "", "/no/such/folder", "/etc/hostname", "file:///no/such/folder",
  ])
  func `is refused where it cannot be one`(text: String) {
    #expect { try Mirror(parsing: text) } throws: {
      guard let error = $0 as? RetrievalError, case .badMirror(text, _) = error else { return false }
      return error.isRequestAtFault
    }
  }

  @Test func `does not tell its password`() throws {
    let mirror = try Mirror(parsing: "https://me:secret@example.org/a@b/")
    #expect(mirror.description == "https://example.org/a@b/")
    #expect(mirror.places(of: Self.file)[2].description == "https://example.org/a@b/CMU_MOSI_Opinion_Labels.csd")
    #expect(mirror.places(of: Self.file)[2] == .url("https://me:secret@example.org/a@b/CMU_MOSI_Opinion_Labels.csd"))
  }
}
