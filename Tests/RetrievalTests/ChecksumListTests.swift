import Files
import Retrieval
import TestSupport
import Testing

@Suite struct `A list of digests` {
  private static let digest = String(repeating: "0123456789abcdef", count: 4)
  private var digest: String { Self.digest }

  private func list(_ text: String) -> ChecksumList { ChecksumList(parsing: Array(text.utf8)) }

  @Test(arguments: [
    ("\(digest)  a.csd\n", "a.csd"), ("\(digest) *a.csd\n", "a.csd"), ("\(digest.uppercased())  a.csd", "a.csd"),
    ("\(digest)  a.csd\r\n", "a.csd"), ("\(digest)   two  spaces ", " two  spaces "),
    ("\\\(digest)  a\\nb\\\\c\\rd\n", "a\nb\\c\rd"), ("\(digest)  a\\nb\n", "a\\nb"),
  ])
  func `is read as sha256sum reads it`(text: String, name: String) {
    #expect(list(text).digests(of: name) == [digest])
  }

  @Test(arguments: [
    "", "\n\n", "# a comment", "\(digest)", "\(digest)  ", "\(digest) a.csd", "\(digest.dropLast())  a.csd",
    "\(digest)0  a.csd", "g\(digest.dropFirst())  a.csd", "\\\(digest)  a\\x", "SHA256 (a.csd) = \(digest)",
  ])
  func `keeps lines that are no digests`(text: String) {
    var list = list(text)
    #expect(list.digests(of: "a.csd").isEmpty)
    list.record(digest, of: "b.csd")
    let kept = text.split(separator: "\n").map { $0 + "\n" }.joined()
    #expect(String(decoding: list.bytes, as: UTF8.self) == kept + "\(digest)  b.csd\n")
  }

  @Test func `is written in the order of the names' bytes`() {
    var list = list("\(digest)  b\n\(digest)  ä\n\(digest)  B\n")
    list.record(digest, of: "a")
    #expect(String(decoding: list.bytes, as: UTF8.self) == ["B", "a", "b", "ä"].map { "\(digest)  \($0)\n" }.joined())
  }

  @Test func `tells where it contradicts itself, until the file is recorded`() {
    let other = String(repeating: "f", count: 64)
    var list = list("\(digest)  a\n\(other)  a\n")
    #expect(list.digests(of: "a") == [digest, other])
    list.record(other, of: "a")
    #expect(list.digests(of: "a") == [other])
  }

  @Test func `takes two spellings of one letter for two files`() {
    var list = list("\(digest)  \u{E9}\n")
    #expect(list.digests(of: "e\u{301}").isEmpty)
    list.record(digest, of: "e\u{301}")
    #expect(list.bytes.count == 2 * (64 + 2 + 1) + 2 + 3)
  }

  @Test(arguments: ["plain.csd", "with space", "back\\slash", "new\nline", "line\r", "ü", "*", " "])
  func `agrees with sha256sum on names`(name: String) throws {
    let folder = try TemporaryFolder()
    let file = try File(creating: folder.file(name))
    try file.write("hello", at: 0)
    let theirs = try Program.shell.run(["-c", "cd \"$1\" && sha256sum -- \"$2\"", "sh", folder.path, name])
    #expect(theirs.status == 0)
    let list = list(theirs.output)
    #expect(list.digests(of: name) == ["2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"])
    let sums = try File(creating: folder.file("SHA256SUMS"))
    try sums.write(list.bytes, at: 0)
    #expect(try Program.shell.run(["-c", "cd \"$1\" && sha256sum -c SHA256SUMS", "sh", folder.path]).status == 0)
  }
}
