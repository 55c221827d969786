import Conversion
import Files
import Foundation
import PackedSequences
import Preprocessing
import Shards
import Synchronization
import TestSupport
import Testing

/// What may be replaced, how, and what is left when something goes wrong.
@Suite struct `The folder of a dataset` {
  private let bench: Workbench

  init() throws {
    bench = try Workbench(.opinions, .sounds, .speech)
    try bench.write([.opinions, .frames("COVAREP", [("a", [[.nan]])])], to: "broken.csd")
  }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: bench.file(name), withDestinationPath: bench.file(target))
  }

  /// Runs `body` when a conversion begins a stage.
  private func at(_ stage: ProgressReport.Stage, _ body: @escaping @Sendable () -> Void) -> ProgressReport {
    ProgressReport(begin: { begun, _ in if begun == stage { body() } }, advance: { _ in })
  }

  // MARK: What is accepted

  @Test func `is made, with those above it`() throws {
    let report = try bench.convert(to: "deep/er/out/")
    #expect(report.path == bench.file("deep/er/out"))
    _ = try bench.sound("deep/er/out")
    #expect(try bench.names(in: "deep/er") == ["out"] && report.notes.isEmpty)
  }

  @Test func `holds a manifest, a ledger and shards, and nothing else`() throws {
    try bench.convert([.folds: "none"])
    #expect(try bench.names(in: "out") == ["all-00000-of-00001.safetensors", "ledger.jsonl", "manifest.json"])
    #expect(try bench.names() == ["broken.csd", "out", "raw.csd"])
  }

  @Test func `may be there and empty`() throws {
    try Folder.create(bench.file("out"))
    try bench.convert()
    _ = try bench.sound()
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/shm"), "there is no mount point to try"))
  func `is refused at once where it is a mount point or the folder at hand`() throws {
    for (path, what) in [("/dev/shm", "a mount point"), (".", "the folder that the command runs in")] {
      let error = #expect(throws: ConversionError.self) {
        try Converter.run(inputs: [bench.file("raw.csd")], output: path, ConversionConfiguration(), progress: .none)
      }
      guard case .outputFixed(_, what) = error else {
        Issue.record("\(path): \(String(describing: error))")
        continue
      }
    }
    #expect(try FileStatus.of("/dev/shm.partial") == nil)
  }

  @Test func `may be a link to an empty folder or to a dataset, and stays one`() throws {
    try Folder.create(bench.file("real"))
    try link("out", to: "real")
    let report = try bench.convert()
    #expect(report.path == bench.file("out"), "as it was asked for")
    let first = try bench.bytes(of: "real")
    try bench.convert([.overwrite: "true", .normalize: "none"])
    #expect(try bench.bytes(of: "real") != first)
    #expect(try FileStatus.of(bench.file("out"), followingLinks: false)?.isSymbolicLink == true)
    #expect(try bench.names() == ["broken.csd", "out", "raw.csd", "real"])
    _ = try bench.sound("out")
  }

  // MARK: What is refused

  @Test func `is refused where a dataset is there, unless it may be replaced`() throws {
    try bench.convert()
    let before = try bench.bytes()
    #expect(throws: ConversionError.outputExists(bench.file("out"))) { try bench.convert([.normalize: "none"]) }
    #expect(try bench.bytes() == before)
    try bench.convert([.normalize: "none", .overwrite: "true"])
    #expect(try bench.bytes() != before)
    #expect(try bench.names() == ["broken.csd", "out", "raw.csd"])
  }

  @Test(arguments: ["false", "true"])
  func `is refused where there is a file`(overwrite: String) throws {
    try bench.write("mine", to: "out")
    #expect(throws: ConversionError.outputNotDataset(path: bench.file("out"), found: "a file")) {
      try bench.convert([.overwrite: overwrite])
    }
    #expect(try File.contents(of: bench.file("out")) == Array("mine".utf8))
  }

  @Test(arguments: ["false", "true"])
  func `is refused where a folder is no dataset`(overwrite: String) throws {
    try bench.write("mine", to: "out/train-00000-of-00001.safetensors")
    #expect(throws: ConversionError.outputNotDataset(path: bench.file("out"), found: "no manifest.json")) {
      try bench.convert([.overwrite: overwrite])
    }
    #expect(try bench.names(in: "out") == ["train-00000-of-00001.safetensors"])
  }

  @Test(arguments: ["notes.txt", ".hidden", "train.safetensors", "sub"])
  func `is refused where a dataset's folder holds anything else`(name: String) throws {
    try bench.convert()
    if name == "sub" { try Folder.create(bench.file("out/sub")) } else { try bench.write("mine", to: "out/\(name)") }
    let before = try bench.names(in: "out")
    #expect(throws: ConversionError.outputNotDataset(path: bench.file("out"), found: name)) {
      try bench.convert([.overwrite: "true"])
    }
    #expect(try bench.names(in: "out") == before && bench.names() == ["broken.csd", "out", "raw.csd"])
  }

  @Test func `is refused where it is a link that leads nowhere`() throws {
    try link("out", to: "nowhere")
    #expect(throws: ConversionError.outputNotDataset(path: bench.file("out"), found: "a link that leads nowhere")) {
      try bench.convert([.overwrite: "true"])
    }
    #expect(try FileStatus.of(bench.file("out"), followingLinks: false)?.isSymbolicLink == true)
    #expect(try bench.names() == ["broken.csd", "out", "raw.csd"])
  }

  @Test func `is refused below a file`() throws {
    #expect(throws: FileError.self) { try bench.convert(to: "raw.csd/out") }
  }

  // MARK: Work under way

  @Test func `is written by one conversion at a time, and the other is told by whom`() throws {
    let (path, bench) = (bench.file("out"), bench)
    let found = Mutex<(any Error)?>(nil)
    let progress = at(.reading) {
      do { try bench.convert([.overwrite: "true"]) } catch { found.withLock { $0 = error } }
    }
    try bench.convert(progress: progress)
    let busy = ConversionError.outputBusy(
      path: path, holder: "process \(FolderLock.processID) on \(FolderLock.hostName)")
    #expect(found.withLock { $0 as? ConversionError } == busy)
    _ = try bench.sound()
  }

  @Test func `is never written while it grows`() throws {
    try bench.convert()
    let (before, bench) = (try bench.bytes(), bench)
    let during = Mutex<[[String: [UInt8]]?]>([])
    for stage in ProgressReport.Stage.allCases {
      let progress = at(stage) { during.withLock { $0.append(try? bench.bytes()) } }
      try bench.convert(
        [.normalize: stage == .syncing ? "none" : "minmax", .overwrite: "true"], to: "out", progress: progress)
      try bench.convert([.overwrite: "true"])
    }
    let seen = during.withLock { $0 }
    #expect(seen.count >= 3 && seen.allSatisfy { $0 == before })
  }

  @Test func `is cleared of what an interrupted conversion left, with a note`() throws {
    for name in ["owner", "scratch.audio.values", "train-00000-of-00001.safetensors", "manifest.json", "ledger.jsonl"] {
      try bench.write("left", to: "out.partial/\(name)")
    }
    let report = try bench.convert()
    #expect(report.notes == ["\(bench.file("out.partial")): cleared what an interrupted conversion left there"])
    #expect(try bench.names() == ["broken.csd", "out", "raw.csd"])
    _ = try bench.sound()
  }

  @Test func `leaves a partial folder alone that holds anything else`() throws {
    try bench.write("mine", to: "out.partial/thesis.tex")
    try bench.write("left", to: "out.partial/owner")
    #expect(throws: ConversionError.outputNotDataset(path: bench.file("out.partial"), found: "thesis.tex")) {
      try bench.convert()
    }
    #expect(try bench.names(in: "out.partial") == ["owner", "thesis.tex"])
  }

  @Test(arguments: ["file", "link"])
  func `refuses a partial folder that is none`(kind: String) throws {
    if kind == "link" {
      try Folder.create(bench.file("elsewhere"))
      try link("out.partial", to: "elsewhere")
    } else {
      try bench.write("mine", to: "out.partial")
    }
    let before = try bench.names()
    #expect(throws: FileError.self) { try bench.convert() }
    #expect(try bench.names() == before)
  }

  // MARK: Failures

  @Test func `is what it was after a failure`() throws {
    try bench.convert()
    let before = try bench.bytes()
    #expect(throws: PreprocessingError.self) {
      try bench.convert([.overwrite: "true", .nonfinite: "error"], from: ["broken.csd"])
    }
    #expect(throws: (any Error).self) { try bench.convert([.overwrite: "true"], from: ["missing.csd"]) }
    #expect(throws: ConversionError.self) { try bench.convert([.overwrite: "true", .modality: "x=y"]) }
    #expect(try bench.bytes() == before)
    #expect(try bench.names() == ["broken.csd", "out", "raw.csd"])
  }

  @Test func `is not there after a failure where it was not, and empty where it was`() throws {
    #expect(throws: PreprocessingError.self) { try bench.convert([.nonfinite: "error"], from: ["broken.csd"]) }
    #expect(try bench.names() == ["broken.csd", "raw.csd"])
    try Folder.create(bench.file("out"))
    #expect(throws: PreprocessingError.self) { try bench.convert([.nonfinite: "error"], from: ["broken.csd"]) }
    #expect(try bench.names() == ["broken.csd", "out", "raw.csd"] && bench.names(in: "out").isEmpty)
  }

  @Test func `is not replaced where something else has come into it meanwhile`() throws {
    try bench.convert()
    let bench = bench
    let progress = at(.syncing) { _ = try? bench.write("mine", to: "out/notes.txt") }
    #expect(throws: ConversionError.outputNotDataset(path: bench.file("out"), found: "notes.txt")) {
      try bench.convert([.overwrite: "true"], progress: progress)
    }
    #expect(try bench.names() == ["broken.csd", "out", "raw.csd"])
    #expect(try File.contents(of: bench.file("out/notes.txt")) == Array("mine".utf8))
  }

  @Test func `is not replaced without leave where another has made it meanwhile`() throws {
    let bench = bench
    let progress = at(.syncing) { _ = try? bench.write("mine", to: "out/manifest.json") }
    #expect(throws: ConversionError.outputExists(bench.file("out"))) { try bench.convert(progress: progress) }
    #expect(try bench.names(in: "out") == ["manifest.json"] && bench.names() == ["broken.csd", "out", "raw.csd"])
  }

  @Test func `is made also where the old one has gone meanwhile`() throws {
    try bench.convert()
    let bench = bench
    let progress = at(.syncing) { try? Folder.removeAll(bench.file("out")) }
    try bench.convert([.overwrite: "true"], progress: progress)
    _ = try bench.sound()
    #expect(try bench.names() == ["broken.csd", "out", "raw.csd"])
  }
}
