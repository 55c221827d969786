import ArgumentParser
import Shards
import Terminals
import Workers

struct Pack: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compresses a dataset's shards where they lie.",
    discussion: """
      Each SHARD.safetensors becomes SHARD.safetensors.zst, in zstd's seekable format: zstd -d \
      gives the shard back as well. A shard is replaced when its packed form is whole and on \
      disk, so that a dataset is usable at any moment, also after a crash. The manifest does \
      not change. Shards that are packed already stay as they are.

      All commands read packed datasets. Those that need shards as files (stats, show, and \
      grf-train) inflate each once, beside the packed one; pack removes it again.

      Examples:
        grf-data pack out/
        grf-data pack out/ --level 19
      """)

  @Argument(help: "The folder of a dataset.", completion: .directory)
  var dataset: String

  @Option(help: ArgumentHelp("zstd's level, 1 to 19: higher is smaller and slower (default: 3).", valueName: "n"))
  var level: Int?

  @OptionGroup
  var running: PackingOptions

  func run() throws {
    let level = self.level ?? Packing.standardLevel
    guard Packing.levels.contains(level) else {
      throw ValidationError("--level \(level): not from 1 to 19")
    }
    try running.run("packing", "packed") { threads, progress in
      try Packing.pack(dataset, level: level, threads: threads, progress: progress)
    }
  }
}
