internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// One of our programs, as it was built beside the tests, or any other that a test runs as a process of its own.
package struct Program: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  package static let grfData = Program(path: folder + "/grf-data")
  package static let grfTrain = Program(path: folder + "/grf-train")
  package static let shell = Program(path: "/bin/sh")

  /// Where the test bundle lies, and with it everything that was built.
  private static let folder: String = {
    for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
      return bundle.bundleURL.deletingLastPathComponent().path(percentEncoded: false)
    }
    let program = URL(filePath: CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0])
    var folder = program.deletingLastPathComponent()
    while folder.path(percentEncoded: false).contains(".xctest") { folder.deleteLastPathComponent() }
    return folder.path(percentEncoded: false)
  }()

  /// How a process ended, and what it said.
  package struct Ending: Sendable {
    /// The exit status; the negative number of the signal that ended it; nil where it had to be stopped.
    package let status: Int32?
    package let output: String
    package let error: String

    /// The lines of ``error``.
    package var errorLines: [Substring] { error.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }
  }

  /// Starts the program and comes back at once.
  package func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Running {
    let folder = try TemporaryFolder()
    // Files instead of pipes: nothing waits for a reader, and nothing for a grandchild that holds a pipe open.
    let streams = try [folder.file("out"), folder.file("err")].map { path in
      try Data().write(to: URL(filePath: path))
      return try FileHandle(forWritingTo: URL(filePath: path))
    }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = streams[0]
    process.standardError = streams[1]
    try Self.withoutBlockedSignals { try process.run() }
    for stream in streams { try stream.close() }
    return Running(folder, process)
  }

  /// A process inherits the signals that its maker blocks, and the threads that run tests block nearly all.
  private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
    var none = sigset_t()
    var before = sigset_t()
    // SAFETY: the calls fill and read the sets that they are given.
    unsafe sigemptyset(&none)
    unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }

  /// Runs to the end, or for `seconds`.
  package func run(
    _ arguments: [String], environment: [String: String] = [:], seconds: Double = 120
  ) throws -> Ending {
    try start(arguments, environment: environment).end(within: seconds)
  }

  /// Runs to the end, unless a signal comes before it.
  package func run(_ arguments: [String], signal: Int32, after seconds: Double) throws -> Ending {
    let running = try start(arguments)
    running.wait(seconds)
    running.send(signal)
    return try running.end(within: 120)
  }

  /// A process under way.
  package struct Running: ~Copyable {
    private let folder: TemporaryFolder
    private let process: Process

    fileprivate init(_ folder: consuming TemporaryFolder, _ process: Process) {
      self.folder = folder
      self.process = process
    }

    /// Waits so many seconds, or until it has ended.
    package func wait(_ seconds: Double) {
      let began = ContinuousClock.now
      while process.isRunning && ContinuousClock.now - began < .seconds(seconds) {
        usleep(ContinuousClock.now - began > .seconds(1) ? 5000 : 200)
      }
    }

    /// The processes that it has started, where the system tells.
    package var children: [Int32] {
      let pid = process.processIdentifier
      let text = try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)
      return (text ?? "").split(separator: " ").compactMap { Int32($0) }
    }

    package func send(_ signal: Int32) {
      if process.isRunning { kill(process.processIdentifier, signal) }
    }

    package consuming func end(within seconds: Double) throws -> Ending {
      wait(seconds)
      let isStopped = process.isRunning
      send(SIGKILL)
      process.waitUntilExit()
      let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
      func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: folder.file(name))), as: UTF8.self)
      }
      return Ending(status: isStopped ? nil : status, output: try text("out"), error: try text("err"))
    }
  }
}
