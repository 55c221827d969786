internal import Shards

/// Reads every byte of the datasets that another one is made of against its checksum: what is copied gets new ones, which
/// would vouch for the damage.
enum SourceCheck {
  static func run(_ datasets: [Dataset], threads: Int, progress: ProgressReport) throws {
    let bytes = datasets.reduce(0) { $0 + $1.splits.reduce(0) { $0 + $1.shards.reduce(0) { $0 + $1.bytes } } }
    progress.begin(.verifying, bytes)
    for dataset in datasets {
      var last = 0
      let findings = try Verification.run(dataset.path, threads: threads) { done, _ in
        progress.advance(done - last)
        last = done
      }
      if let finding = findings.first { throw ConversionError.damagedSource(finding.description) }
    }
  }
}
