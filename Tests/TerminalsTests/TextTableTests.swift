import Terminals
import Testing

@Suite struct TextTableTests {
  @Test func numbersAreAlignedToTheRight() {
    var table = TextTable([.text("name"), .number("frames")])
    table.add(["text", "12"])
    table.addHeading("valid: a heading wider than all columns")
    table.add(["audio", "1,234,567"])
    #expect(
      table.lines() == [
        "name      frames", "text          12", "valid: a heading wider than all columns", "audio  1,234,567",
      ])
  }

  @Test func titlesThatAreAllEmptyAreLeftOut() {
    var table = TextTable([.text(""), .number("")], indent: 2)
    table.add(["a", "1"])
    #expect(table.lines() == ["  a  1"])
  }

  @Test(arguments: [20, 40, 80])
  func textIsCutWhereTheTableIsTooWide(width: Int) {
    var table = TextTable([.text("modality"), .text("source"), .number("n")])
    table.add(["a name that is long and goes on for quite a while", "another, of more than forty columns in all", "7"])
    for line in table.lines(width: width) { #expect(line.displayWidth <= width) }
    #expect(table.lines(width: width)[1].hasSuffix("7"))
  }

  @Test func missingCellsAreEmpty() {
    var table = TextTable([.text("a"), .text("b")])
    table.add([])
    #expect(table.lines() == ["a  b", ""])
  }

  @Test func wideCharactersTakeTwoColumns() {
    #expect("日本".displayWidth == 4)
    #expect("e\u{301}".displayWidth == 1)
    #expect("日本語".cut(to: 5) == "日本…")
  }

  @Test func textFromFilesCannotCommandTheTerminal() {
    #expect("a\u{1B}[2Jb\u{202E}c\n".printable == "a\\u{1b}[2Jb\\u{202e}c\\u{a}")
    #expect("cliché".printable == "cliché")
  }

  @Test func textIsWrappedAtSpaces() {
    #expect("one two three".wrapped(to: 9, indent: 1) == [" one two", " three"])
    #expect("".wrapped().isEmpty)
    #expect("ab abcdefghi".wrapped(to: 5) == ["ab", "abcde", "fghi"])
    #expect("ab /cdefghi".wrapped(to: 5, breaksWords: false) == ["ab", "/cdefghi"])
  }
}
