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

  /// Draws a chart.
  ///
  /// - Parameter title: above the plot; nil: there is none.
  /// - Returns: nil for a bitmap where gnuplot has no such terminal.
  /// - Throws: ``ReportingError/drawing(figure:problem:)`` unless gnuplot ends well and has written a whole drawing: after an
  ///   error it still closes its SVG, which then shows nothing. ``ReportingError/file(_:)``.
  func draw(
    _ chart: Chart, figure: String, as form: GnuplotScript.Form = .vector, title: String? = nil
  ) throws(ReportingError) -> [UInt8]? {
    let folder = Path.join(
      FileManager.default.temporaryDirectory.path(percentEncoded: false), "grf-chart-\(UUID().uuidString)")
    try ReportingError.files { () throws(FileError) in try Folder.create(folder) }
    defer { try? Folder.removeAll(folder) }
    let script = GnuplotScript(chart, as: form, title: title).text
    try ReportingError.files { () throws(FileError) in
      let file = try File(creating: Path.join(folder, "script.gp"))
      try file.write(script, at: 0)
    }
    if let problem = try run(in: folder, figure: figure) {
      if form == .bitmap && problem.contains("terminal type") { return nil }
      throw .drawing(figure: figure, problem: problem)
    }
    guard let drawing = try contents(Path.join(folder, form.fileName)), !drawing.isEmpty else {
      throw .drawing(figure: figure, problem: "it wrote nothing")
    }
    guard form == .bitmap || String(decoding: drawing.suffix(16), as: UTF8.self).contains("</svg>") else {
      throw .drawing(figure: figure, problem: "its SVG has no end")
    }
    return drawing
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
