import ArgumentParser
import JSONValues
import Shards
import Terminals
import Workers

/// What pack and unpack share: how they run, and what they tell.
struct PackingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads (default: all); the files do not depend on it.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): at least 1") }
  }

  /// - Parameters:
  ///   - title: what is going on.
  ///   - done: what a shard is afterwards.
  func run(
    _ title: String, _ done: String,
    _ body: (_ threads: Int, _ progress: (Int, Int) -> Void) throws -> Packing.Report
  ) throws {
    let indicator = ProgressIndicator(isQuiet: quiet || json)
    defer { indicator.end() }
    let start = ContinuousClock.now
    var last: Int?
    // Each thread holds some MiB, and more than there are processors gain nothing.
    let report = try body(min(threads ?? Processors.available, 256)) { bytes, total in
      if last == nil { indicator.begin(title, total: total) }
      indicator.advance(bytes - (last ?? 0))
      last = bytes
    }
    let seconds = (ContinuousClock.now - start).seconds
    indicator.end()
    if json {
      try Terminal.print(json(report, seconds).pretty())
    } else if !quiet {
      try Terminal.print(lines(report, done, seconds))
    }
  }

  private func lines(_ report: Packing.Report, _ done: String, _ seconds: Double) -> [String] {
    let all = report.changed + report.unchanged
    if all == 0 { return ["\(report.path): no shards"] }
    let rest = report.unchanged == 0 ? "" : ", \(Format.count(report.unchanged)) had been before"
    var lines = [
      "\(report.path): \(Format.count(report.changed, "shard")) \(done) in \(Format.duration(seconds))\(rest)"
    ]
    if report.packedBytes > 0 {
      let ratio = Double(report.bytes) / Double(report.packedBytes)
      lines.append(
        "  \(Format.bytes(report.bytes)) of shards in \(Format.bytes(report.packedBytes)), \(Format.fixed(ratio, 2)) times smaller"
      )
    } else {
      lines.append("  \(Format.bytes(report.bytes)) of shards")
    }
    return lines
  }

  private func json(_ report: Packing.Report, _ seconds: Double) -> JSONValue {
    [
      "path": .string(report.path), "changed": JSONValue(report.changed), "unchanged": JSONValue(report.unchanged),
      "bytes": JSONValue(report.bytes), "packed_bytes": JSONValue(report.packedBytes), "seconds": JSONValue(seconds),
    ]
  }
}
