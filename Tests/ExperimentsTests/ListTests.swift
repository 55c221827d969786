import Testing

@testable import Experiments

@Suite struct `Lists on the command line` {
  @Test(arguments: [
    ("1", [0]), ("3", [0, 1, 2]), ("0,1,2", [0, 1, 2]), ("7,", [7]), ("4 2", [4, 2]), ("0,", [0]),
  ])
  func `of seeds are counts or lists`(text: String, seeds: [Int]) throws {
    #expect(try NumberList.seeds(text) == seeds)
  }

  @Test(arguments: ["", "0", "x", "-1", "1,1", "1,x", "10001", ","])
  func `of seeds that make no sense are refused`(text: String) {
    #expect(throws: ExperimentError.self) { try NumberList.seeds(text) }
  }

  @Test(arguments: ["", "3", "2,2", "2,7,x"]) func `of classes are 2, 7 or both`(text: String) throws {
    #expect(throws: ExperimentError.self) { try NumberList.classes(text) }
    #expect(try NumberList.classes("7,2") == [7, 2])
  }

  @Test func `of orders are the standard one, all, or those that are named`() throws {
    let all = ["text", "vision", "audio"]
    func parse(_ text: String?) throws -> [[String]] { try ModalityOrders.parse(text, standard: all, among: all) }
    #expect(try parse(nil) == [all])
    #expect(try parse("all").count == 6 && Set(parse("all")).count == 6 && parse("all")[0] == all)
    #expect(try parse("audio,text; text vision audio;audio,text") == [["audio", "text"], all])
    for wrong in ["", ";", "text", "text,text", "text,voice"] {
      #expect(throws: ExperimentError.self) { try parse(wrong) }
    }
    let many = ["a", "b", "c", "d", "e", "f"]
    #expect(throws: ExperimentError.tooManyOrders(modalities: 6)) {
      try ModalityOrders.parse("all", standard: many, among: many)
    }
  }

  @Test func `of components name each once`() throws {
    let found = try Ablation.parse(components: "single,full,single-text,full", among: ["text", "audio"])
    #expect(found == [.single("text"), .single("audio"), .part("full")])
    #expect(try Ablation.parse(components: "all", among: ["text"]).map(\.name).count == 10)
    for wrong in ["", "ful", "single-vision"] {
      #expect(throws: ExperimentError.self) { try Ablation.parse(components: wrong, among: ["text"]) }
    }
  }

  @Test func `of components that are misspelt say what was meant`() throws {
    let error = #expect(throws: ExperimentError.self) {
      try Ablation.parse(components: "no-cros", among: ["text", "audio"])
    }
    #expect("\(try #require(error))".contains("did you mean \"no-cross\"?"))
  }
}
