import ArgumentParser
import JSONValues
import Shards
import Terminals

/// For tools/benchmarks: how fast a dataset opens and is read.
struct ReadSpeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read-speed", abstract: "Measures how fast a dataset opens and is read through its mapping.",
    shouldDisplay: false)

  @Argument(help: "The folder of a dataset.", completion: .directory)
  var dataset: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let speed = try ReadSpeed.measure(dataset)
    if json {
      let result: JSONValue = [
        "open_seconds": JSONValue(speed.openSeconds), "bytes": JSONValue(speed.bytes),
        "seconds": JSONValue(speed.seconds), "memory_read_bytes_per_second": JSONValue(speed.memoryBytesPerSecond),
      ]
      return try Terminal.print(result.pretty())
    }
    func rate(_ perSecond: Double) -> String { "\(Format.bytes(Int(min(perSecond, 1e18))))/s" }
    try Terminal.print([
      "opening:  \(Format.duration(speed.openSeconds))",
      "reading:  \(rate(speed.seconds > 0 ? Double(speed.bytes) / speed.seconds : 0)) (\(Format.bytes(speed.bytes)))",
      "memory:   \(rate(speed.memoryBytesPerSecond))",
    ])
  }
}
