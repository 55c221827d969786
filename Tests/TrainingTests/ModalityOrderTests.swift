import Testing

@testable import Training

@Suite struct `The order of modalities` {
  @Test func `is text, vision, audio where nothing else is asked for`() throws {
    let names = ["audio", "text", "other", "vision"]
    #expect(try ModalityOrder.standard(among: names, path: "out") == ["text", "vision", "audio"])
    #expect(try ModalityOrder.standard(among: ["audio", "text"], path: "out") == ["text", "audio"])
  }

  @Test func `is the dataset's where fewer than two of these are there`() throws {
    #expect(try ModalityOrder.standard(among: ["b", "a"], path: "out") == ["b", "a"])
    #expect(try ModalityOrder.standard(among: ["b", "audio", "a"], path: "out") == ["b", "audio", "a"])
  }

  @Test func `needs two modalities of numbers`() {
    #expect(throws: TrainingError.tooFewModalities(path: "out", found: ["text"])) {
      try ModalityOrder.standard(among: ["text"], path: "out")
    }
    #expect(throws: TrainingError.tooFewModalities(path: "out", found: [])) {
      try ModalityOrder.standard(among: [], path: "out")
    }
  }

  @Test func `is parted by commas or spaces`() {
    #expect(ModalityOrder.names(in: ["text,audio"]) == ["text", "audio"])
    #expect(ModalityOrder.names(in: ["text", "audio,", "vision"]) == ["text", "audio", "vision"])
    #expect(ModalityOrder.names(in: [" text , audio "]) == ["text", "audio"])
  }
}
