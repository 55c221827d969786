import Testing

@Suite struct `Help` {
  static let commands = [
    "", "fetch", "convert", "presets", "merge", "add", "import", "export", "stats", "info", "doctor", "show", "verify",
    "pack", "unpack", "generate",
  ]

  @Test(arguments: commands) func `of every command fits 80 columns and is as it was`(command: String) throws {
    let result = try Program.data.run(command.isEmpty ? ["--help"] : [command, "--help"])
    #expect(result.status == 0 && result.errors.isEmpty)
    try expectSnapshot(command.isEmpty ? "help" : "help-\(command)", result.output)
  }

  @Test(arguments: ["", "train", "evaluate", "predict", "embed", "report", "profile"])
  func `of every command of grf-train fits 80 columns and is as it was`(command: String) throws {
    let result = try Program.train.run(command.isEmpty ? ["--help"] : [command, "--help"])
    #expect(result.status == 0 && result.errors.isEmpty)
    try expectSnapshot(command.isEmpty ? "grf-train-help" : "grf-train-help-\(command)", result.output)
  }

  @Test func `without arguments is printed, too`() throws {
    #expect(try Program.data().output == Program.data("--help").output)
  }

  @Test func `does not speak of the benchmark's command`() throws {
    #expect(!(try Program.data("--help").output.contains("read-speed")))
    #expect(try Program.data("read-speed", "--help").status == 0)
  }
}
