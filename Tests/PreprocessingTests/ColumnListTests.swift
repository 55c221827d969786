import PackedSequences
import Preprocessing
import Testing

@Suite struct `A list of columns` {
  private func parse(_ text: String, names: [String]? = nil) throws(PreprocessingError) -> [Int] {
    try ColumnList.parse(text, modality: "audio", dimension: 5, names: names)
  }

  @Test(arguments: [
    ("0", [0]), ("4", [4]), ("1,3", [1, 3]), ("3,1", [3, 1]), ("0-4", [0, 1, 2, 3, 4]), ("2-2", [2]),
    ("4,0-1,3", [4, 0, 1, 3]), (" 1 , 2-3 ", [1, 2, 3]),
  ])
  func `keeps the order in which it is written`(text: String, expected: [Int]) throws {
    #expect(try parse(text) == expected)
  }

  @Test func `takes names of dimensions, even with dashes and spaces in them`() throws {
    let names = ["f0", "h1-h2", "peak slope", "3", "f0"]
    #expect(try parse("peak slope,f0", names: names) == [2, 0], "the first of two that are named alike")
    #expect(try parse("h1-h2", names: names) == [1])
    #expect(try parse("3", names: names) == [3], "a number is always a column")
  }

  @Test(arguments: ["", ",", "1,", ",1", "1,,2", " "])
  func `refuses an empty piece`(text: String) {
    #expect(throws: PreprocessingError.malformedColumns(modality: "audio", text: text)) { try parse(text) }
  }

  @Test func `refuses a range that runs backwards`() {
    #expect(throws: PreprocessingError.malformedColumns(modality: "audio", text: "3-1")) { try parse("0,3-1") }
  }

  @Test(arguments: [("5", 5), ("0,99", 99), ("3-5", 5), ("0-9223372036854775807", .max)] as [(String, Int)])
  func `refuses a column that is not there`(text: String, column: Int) {
    let error = PreprocessingError.columnOutOfRange(modality: "audio", column: column, dimension: 5)
    #expect(throws: error) { try parse(text) }
  }

  @Test(arguments: [("1,1", 1), ("0-2,2", 2), ("0,f0", 0)])
  func `refuses a column given twice`(text: String, column: Int) {
    let names = ["f0", "a", "b", "c", "d"]
    let error = PreprocessingError.duplicateColumn(modality: "audio", column: column)
    #expect(throws: error) { try parse(text, names: names) }
  }

  @Test(arguments: ["f1", "-1", "1-", "1.5", "1-2-3", "99999999999999999999"])
  func `refuses a name that no dimension has`(text: String) {
    let names = ["f0", "a", "b", "c", "d"]
    let error = PreprocessingError.unknownDimension(modality: "audio", name: text, names: names)
    #expect(throws: error) { try parse(text, names: names) }
    #expect(throws: PreprocessingError.unknownDimension(modality: "audio", name: text, names: [])) { try parse(text) }
  }
}

@Suite struct `Errors of preprocessing` {
  /// What, where, what to do; and whether the request is at fault (exit status 64) or the data (1).
  @Test(
    arguments: [
      (
        .malformedColumns(modality: "audio", text: "3-1"),
        "--select audio=3-1: give columns, ranges or dimension names, as in audio=1,3,0-4"
      ),
      (
        .columnOutOfRange(modality: "audio", column: 9, dimension: 5),
        "--select audio: column 9 is out of range, audio has columns 0 to 4"
      ),
      (
        .unknownDimension(modality: "audio", name: "fo", names: ["f0", "voiced"]),
        "--select audio: no dimension is named \"fo\" (did you mean \"f0\"?)"
      ),
      (
        .unknownDimension(modality: "audio", name: "f0", names: []),
        "--select audio: \"f0\" is no column, and audio names no dimensions; give numbers"
      ),
      (
        .duplicateColumn(modality: "audio", column: 2), "--select audio: column 2 is given twice; list it once"
      ),
      (
        .tokensHaveNoColumns(modality: "words"),
        "--select words: words holds tokens, which have no columns; leave it out"
      ),
      (
        .tokensCannotBeResampled(modality: "words"),
        "--rate words: words holds tokens, which cannot be averaged; leave it out"
      ),
    ] as [(PreprocessingError, String)])
  func `say what to do about a request`(error: PreprocessingError, text: String) {
    #expect(error.description == text)
    #expect(error.isRequestAtFault)
  }

  @Test func `name the place of a value that is not finite`() {
    let error = PreprocessingError.nonfiniteValue(path: "a.csd", entry: "entry v", row: 3, column: 7, value: "nan")
    #expect(error.description == "a.csd: entry v row 3, column 7 is nan; repair it, or choose --nonfinite zero or mask")
    #expect(!error.isRequestAtFault)
  }
}
