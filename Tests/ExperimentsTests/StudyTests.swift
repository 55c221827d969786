import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite struct `grf-train reproduce` {
  private func reproduce(
    _ bench: Bench, _ out: String, _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws -> Program.Ending {
    try Program.grfTrain.run(
      ["reproduce", "--data", Project.fixture, "--out", bench.file(out), "--quick", "--seeds", "2", "--epochs", "1"]
        + Bench.options.dropLast(4) + arguments, environment: environment, seconds: 300)
  }

  @Test func `converts, trains everything, and stands beside the published table`() throws {
    let bench = try Bench()
    let result = try reproduce(
      bench, "study",
      [
        "--", "--modality", "text=glove_vectors", "--modality", "audio=COVAREP",
      ])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    let table = try bench.table("study/results.csv")
    #expect(
      table.map { $0["setting"] } == [
        "grf", "grf no-mask", "grf-4m", "grf-4m no-mask", "mult", "mult no-mask", "grf audio+text",
      ])
    #expect(table.map { $0["masks"] } == ["true", "false", "true", "false", "true", "false", "true"])
    #expect(table.allSatisfy { $0["seeds"] == "2" })
    // The first table's figures, computed once more.
    let markdown = try bench.text("study/results.md")
    for (row, published) in [(0, "81"), (2, "81"), (4, "79")] {
      let stem = ["grf-text-audio", "", "grf-4m-text-audio", "", "mult-text-audio"][row]
      let values = try [0, 1].map {
        100 * (try #require(bench.json("study/runs/\(stem)-seed\($0)/test.json")["f1_macro_has0"] as? Double))
      }
      let mean = (values[0] + values[1]) / 2
      let deviation = abs(values[0] - values[1]) / 2.0.squareRoot()
      let cell = String(format: "%.1f ± %.1f", mean, deviation)
      let line = try #require(
        markdown.split(separator: "\n").first { $0.hasPrefix("| \(table[row]["setting"] ?? "") |") })
      #expect(line.contains("| \(published) | \(cell) |"), "\(line) has not \(cell)")
    }
    #expect(markdown.contains("--modality") && markdown.contains("| audio, text |"))
    // The same figures stand in the page.
    let page = try bench.text("study/report.html")
    #expect(page.contains("Beside the published table") && page.contains(">79</td>"))
    let cells = try #require(markdown.split(separator: "\n").first { $0.hasPrefix("| mult |") }).split(separator: "|")
    #expect(page.contains(">\(cells[3].drop { $0 == " " }.dropLast())</td>"))
    // Again: everything is there.
    let again = try reproduce(
      bench, "study",
      [
        "--", "--modality", "text=glove_vectors", "--modality", "audio=COVAREP",
      ])
    #expect(again.status == 0)
    #expect(try bench.text("study/results.md") == markdown)
    let other = try reproduce(bench, "study", ["--", "--max-frames", "5"])
    #expect(
      other.status == 1 && other.errorLines.count == 1 && other.error.contains("was converted by"), "\(other.error)")
  }

  @Test func `says what grf-data said`() throws {
    let bench = try Bench()
    let result = try reproduce(bench, "study", ["--", "--max-frames", "voice=5"])
    #expect(result.status == 1 && result.errorLines.count == 1)
    #expect(result.error.contains("there is no modality \"voice\""), "\(result.error)")
    #expect(!bench.exists("study/dataset"))
    let missing = try Program.grfTrain.run(["reproduce", "--data", bench.file("none"), "--out", bench.file("other")])
    #expect(missing.status == 1 && missing.errorLines.count == 1 && missing.error.contains("none"), "\(missing.error)")
  }

  @Test func `says where it looked for grf-data`() throws {
    let bench = try Bench()
    let alone = bench.file("grf-train")
    try FileManager.default.copyItem(atPath: Program.grfTrain.path, toPath: alone)
    let result = try Program(path: alone).run(
      ["reproduce", "--data", Project.fixture, "--out", bench.file("study")], environment: ["PATH": "/nowhere"])
    #expect(result.status == 1 && result.errorLines.count == 1)
    #expect(
      result.error.contains("grf-data is neither in") && result.error.contains("tools/install"), "\(result.error)")
  }
}
