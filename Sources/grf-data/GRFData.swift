import ArgumentParser
import Programs

@main
struct GRFData: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grf-data",
    abstract: "Turns computational sequences (.csd) into memory-mapped shards, and looks at both.",
    discussion: """
      A first run:
        grf-data convert raw.csd out/
        grf-data stats out/

      Exit status: 0 when all went well, 1 when data or files were at fault, 64 when the \
      command line was. Errors are one line on standard error.
      """,
    version: ProgramMain.version,
    subcommands: [
      FetchCommand.self, Convert.self, Merge.self, Add.self, ImportCommand.self, ExportCommand.self, Stats.self,
      Info.self, DoctorCommand.self, Presets.self, Show.self, Verify.self, Pack.self, Unpack.self, Generate.self,
      ReadSpeedCommand.self,
    ])

  static func main() { ProgramMain.run(GRFData.self) }
}
