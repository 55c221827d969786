import Files
import Foundation
import TestDatasets
import Testing

@testable import Shards

/// Only a dataset may be replaced by a dataset.
struct DatasetFolderTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try Folder.create(folder.file("out"))
    try RaggedDataset.tiny().write(to: folder.file("out"))
  }

  private func isDataset(_ name: String = "out") throws -> Bool {
    try DatasetFolder.isDatasetFolder(folder.file(name))
  }

  @Test func `a dataset is one, however its path is spelled and damaged as it may be`() throws {
    #expect(try isDataset())
    #expect(try isDataset("out/"))
    try folder.write([], to: "out/manifest.json")
    #expect(try isDataset())
  }

  @Test func `other folders, files and nothing are none`() throws {
    #expect(try !isDataset("nowhere"))
    #expect(try !isDataset("out/manifest.json"))
    #expect(try !isDataset(""))
    try Folder.removeAll(folder.file("out/manifest.json"))
    #expect(try !isDataset())
  }

  @Test(arguments: ["thesis.txt", ".hidden", "x.safetensors", "MANIFEST.JSON"])
  func `a folder that holds anything else is none`(name: String) throws {
    try folder.write([], to: "out/\(name)")
    #expect(try !isDataset())
  }

  @Test func `a folder of a shard's name is no shard`() throws {
    try Folder.create(folder.file("out/test-00000-of-00001.safetensors"))
    #expect(try !isDataset())
  }

  @Test func `symbolic links are none`() throws {
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.file("out"))
    #expect(try !isDataset("link"))
    #expect(try !isDataset("link/"))
    try manager.createSymbolicLink(
      atPath: folder.file("out/test-00000-of-00001.safetensors"), withDestinationPath: "manifest.json")
    #expect(try !isDataset())
  }
}
