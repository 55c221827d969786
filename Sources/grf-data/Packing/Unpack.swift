import ArgumentParser
import Shards

struct Unpack: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Undoes pack: gives a dataset its shards back, byte for byte.",
    discussion: """
      A packed shard is removed when the shard is whole and on disk.

      Example:
        grf-data unpack out/
      """)

  @Argument(help: "The folder of a dataset.", completion: .directory)
  var dataset: String

  @OptionGroup
  var running: PackingOptions

  func run() throws {
    try running.run("unpacking", "unpacked") { threads, progress in
      try Packing.unpack(dataset, threads: threads, progress: progress)
    }
  }
}
