import Shards
import TestSupport
import Testing

@testable import Training

@Suite struct `A dataset's identity` {
  typealias Row = (name: String, normalization: Manifest.Normalization, mean: [Double], std: [Double])

  static let text: Row = ("text", .zscore, [0.5, 1], [2, 3])
  static let audio: Row = ("audio", .none, [0, 1, 2], [1, 1, 1])

  private static func digest(_ rows: [Row]) -> String {
    DatasetIdentity(Manifest.example(rows), order: rows.map(\.name)).statistics
  }

  @Test func `is of the model's modalities, in its order`() {
    let identity = DatasetIdentity(
      Manifest.example([Self.text, ("x", .none, [0], [1]), Self.audio]), order: ["audio", "text"])
    #expect(identity.modalities == [.init(name: "audio", dimension: 3), .init(name: "text", dimension: 2)])
    #expect(identity.fingerprint == "f" && identity.content == "c")
  }

  /// printf '%s' '[{"normalization":"zscore","scale":[2.0,3.0],"shift":[0.5,1.0]},{"normalization":"none","scale":null,"shift":null}]' | sha256sum
  @Test func `has a digest that others can take`() {
    #expect(Self.digest([Self.text, Self.audio]) == "a026a0ceeda0f59a2c2becdf1d20b82faba645576271d3327915fedc06f3652e")
  }

  @Test func `tells apart what was normalized otherwise`() {
    let digest = Self.digest([Self.text, Self.audio])
    #expect(digest != Self.digest([Self.audio, Self.text]))
    #expect(digest != Self.digest([("text", .zscore, [0.5, 1], [2, 3.000_000_1]), Self.audio]))
    #expect(digest != Self.digest([("text", .zscore, [0.5, 2], [2, 3]), Self.audio]))
    #expect(digest != Self.digest([("text", .minmax, [0.5, 1], [2, 3]), Self.audio]))
    // Nothing was done with these.
    #expect(digest == Self.digest([Self.text, ("audio", .none, [5, 5, 5], [6, 6, 6])]))
  }

  @Test func `tells apart what was clipped otherwise, or by its quartiles`() {
    func digest(_ change: (inout Manifest.Modality) -> Void) -> String {
      var manifest = Manifest.example([Self.text])
      change(&manifest.modalities[0])
      return DatasetIdentity(manifest, order: ["text"]).statistics
    }
    func quartiles(_ q3: Double) -> Manifest.Quartiles { .init(q1: [0, 0], median: [1, 1], q3: [q3, 2]) }
    func robust(_ q3: Double) -> String {
      digest {
        $0.normalization = .robust
        $0.statistics?.quartiles = quartiles(q3)
      }
    }
    let limits: [Double?] = [nil, 3, 5]
    let digests = limits.map { limit in digest { $0.clip = limit.map { .init(limit: $0, values: 7) } } }
    #expect(Set(digests + [robust(2), robust(3)]).count == 5)
    #expect(digests[1] == digest { $0.clip = .init(limit: 3, values: 0) })
  }

  @Test func `lets pass what was made alike, and names what was not`() throws {
    let identity = DatasetIdentity(Manifest.example([Self.text, Self.audio]), order: ["text", "audio"])
    func check(_ rows: [Row], isForced: Bool = false) throws {
      try identity.check(Manifest.example(rows, content: "d"), dataset: "out", checkpoint: "a", isForced: isForced)
    }
    #expect(throws: Never.self) { try check([Self.audio, ("more", .none, [1], [1]), Self.text]) }
    #expect(throws: TrainingError.modalityMismatch(path: "a", modality: "audio", dataset: "out")) {
      try check([Self.text])
    }
    #expect(throws: TrainingError.dimensionMismatch(path: "a", modality: "audio", expected: 3, found: 1)) {
      try check([Self.text, ("audio", .none, [0], [1])], isForced: true)
    }
    let other: [Row] = [("text", .zscore, [0, 0], [1, 1]), Self.audio]
    #expect(throws: TrainingError.statisticsMismatch(path: "a", dataset: "out")) { try check(other) }
    #expect(throws: Never.self) { try check(other, isForced: true) }
  }

  @Test func `asks for the same content where a run is to go on`() {
    let manifest = Manifest.example([Self.text, Self.audio])
    let identity = DatasetIdentity(manifest, order: ["text", "audio"])
    #expect(throws: Never.self) { try identity.checkContent(manifest, dataset: "out", checkpoint: "a") }
    #expect(throws: TrainingError.contentMismatch(path: "a", dataset: "out")) {
      try identity.checkContent(.example([Self.text, Self.audio], content: "d"), dataset: "out", checkpoint: "a")
    }
  }
}
