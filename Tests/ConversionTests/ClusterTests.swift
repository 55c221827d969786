import Files
import Foundation
import TestSupport
import Testing

/// `tools/slurm/convert-array.sh`, with an `sbatch` that runs what it is given at once, in a copy, as Slurm does.
@Suite struct `An array of jobs` {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try bench.write(
      """
      #!/bin/bash
      # The script that submits may have exported a variable of this name.
      array=1-1
      while [[ $1 == --* ]]; do
        case $1 in
          --array=*) array=${1#*=} ;;
          --output=*) output=${1#*=} ;;
        esac
        shift
      done
      copy=$(mktemp) && cp "$1" "$copy" && chmod +x "$copy" && shift
      for ((task = 1; task <= ${array#1-}; task++)); do
        SLURM_ARRAY_TASK_ID=$task "$copy" "$@" >>"${output//%a/$task}" 2>&1 || status=1
      done
      rm "$copy"
      echo "17;cluster"
      exit "${status-0}"
      """, to: "bin/sbatch")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bench.file("bin/sbatch"))
  }

  private func submit(_ arguments: [String]) throws -> Program.Ending {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return try Program(path: "/bin/bash").run(
      [Project.file("tools/slurm/convert-array.sh")] + arguments,
      environment: ["PATH": "\(bench.file("bin")):\(path)", "GRF_DATA": Program.grfData.path])
  }

  @Test func `makes the parts and merges them, wherever they are called`() throws {
    let out = bench.file("an output")
    let ending = try submit(["3", out, Project.fixture, "--", "--rate", "vision=5", "--normalize", "text=none"])
    #expect(ending.status == 0, "\(ending)")
    #expect(ending.output.contains("parts: job 17, 3 tasks; then merged into \(out): job 17"))
    try bench.convert([.rate: "vision=5", .normalize: "text=none"], from: [Project.fixture], to: "whole")
    let isSame = try bench.bytes(of: "an output") == bench.bytes(of: "whole")
    #expect(isSame)
    #expect(try bench.names(in: "an output.parts") == ["1", "2", "3", "log"])
  }

  @Test(arguments: [
    [], ["3"], ["3", "out"], ["three", "out", "raw.csd"], ["0", "out", "raw.csd"], ["3", "out", "--"],
  ])
  func `is refused where something is missing`(arguments: [String]) throws {
    let ending = try submit(arguments)
    #expect(ending.status == 64 && ending.error.hasPrefix("convert-array.sh: "), "\(ending)")
  }
}
