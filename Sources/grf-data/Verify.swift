import ArgumentParser
import Files
import JSONValues
import Shards
import Terminals
import Workers

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks every byte of a dataset.",
    discussion: """
      Checks the manifest and its CRC, the ledger, each shard's header and lists, the CRC of \
      every MiB of every tensor, and the order of samples. Each fault is a line on standard \
      error with file, tensor and samples; the exit status is then 1. Packed shards are \
      inflated in memory, piece by piece; nothing is written.
      """)

  @Argument(help: "The folder of a dataset.", completion: .directory)
  var dataset: String

  @Flag(help: "Say nothing where all is well.")
  var quiet = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  /// More faults are only counted.
  private static let greatestList = 50

  func run() throws {
    let indicator = ProgressIndicator(isQuiet: quiet || json)
    defer { indicator.end() }
    let start = ContinuousClock.now
    var done = 0
    let report = try Verification.report(dataset, threads: Processors.available) { bytes, total in
      if done == 0 { indicator.begin("verifying", total: total) }
      indicator.advance(bytes - done)
      done = bytes
    }
    let seconds = (ContinuousClock.now - start).seconds
    indicator.end()
    let findings = report.findings
    if json {
      let list = JSONValue.array(findings.map(\.json))
      try Terminal.print(
        (["path": .string(dataset), "bytes": JSONValue(done), "seconds": JSONValue(seconds), "findings": list]
          as JSONValue).pretty())
    }
    if !findings.isEmpty {
      if !json { tell(findings) }
      throw ExitCode.failure
    }
    if !quiet && !json { try Terminal.print(summary(report, bytes: done, seconds: seconds)) }
  }

  private func tell(_ findings: [Finding]) {
    for finding in findings.prefix(Self.greatestList) {
      Terminal.writeError(finding.description, of: "grf-data")
    }
    if findings.count > Self.greatestList {
      let more = Format.count(findings.count - Self.greatestList)
      Terminal.writeError("\(dataset): \(more) more faults; restore it or convert the data again", of: "grf-data")
    }
  }

  private func summary(_ report: Verification.Report, bytes: Int, seconds: Double) -> [String] {
    guard let manifest = report.manifest else { return [] }
    let shards = manifest.splits.reduce(0) { $0 + $1.shards.count }
    let samples = manifest.splits.reduce(0) { $0 + $1.samples }
    let lines = manifest.ledger.counts.values.reduce(0, +)
    let packed = report.packedShards == 0 ? "" : " (\(Format.count(report.packedShards)) packed)"
    return [
      "\(Path.trimmed(dataset)): all is well, checked in \(Format.duration(seconds))",
      "  manifest     its CRC, fingerprint and content digest",
      "  ledger       \(Format.count(lines, "line")), size and CRC",
      "  shards       \(Format.count(shards))\(packed): sizes, headers, lists of offsets",
      "  samples      \(Format.count(samples)), in order",
    ] + (manifest.part.map { ["  moments      \(Format.bytes($0.moments.bytes)), size and CRC"] } ?? []) + [
      "  tensors      \(Format.bytes(bytes)), \(Format.count(report.checksums, "CRC"))"
    ]
  }
}
