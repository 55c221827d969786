import Testing

@testable import Reporting

@Suite struct `Labels of drawings` {
  @Test func `are cut where it tells them apart`() {
    #expect(Labels.apart(["abc", "de"], to: 5) == ["abc", "de"])
    #expect(Labels.apart(["abcdef", "uvwxyz"], to: 5) == ["abcd…", "uvwx…"])
    #expect(Labels.apart(["path/to/one", "path/to/two"], to: 8) == ["path…one", "path…two"])
    let alike = ["aaaaaaaa1aaaaaaaa", "aaaaaaaa2aaaaaaaa"]
    #expect(Labels.apart(alike, to: 9) == ["aa…aa (1)", "aa…aa (2)"])
    #expect(Labels.apart([], to: 5) == [])
  }

  @Test func `take two lines, broken between words`() {
    #expect(Labels.wrapped("short", to: 10) == ["short"])
    #expect(Labels.wrapped("no-gate text+audio", to: 10) == ["no-gate", "text+audio"])
    #expect(Labels.wrapped("text+audio+vision", to: 11) == ["text+audio+", "vision"])
    #expect(Labels.wrapped("abcdefghijklmno", to: 10) == ["abcdefghij", "klmno"])
    // What does not fit is cut in the middle.
    #expect(Labels.wrapped(String(repeating: "ab", count: 20), to: 5) == ["ababa", "…abab"])
  }

  @Test func `count columns, and spell control characters out first`() {
    #expect(Labels.beginning("漢字漢字漢字", to: 5) == "漢字…")
    #expect(Labels.wrapped("漢字漢字 漢字漢字", to: 9) == ["漢字漢字", "漢字漢字"])
    #expect(Labels.wrapped(String(repeating: "漢", count: 40), to: 10).allSatisfy { $0.count <= 5 })
    #expect(Labels.wrapped("a\nb", to: 22) == ["a\\u{a}b"])
    #expect(Labels.apart(["\u{1B}\u{1B}1", "\u{1B}\u{1B}2"], to: 9).allSatisfy { !$0.contains("\u{1B}") })
  }

  @Test(arguments: [3, 12]) func `are never alike`(count: Int) {
    let long = String(repeating: "x", count: 100)
    for names in [(0..<count).map { "\(long)\($0)\(long)" }, (0..<count).map { _ in "one" }] {
      let lines = Labels.wrapped(names, to: 22)
      #expect(Set(lines).count == count && lines.allSatisfy { $0.count <= 2 && $0.allSatisfy { $0.count <= 22 } })
      let single = Labels.apart(names, to: 24)
      #expect(Set(single).count == count && single.allSatisfy { $0.count <= 24 })
    }
  }
}
