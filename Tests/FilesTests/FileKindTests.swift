import Files
import TestSupport
import Testing

@Suite struct `What a file is` {
  /// Also of `grf_shards.kinds`.
  static let heads: [(kind: FileKind, head: [UInt8])] = [
    (.empty, []), (.lfsPointer, Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1".utf8)),
    (.webPage, Array("<!DOCTYPE html><html><head><title>Virus scan warning".utf8)),
    (.webPage, Array("\n\n <HTML>".utf8)), (.webPage, Array("<?xml version=\"1.0\"?><!doctype html>".utf8)),
    (.gzip, [0x1f, 0x8b, 8, 8]), (.zstd, [0x28, 0xb5, 0x2f, 0xfd, 0]), (.zip, Array("PK\u{3}\u{4}".utf8)),
    (.zip, zip("a.txt")), (.numpyArchive, zip("train/text.npy")), (.torch, zip("archive/data.pkl")),
    (.torch, [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]),
    (.pickle, [0x80, 2, 0x7d]), (.pickle, [0x80, 5, 0x95]), (.pickle, Array("(dp0\nS'x'\n".utf8)),
    (.pickle, Array("(lp1\nI1\n".utf8)), (.damagedPickle, Array("(dp0\r\nS'x'\r\n".utf8)),
    (.matlab5, Array("MATLAB 5.0 MAT-file, Platform: GLNXA64".utf8)),
    (.hdf5, [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]), (.unknown, [0x80, 6]), (.unknown, [0x80]),
    (.unknown, Array("id,start,end\n".utf8)), (.unknown, [0x89, 0x50, 0x4e, 0x47]), (.unknown, [0]),
  ]

  /// The head of an archive whose first member has this name.
  private static func zip(_ name: String) -> [UInt8] {
    Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 22) + [UInt8(name.utf8.count), 0, 0, 0] + Array(name.utf8)
  }

  @Test(arguments: heads) func `is told by its first bytes`(kind: FileKind, head: [UInt8]) {
    #expect(FileKind(head: head) == kind)
    #expect((kind.explanation == nil) == (kind == .unknown))
  }

  @Test func `is told of every kind`() { #expect(Set(Self.heads.map(\.kind)) == Set(FileKind.allCases)) }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"))
  func `is told alike by the Python package`() throws {
    let script = """
      import sys; sys.path.insert(0, sys.argv[1])
      from grf_shards.kinds import kind_of, EXPLANATIONS
      for head in sys.argv[2].split(","): kind = kind_of(bytes.fromhex(head)); print(kind, EXPLANATIONS.get(kind, ""), sep="|")
      """
    let hexadecimal = Self.heads.map { $0.head.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
    let told = try Python.run(script, Project.file("tools/python/src"), hexadecimal.joined(separator: ","))
    let expected = Self.heads.map { "\($0.kind.rawValue)|\($0.kind.explanation ?? "")" }.joined(separator: "\n")
    #expect(told == expected)
  }
}
