import Files
import TestDatasets
import Testing

@testable import Shards

/// The format, held by bytes that another program wrote: `tools/reference/make_tiny_dataset.py`, from the article alone.
struct GoldenTests {
  static let folder = Path.join(Repository.root, "fixtures/shards/tiny")

  @Test(arguments: RaggedDataset.Route.allCases)
  func `the tiny dataset is written byte for byte`(route: RaggedDataset.Route) throws {
    let written = try TemporaryFolder()
    try RaggedDataset.tiny().write(to: written.path, route: route)
    #expect(try Folder.list(written.path) == Folder.list(Self.folder))
    for name in try Folder.list(Self.folder) {
      #expect(try File.contents(of: written.file(name)) == File.contents(of: Path.join(Self.folder, name)), "\(name)")
    }
  }

  @Test func `the tiny dataset is read`() throws {
    let split = try #require(Dataset.open(Self.folder).split(named: "train"))
    for (index, sample) in RaggedDataset.tiny().splits[0].samples.enumerated() {
      let (shard, place) = split.locate(index)
      #expect(RoundTripTests.read(shard, place) == sample)
    }
    #expect(try Verification.run(Self.folder).isEmpty)
  }
}
