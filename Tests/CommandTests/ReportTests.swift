import Foundation
import TestSupport
import Testing

@Suite struct `Reports` {
  static let isGnuplotMissing = !(ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/gnuplot") }

  @Test(.enabled(if: !isGnuplotMissing, "gnuplot is not installed (tools/setup)"))
  func `draw a trained run with its figures, test metrics and words`() throws {
    let folder = try TemporaryFolder()
    let run = try TrainExample.run()
    let file = folder.file("a page, with <odd> name.html")
    let result = try Program.train.run(
      ["report", run, "--output", file, "--figures", folder.file("figures")])
    #expect(result.status == 0 && result.errors.isEmpty && result.output == "\(file): written\n")
    let page = try String(contentsOfFile: file, encoding: .utf8)
    let test = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: run + "/test.json"))) as? [String: Any])
    let error = try #require(test["mae"] as? Double)
    #expect(page.contains(#">mean absolute error</th><td class="number">\#(String(format: "%.3f", error))</td>"#))
    #expect(page.contains("Error by segment length"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("figures")).sorted()
    for name in ["run-confusion-7", "run-error", "run-lengths", "run-loss", "run-scatter", "run-videos"] {
      #expect(names.contains("\(name).svg") && names.contains("\(name).png"))
    }
    #expect(
      !page.contains("http://")
        || page.ranges(of: "http://").count == page.ranges(of: "http://www.w3.org/2000/svg").count)
  }

  @Test func `without gnuplot hold tables, and end well`() throws {
    let folder = try TemporaryFolder()
    let result = try Program.train.run(
      ["report", try TrainExample.run(), "--output", folder.file("page.html")], environment: ["PATH": folder.path])
    #expect(result.status == 0 && result.errors.contains("apt-get install gnuplot-nox"))
    #expect(
      try String(contentsOfFile: folder.file("page.html"), encoding: .utf8).contains(
        "<caption><span>Loss by epoch</span></caption>"))
  }

  @Test func `that are stopped leave nothing behind`() throws {
    let folder = try TemporaryFolder()
    for name in ["bin", "tmp"] {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: false)
    }
    // A slow one, so that there is time to stop.
    try "#!/bin/sh\nsleep 1\n".write(toFile: folder.file("bin/gnuplot"), atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file("bin/gnuplot"))
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = folder.file("bin") + ":" + (environment["PATH"] ?? "")
    environment["TMPDIR"] = folder.file("tmp")
    let running = try TestSupport.Program.grfTrain.start(
      ["report", try TrainExample.run(), "--output", folder.file("page.html")], environment: environment)
    let began = ContinuousClock.now
    func left() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.file("tmp")) }
    while try !left().contains(where: { $0.hasPrefix("grf-chart") }), ContinuousClock.now - began < .seconds(60) {
      usleep(1000)
    }
    running.send(SIGINT)
    let ending = try running.end(within: 60)
    #expect(ending.status == 130, "\(ending.error)")
    #expect(ending.error == "stopped; the page is as it was\n")
    #expect(try left().isEmpty && !FileManager.default.fileExists(atPath: folder.file("page.html")))
  }

  @Test func `of a dataset stand beside the other forms of stats`() throws {
    let folder = try TemporaryFolder()
    let dataset = try Example.dataset()
    let result = try Program.data("stats", dataset, "--html", folder.file("page.html"))
    #expect(result.status == 0 && result.output == "\(folder.file("page.html")): written\n")
    let page = try String(contentsOfFile: folder.file("page.html"), encoding: .utf8)
    #expect(page.contains("237") && page.contains("Missing frames along the segment") && page.contains("zero-length"))
    for (others, part) in [
      (["--json"], "leave --json and --dimensions out"), (["--dimensions"], "leave --json and --dimensions out"),
    ] {
      let refused = try Program.data.run(["stats", dataset, "--html", folder.file("x.html")] + others)
      #expect(refused.status == 64 && refused.errors.contains(part))
    }
    #expect(try Program.data("stats", dataset, "--figures", "f").status == 64)
  }

  @Test func `name what cannot be read or written`() throws {
    let folder = try TemporaryFolder()
    let none = try Program.train("report", folder.path, "--output", folder.file("page.html"))
    #expect(none.status == 1 && none.errorLines.count == 1 && none.errors.contains("neither a run"))
    let nowhere = try Program.train("report", try TrainExample.run(), "--output", folder.file("no/folder/page.html"))
    #expect(nowhere.status == 1 && nowhere.errorLines.count == 1 && nowhere.errors.contains("no/folder"))
    #expect(try Program.train("report").status == 64)
    #expect(!FileManager.default.fileExists(atPath: folder.file("page.html")))
  }
}
