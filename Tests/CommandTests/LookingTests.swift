import Foundation
import TestSupport
import Testing

@Suite struct `Looking at data` {
  @Test func `stats describes a dataset`() throws {
    let dataset = try Example.dataset()
    let result = try Program.data("stats", dataset)
    #expect(result.status == 0 && result.errors.isEmpty)
    try expectSnapshot("stats", result.output.normalized(folder: dataset))
  }

  @Test func `stats lists every dimension`() throws {
    let dataset = try Example.dataset()
    let result = try Program.data("stats", dataset, "--dimensions")
    #expect(result.status == 0)
    #expect(result.lines.count { $0.contains("action unit") } == 16)
    try expectSnapshot("stats-dimensions", result.output)
  }

  @Test func `stats in JSON has what the tables have`() throws {
    let dataset = try Example.dataset()
    let json = try Program.data("stats", dataset, "--json").json()
    let modalities = try #require(json["modalities"] as? [[String: Any]])
    #expect(modalities.map { $0["dimension"] as? Int } == [24, 12, 16, 0])
    #expect(modalities[0]["before"] is [Double] && modalities[0]["dimensions"] == nil)
    let splits = try #require(json["splits"] as? [[String: Any]])
    let labels = try #require(splits[0]["labels"] as? [[String: Any]])
    #expect((labels[0]["histogram"] as? [Int])?.reduce(0, +) == 237)
    let full = try Program.data("stats", dataset, "--json", "--dimensions").json()
    let detailed = try #require(full["modalities"] as? [[String: Any]])
    let dimensions = try #require(detailed[1]["dimensions"] as? [[String: Any]])
    #expect(dimensions.count == 12 && dimensions[0]["name"] as? String == "f0")
  }

  @Test func `stats works where there are no labels and one split`() throws {
    let folder = try TemporaryFolder()
    let out = folder.file("out")
    let options = ["--labels", "none", "--folds", "none", "--modality", "words", "--quiet"]
    #expect(try Program.data.run(["convert", Example.input, out] + options).status == 0)
    let result = try Program.data("stats", out)
    #expect(result.status == 0)
    #expect(result.output.contains("all: ") && !result.output.contains("label"))
    #expect(try Program.data("stats", out, "--dimensions").status == 0)
    #expect(try Program.data("read-speed", out, "--json").json()["bytes"] as? Int == 0)
  }

  @Test func `info describes files`() throws {
    let result = try Program.data("info", Example.input)
    #expect(result.status == 0 && result.errors.isEmpty)
    try expectSnapshot("info", result.output)
  }

  @Test func `info in JSON has all metadata and entries`() throws {
    let result = try Program.data("info", "fixtures", "--json")
    let files = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    let roots = try #require(files[0]["roots"] as? [[String: Any]])
    #expect(roots.map { $0["modality"] as? String } == ["audio", "vision", "labels", "text", "words"])
    #expect((roots[0]["entries"] as? [[String: Any]])?.count == 27)
    #expect((roots[0]["metadata"] as? [String: Any])?["creator"] as? String != nil)
    #expect(abs((roots[0]["rate"] as? Double ?? 0) - 10) < 0.01 && roots[0]["regular"] as? Bool == true)
  }

  @Test(
    .disabled(if: Python.isMissing, "\(Python.skipReason)"),
    arguments: [
      ("-iRBcNs9oI8[1]", "-iRBcNs9oI8[1]"), ("-iRBcNs9oI8$_$1", "-iRBcNs9oI8[1]"), ("-iRBcNs9oI8_0", "-iRBcNs9oI8[0]"),
      ("--qXJuDtHPw[0]", "--qXJuDtHPw[0]"), ("-hnBHBN8p5A[0]", "-hnBHBN8p5A[0]"),
    ])
  func `show takes an id that begins like an option, in any spelling`(id: String, name: String) throws {
    let folder = try TemporaryFolder()
    let script = """
      import h5py, sys
      file = h5py.File(sys.argv[1], "w")
      for root in "All Labels", "COVAREP":
        for video in "-iRBcNs9oI8", "--qXJuDtHPw", "-hnBHBN8p5A":
          for part in "features", "intervals": file[f"{root}/data/{video}/{part}"] = [[0.0, 1.0], [1.0, 2.0]]
      """
    _ = try Python.run(script, folder.file("raw.csd"))
    let out = folder.file("out")
    #expect(try Program.data("convert", folder.file("raw.csd"), out, "--quiet").status == 0)
    let result = try Program.data("show", out, id, "--json")
    #expect(try result.status == 0 && result.json()["id"] as? String == name)
  }

  @Test func `show prints a sample`() throws {
    let result = try Program.data("show", try Example.dataset(), "clip_16[1]")
    #expect(result.status == 0 && result.errors.isEmpty)
    try expectSnapshot("show", result.output)
  }

  @Test(arguments: ["clip_01[0]", "clip_13[2]", "clip_12[0]", "clip_23[1]"])
  func `show fits 80 columns`(id: String) throws {
    let result = try Program.data("show", try Example.dataset(), id)
    #expect(result.status == 0 && result.width <= 80)
    #expect(result.output.hasPrefix("\(id): sample "))
    let json = try Program.data("show", try Example.dataset(), id, "--json").json()
    #expect(json["id"] as? String == id && (json["modalities"] as? [Any])?.count == 4)
  }

  @Test(arguments: [("f16", 0.001), ("bf16", 0.01)])
  func `show widens halves`(type: String, tolerance: Double) throws {
    let folder = try TemporaryFolder()
    let converted = try Program.data("convert", "--quiet", "--dtype", type, Example.input, folder.file("out"))
    #expect(converted.status == 0)
    func values(_ dataset: String) throws -> [Double] {
      let json = try Program.data("show", dataset, "clip_16[1]", "--json").json()
      let modalities = try #require(json["modalities"] as? [[String: Any]])
      let frames = try #require(modalities[0]["stored_frames"] as? [[String: Any]])
      return try #require(frames.last?["values"] as? [Double])
    }
    let (exact, halves) = (try values(Example.dataset()), try values(folder.file("out")))
    #expect(halves != exact && halves.count == exact.count)
    for (half, value) in zip(halves, exact) { #expect(abs(half - value) <= tolerance * abs(value)) }
  }

  @Test(arguments: [
    ("clip_3[1]", "did you mean"), ("clip_03[99]", "there are clip_03[0] to clip_03[16]"),
    ("clip_03", "there are clip_03[0] to clip_03[16]"), ("clip_25", "unlabelled"), ("something else", "ids look like"),
  ]) func `show helps to find a sample`(id: String, fragment: String) throws {
    let result = try Program.data("show", try Example.dataset(), id)
    #expect(result.status == 1 && result.output.isEmpty && result.errorLines.count == 1)
    #expect(result.errors.contains("no sample \"\(id)\"") && result.errors.contains(fragment))
  }

  @Test func `read-speed prints what the benchmark reads`() throws {
    let json = try Program.data("read-speed", try Example.dataset(), "--json").json()
    for key in ["open_seconds", "seconds", "memory_read_bytes_per_second"] { #expect((json[key] as? Double ?? 0) > 0) }
    #expect(json["bytes"] as? Int == 4 * (2987 * 24 + 7978 * 12 + 6377 * 16))
  }
}
