internal import Files
internal import Foundation

/// Debian's `gnuplot-nox`, or any other gnuplot from 5.2 on: a child process a drawing, in a folder of its own.
struct Gnuplot: Sendable {
  static let remedy = "install it (Debian: apt-get install gnuplot-nox) and write the report again"

  let path: String

  /// How long one drawing may take.
  private static let seconds = 60.0

  /// Nil where there is none on the path.
  ///
  /// - Parameter path: folders with colons between them.
  static func found(in path: String? = ProcessInfo.processInfo.environment["PATH"]) -> Gnuplot? {
    for folder in (path ?? "").split(separator: ":") {
      let candidate = Path.join(String(folder), "gnuplot")
      if FileManager.default.isExecutableFile(atPath: candidate) { return Gnuplot(path: candidate) }
    }
    return nil
  }

  struct Drawing {
    let vector: [UInt8]
    /// Nil where none was asked for, or where gnuplot has no such terminal.
    let bitmap: [UInt8]?
  }

  /// Draws a chart.
  ///
  /// - Throws: ``ReportingError/drawing(figure:problem:)``, ``ReportingError/file(_:)``.
  func draw(_ chart: Chart, figure: String, bitmap: Bool) throws(ReportingError) -> Drawing {
    let folder = Path.join(
      FileManager.default.temporaryDirectory.path(percentEncoded: false), "grf-chart-\(UUID().uuidString)")
    try ReportingError.files { () throws(FileError) in try Folder.create(folder) }
    defer { try? Folder.removeAll(folder) }
    let script = GnuplotScript(chart).text(drawsBitmap: bitmap)
    try ReportingError.files { () throws(FileError) in
      let file = try File(creating: Path.join(folder, "script.gp"))
      try file.write(script, at: 0)
    }
    let problem = try run(in: folder, figure: figure)
    guard let vector = try contents(Path.join(folder, GnuplotScript.vectorName)), problem == nil || !vector.isEmpty,
      vector.suffix(16).contains(UInt8(ascii: "/"))
    else { throw .drawing(figure: figure, problem: problem ?? "it wrote nothing") }
    let drawn = bitmap ? try contents(Path.join(folder, GnuplotScript.bitmapName)) : nil
    return Drawing(vector: vector, bitmap: drawn?.isEmpty == true ? nil : drawn)
  }

  /// - Returns: what it said where it failed.
  private func run(in folder: String, figure: String) throws(ReportingError) -> String? {
    let process = Process()
    process.executableURL = URL(filePath: path)
    // Without anybody's initialization files.
    process.arguments = ["-d", "script.gp"]
    process.currentDirectoryURL = URL(filePath: folder)
    var environment = ProcessInfo.processInfo.environment
    environment["LC_ALL"] = "C.UTF-8"
    for name in environment.keys where name.hasPrefix("GNUPLOT_") || name == "GNUTERM" { environment[name] = nil }
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let said = Path.join(folder, "said")
    do {
      try Data().write(to: URL(filePath: said))
      let handle = try FileHandle(forWritingTo: URL(filePath: said))
      process.standardError = handle
      try process.run()
      try handle.close()
    } catch { throw .drawing(figure: figure, problem: "it cannot be started (\(error.localizedDescription))") }
    let began = ContinuousClock.now
    while process.isRunning && ContinuousClock.now - began < .seconds(Self.seconds) { usleep(1000) }
    let isStopped = process.isRunning
    if isStopped { process.terminate() }
    process.waitUntilExit()
    if isStopped { return "it did not end within \(Int(Self.seconds)) s" }
    if process.terminationReason == .exit && process.terminationStatus == 0 { return nil }
    let lines = String(decoding: try contents(said) ?? [], as: UTF8.self).split(separator: "\n")
    return lines.last { $0.contains(": ") }.map(String.init) ?? "exit status \(process.terminationStatus)"
  }

  private func contents(_ path: String) throws(ReportingError) -> [UInt8]? {
    try ReportingError.files { () throws(FileError) -> [UInt8]? in
      try FileStatus.of(path) == nil ? nil : try File.contents(of: path)
    }
  }
}
