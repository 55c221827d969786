import Testing

@testable import Training

@Suite struct `The order of modalities` {
  private static func resolve(_ requested: [String]?, _ names: String...) throws -> [String] {
    try ModalityOrder.resolve(
      requested, among: names.map { ($0, $0 != "words" && $0 != "phones") }, path: "out")
  }

  @Test func `is text, vision, audio where nothing else is asked for`() throws {
    #expect(try Self.resolve(nil, "audio", "text", "other", "vision") == ["text", "vision", "audio"])
    #expect(try Self.resolve(nil, "audio", "words", "text") == ["text", "audio"])
  }

  @Test func `is the dataset's where fewer than two of these are there`() throws {
    #expect(try Self.resolve(nil, "b", "words", "a") == ["b", "a"])
    #expect(try Self.resolve(nil, "b", "audio", "a") == ["b", "audio", "a"])
  }

  @Test func `is what was asked for`() throws {
    #expect(try Self.resolve(["audio", "text"], "text", "vision", "audio") == ["audio", "text"])
  }

  @Test func `needs two modalities of numbers`() {
    #expect(throws: TrainingError.tooFewModalities(path: "out", found: ["text"])) {
      try Self.resolve(nil, "text", "words")
    }
    #expect(throws: TrainingError.tooFewModalities(path: "out", found: [])) { try Self.resolve(nil, "words") }
  }

  @Test func `is parted by commas or spaces`() {
    #expect(ModalityOrder.names(in: ["text,audio"]) == ["text", "audio"])
    #expect(ModalityOrder.names(in: ["text", "audio,", "vision"]) == ["text", "audio", "vision"])
    #expect(ModalityOrder.names(in: [" text , audio "]) == ["text", "audio"])
  }
}
