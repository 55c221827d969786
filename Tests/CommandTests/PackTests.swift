import Foundation
import TestSupport
import Testing

/// The commands `pack` and `unpack`, and all others on what they leave.
@Suite struct `pack` {
  /// A copy of the example, and what it holds.
  private func copy(_ folder: borrowing TemporaryFolder, _ name: String = "out") throws -> String {
    let path = folder.file(name)
    try Example.copy(to: path)
    return path
  }

  private func contents(_ path: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      files[name] = try Data(contentsOf: URL(filePath: path).appending(path: name))
    }
    return files
  }

  private func packed(_ path: String) throws {
    let result = try Program.data("pack", "--quiet", path)
    try #require(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result.errors)")
  }

  /// How long it took is another number each time.
  private func timeless(_ text: String) -> String {
    text.replacing(/\ in\ [0-9.]+\ m?s/, with: " in TIME")
  }

  @Test func `tells the ratio, and unpack undoes it`() throws {
    let folder = try TemporaryFolder()
    let path = try copy(folder)
    let before = try contents(path)
    let result = try Program.data("pack", path)
    #expect(result.status == 0)
    try expectSnapshot("pack", timeless(result.output.normalized(folder: path)))
    let json = try Program.data("pack", path, "--json").json()
    #expect(json["changed"] as? Int == 0 && json["unchanged"] as? Int == 3)
    let unpacked = try Program.data("unpack", path)
    try expectSnapshot("unpack", timeless(unpacked.output.normalized(folder: path)))
    #expect(try unpacked.status == 0 && contents(path) == before)
  }

  @Test(arguments: ["0", "20", "-1", "x"]) func `a level that zstd does not have is a fault of the command line`(
    level: String
  ) throws {
    #expect(try Program.data("pack", "--level", level, try Example.dataset()).status == 64)
  }

  private static let zstd = ["/usr/bin/zstd", "/usr/local/bin/zstd", "/opt/homebrew/bin/zstd"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: zstd != nil, "no zstd here"), arguments: ["1", "19"])
  func `zstd itself unpacks what was packed`(level: String) throws {
    let folder = try TemporaryFolder()
    let path = try copy(folder)
    #expect(try Program.data("pack", "--quiet", "--level", level, path).status == 0)
    let program = TestSupport.Program(path: try #require(Self.zstd))
    for split in ["train", "valid", "test"] {
      let packed = Example.shard(split, in: path).path + ".zst"
      let plain = folder.file(split)
      #expect(try program.run(["-q", "-d", packed, "-o", plain]).status == 0)
      #expect(
        try Data(contentsOf: URL(filePath: plain)) == Data(contentsOf: Example.shard(split, in: Example.dataset())))
    }
  }

  @Test func `all commands take a packed dataset, and say the same of it`() throws {
    let folder = try TemporaryFolder()
    let path = try copy(folder)
    let commands = [["stats", path], ["stats", path, "--json"], ["show", path, "clip_16[1]"], ["read-speed", path]]
    let plain = try commands.dropLast().map { try Program.data.run($0).output }
    try packed(path)
    let verified = try Program.data("verify", path)
    #expect(verified.status == 0 && verified.output.contains("3 (3 packed)"))
    let before = try contents(path)
    let cache = folder.file("cache")
    for (command, output) in zip(commands, plain) {
      let result = try Program.data.run(command + ["--cache", cache])
      #expect(result.status == 0 && result.output == output)
    }
    #expect(try contents(path) == before)
    for command in commands {
      #expect(try Program.data.run(command).status == 0)
      try packed(path)
    }
    #expect(try contents(path) == before)
  }

  @Test func `a model trains on a packed dataset as on any other`() throws {
    let folder = try TemporaryFolder()
    let path = try copy(folder)
    let options = ["--epochs", "1", "--quiet"]
    let plain = try Program.train.run(["--shards", path, "--out", folder.file("plain")] + options)
    try packed(path)
    let cache = ["--cache", folder.file("cache")]
    let run = try Program.train.run(["--shards", path, "--out", folder.file("packed")] + options + cache)
    #expect(plain.status == 0 && run.status == 0)
    for name in ["metrics.jsonl", "predictions-test.csv"] where name.hasSuffix("csv") {
      let files = ["plain", "packed"].map { folder.file($0) + "/" + name }
      #expect(
        try String(contentsOfFile: files[0], encoding: .utf8) == String(contentsOfFile: files[1], encoding: .utf8))
    }
    let checkpoint = folder.file("packed") + "/best.safetensors"
    #expect(try Program.train.run(["evaluate", "--shards", path, "--checkpoint", checkpoint] + cache).status == 0)
    #expect(try !FileManager.default.contentsOfDirectory(atPath: path).contains { $0.hasSuffix(".safetensors") })
  }

  @Test(arguments: ["with spaces", "Ünïcödé 語 🙂", "line\nbreak", "-- dash", "'\"$(x)`"])
  func `a path of any kind works for every command`(name: String) throws {
    let folder = try TemporaryFolder()
    let out = folder.file(name)
    let input = folder.file("\(name).csd")
    try FileManager.default.copyItem(atPath: Program.root.appending(path: Example.input).path, toPath: input)
    for arguments in [
      ["info", input], ["doctor", input], ["convert", "--quiet", input, out], ["stats", out],
      ["show", out, "clip_16[1]"], ["verify", out], ["pack", out], ["verify", out], ["stats", out], ["unpack", out],
    ] {
      let result = try Program.data.run(arguments)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
    }
    let run = try Program.train.run(["--shards", out, "--epochs", "1", "--out", folder.file("run \(name)")])
    #expect(run.status == 0, "\(run.errors)")
  }

  // MARK: Interrupted

  @Test func `killed at any point nothing is lost`() throws {
    let folder = try TemporaryFolder()
    let path = try copy(folder)
    let before = try contents(path)
    let program = TestSupport.Program(path: try Program.data.path())
    var draw = SystemRandomNumberGenerator()
    var killed = 0
    for round in 0..<60 {
      let command = round % 2 == 0 ? ["pack", "--level", "19"] : ["unpack"]
      let ending = try program.run(command + [path], signal: 9, after: .random(in: 0..<0.25, using: &draw))
      if ending.status == -9 { killed += 1 }
      // Every shard is there, in one form or both.
      if round % 6 == 5 { #expect(try Program.data("verify", "--quiet", path).status == 0, "round \(round)") }
    }
    #expect(killed > 5, "\(killed) of 60")
    #expect(try Program.data("unpack", "--quiet", path).status == 0)
    let after = try contents(path).filter { !$0.key.hasSuffix(".partial") }
    #expect(after == before)
    #expect(try Program.data("stats", path).status == 0)
  }

  @Test(.enabled(if: !MemoryDisk.isMissing, "\(MemoryDisk.skipReason)"))
  func `a full disk is an error line, and nothing is lost`() throws {
    let folder = try TemporaryFolder()
    let disk = try MemoryDisk(at: folder.file("disk"), bytes: 4 << 20)
    let path = disk.file("out")
    try Example.copy(to: path)
    let before = try contents(path)
    #expect(FileManager.default.createFile(atPath: disk.file("full"), contents: nil))
    _ = try TestSupport.Program.shell.run(["-c", "head -c 8000000 /dev/zero > '\(disk.file("full"))'"])
    let result = try Program.data("pack", "--quiet", path)
    #expect(result.status == 1 && result.errorLines.count == 1 && result.errors.contains("No space left"))
    #expect(try contents(path) == before)
    try FileManager.default.removeItem(atPath: disk.file("full"))
    try packed(path)
    let small = try contents(path)
    _ = try TestSupport.Program.shell.run(["-c", "head -c 8000000 /dev/zero > '\(disk.file("full"))'"])
    for command in ["unpack", "stats"] {
      let result = try Program.data(command, path)
      #expect(result.status == 1 && result.errors.contains("No space left"))
      #expect(try contents(path) == small)
    }
    #expect(try Program.data("stats", path, "--cache", folder.file("cache")).status == 0)
  }

  @Test(.enabled(if: !MemoryDisk.isMissing, "\(MemoryDisk.skipReason)"))
  func `a disk that may only be read is read through the cache`() throws {
    let folder = try TemporaryFolder()
    let disk = try MemoryDisk(at: folder.file("disk"), bytes: 8 << 20)
    let path = disk.file("out")
    try Example.copy(to: path)
    try packed(path)
    _ = try TestSupport.Program(path: "/bin/mount").run(["-o", "remount,ro", disk.path])
    for command in ["pack", "unpack"] {
      let result = try Program.data(command, path)
      #expect(result.status == (command == "pack" ? 0 : 1))
    }
    var environment = ProcessInfo.processInfo.environment
    environment["XDG_CACHE_HOME"] = folder.file("xdg")
    #expect(try Program.data.run(["stats", path], environment: environment).status == 0)
    #expect(FileManager.default.fileExists(atPath: folder.file("xdg/grf")))
    environment["XDG_CACHE_HOME"] = nil
    environment["HOME"] = folder.file("home")
    #expect(try Program.data.run(["stats", path], environment: environment).status == 0)
    #expect(FileManager.default.fileExists(atPath: folder.file("home/.cache/grf")))
    environment["HOME"] = nil
    let result = try Program.data.run(["stats", path], environment: environment)
    #expect(result.status == 1 && result.errors.contains("--cache"))
  }

  // MARK: Cut short while mapped

  @Test(arguments: [false, true]) func `a shard that is cut short while a model trains ends in an error line`(
    isInflated: Bool
  ) throws {
    let folder = try TemporaryFolder()
    let path = try copy(folder)
    if isInflated { try packed(path) }
    let program = TestSupport.Program(path: try Program.train.path())
    let running = try program.start(["--shards", path, "--out", folder.file("run"), "--epochs", "100000"])
    let shard = Example.shard("train", in: path)
    let metrics = folder.file("run") + "/metrics.jsonl"
    for _ in 0..<2000 where !FileManager.default.fileExists(atPath: metrics) { running.wait(0.02) }
    try ThisProcess.truncate(shard.path)
    let ending = try running.end(within: 60)
    #expect(ending.status == 1)
    #expect(try #require(ending.errorLines.last).hasPrefix("grf-train: error: \(shard.path): the file was cut short"))
  }

  @Test func `a shard that is cut short while it is looked at ends in an error line`() throws {
    let folder = try TemporaryFolder()
    let program = TestSupport.Program(path: try Program.data.path())
    var draw = SystemRandomNumberGenerator()
    for round in 0..<40 {
      let path = try copy(folder, "out\(round)")
      let running = try program.start([round % 2 == 0 ? "stats" : "verify", path])
      running.wait(.random(in: 0..<0.04, using: &draw))
      try ThisProcess.truncate(Example.shard("train", in: path).path)
      let ending = try running.end(within: 60)
      #expect(ending.status == 0 || (ending.status == 1 && ending.error.contains(": error: ")), "\(ending)")
    }
  }
}
