internal import Files
internal import Foundation

/// How a planned run has ended.
package enum RunOutcome: Sendable, Equatable {
  case finished(RunRecord)
  /// What it said last.
  case failed(String)
  /// Whoever watches it had it stopped.
  case stopped
}

/// How far the runs of an experiment have come.
package struct QueueProgress: Sendable {
  package let all: Int
  package let ended: Int
  package let failed: Int
  /// The names of the runs under way.
  package let working: [String]
  /// Nil before anything is known of how long a run takes.
  package let secondsLeft: Double?
}

/// Whom a queue tells what happens; all are called on the thread that runs it.
package struct QueueObserver {
  package var isStopRequested: () -> Bool
  /// After each run.
  package var ended: (PlannedRun, RunOutcome) throws -> Void
  /// Some ten times a second.
  package var progress: (QueueProgress) -> Void
  /// Asked of a run under way some ten times a second: whether there is no sense in going on.
  package var isHopeless: (PlannedRun, _ folder: String) throws -> Bool

  package init(
    isStopRequested: @escaping () -> Bool = { false },
    ended: @escaping (PlannedRun, RunOutcome) throws -> Void = { _, _ in },
    progress: @escaping (QueueProgress) -> Void = { _ in },
    isHopeless: @escaping (PlannedRun, String) throws -> Bool = { _, _ in false }
  ) {
    self.isStopRequested = isStopRequested
    self.ended = ended
    self.progress = progress
    self.isHopeless = isHopeless
  }
}

/// Carries planned runs out: each is a process of this program on one thread, several at once.
///
/// What is done is left alone, what was begun is gone on with. A run that fails does not stop the others. Each writes its
/// output to a file beside its folder, `NAME.log`.
package struct RunQueue: Sendable {
  /// Where the folders of the runs are.
  let folder: String
  /// The digest of the dataset's bytes.
  let content: String
  /// How many run at once.
  let slots: Int
  /// What every run takes besides its configuration, and what decides no result.
  let options: [String]
  /// The path of grf-train.
  let program: String

  package init(
    folder: String, content: String, slots: Int, options: [String] = [], program: String = Self.program
  ) {
    self.folder = folder
    self.content = content
    self.slots = max(1, slots)
    self.options = options
    self.program = program
  }

  /// This very program, also where its file has been replaced meanwhile.
  package static var program: String {
    #if os(Linux)
      "/proc/self/exe"
    #else
      Bundle.main.executablePath ?? CommandLine.arguments[0]
    #endif
  }

  package enum Ending: Sendable, Equatable {
    case done
    /// It was asked to stop; whatever was under way has saved itself.
    case interrupted
  }

  package func path(of run: PlannedRun) -> String { Path.join(folder, run.name) }

  /// Runs all that is not done yet.
  ///
  /// - Throws: ``ExperimentError`` before anything is started where a folder holds something else. An error of the
  ///   observer's ends what is under way.
  package func run(_ runs: [PlannedRun], _ observer: QueueObserver) throws -> Ending {
    var pending: [PlannedRun] = []
    var session = Session(all: runs.count)
    for run in runs {
      guard case .finished(let record) = try RunState.of(run, at: path(of: run), content: content) else {
        pending.append(run)
        continue
      }
      session.ended += 1
      try observer.ended(run, .finished(record))
    }
    session.todo = pending.count
    return try run(pending, &session, observer)
  }

  private func run(
    _ runs: [PlannedRun], _ session: inout Session, _ observer: QueueObserver
  ) throws -> Ending {
    var pending = runs
    var working: [Work] = []
    var isStopping = false
    var turn = 0
    while true {
      for index in working.indices.reversed() {
        guard let status = working[index].child.ended else { continue }
        let work = working.remove(at: index)
        if Self.interrupted.contains(status) && isStopping && !work.isHopeless { continue }
        let outcome = outcome(of: work, status)
        session.add(outcome)
        try observer.ended(work.run, outcome)
      }
      if observer.isStopRequested(), !isStopping {
        isStopping = true
        for work in working { work.child.stop() }
      }
      while !isStopping, working.count < slots, let next = pending.first {
        pending.removeFirst()
        switch try start(next, &session) {
        case .work(let work): working.append(work)
        case .waiting: pending.append(next)
        case .ended(let outcome):
          session.add(outcome)
          try observer.ended(next, outcome)
          continue
        }
        if case .some = session.waiting[next.name] { break }
      }
      if working.isEmpty && (isStopping || pending.isEmpty) { return isStopping ? .interrupted : .done }
      turn += 1
      for index in working.indices where !working[index].isHopeless && turn % 5 == 0 {
        // A file that cannot be read now is the run's own affair: it says so at its end.
        let isHopeless = try? observer.isHopeless(working[index].run, path(of: working[index].run))
        guard isHopeless == true else { continue }
        working[index].isHopeless = true
        working[index].child.stop()
      }
      observer.progress(session.progress(working.map(\.run.name)))
      Pause.milliseconds(20)
    }
  }

  // MARK: One run

  /// What grf-train exits with when it was asked to stop, and what ends it before it listens.
  private static let interrupted: Set<Int32> = [130, -SIGTERM]
  /// How long a process that an earlier experiment has left behind is waited for.
  private static let patience = Duration.seconds(60)

  private struct Work {
    let run: PlannedRun
    let child: ChildProcess
    var isHopeless = false
  }

  private enum Start {
    case work(Work)
    case waiting
    case ended(RunOutcome)
  }

  private func start(_ run: PlannedRun, _ session: inout Session) throws -> Start {
    let path = path(of: run)
    let arguments: [String]
    switch try RunState.of(run, at: path, content: content) {
    case .absent: arguments = run.arguments(beginning: path)
    case .begun: arguments = run.arguments(resuming: path)
    case .finished(let record): return .ended(.finished(record))
    case .locked:
      let since = session.waiting[run.name] ?? .now
      session.waiting[run.name] = since
      return since.duration(to: .now) < Self.patience
        ? .waiting : .ended(.failed("\(path): another process trains there"))
    }
    session.waiting[run.name] = nil
    return .work(Work(run: run, child: try ChildProcess(program, arguments + options, output: log(of: run))))
  }

  private func log(of run: PlannedRun) -> String { path(of: run) + ".log" }

  private func outcome(of work: Work, _ status: Int32) -> RunOutcome {
    if work.isHopeless { return .stopped }
    guard status == 0 else {
      let last = LogFile.lastLine(log(of: work.run))
      if status < 0 { return .failed("it was ended by signal \(-status)") }
      return .failed(last ?? "it ended with status \(status) and said nothing")
    }
    do throws(ExperimentError) { return .finished(try RunRecord(path(of: work.run))) } catch {
      return .failed(error.description)
    }
  }

  /// What a queue knows of its own progress.
  private struct Session {
    let all: Int
    var ended = 0
    var failed = 0
    /// Not done when it began.
    var todo = 0
    var endedHere = 0
    let began = ContinuousClock.now
    /// Runs whose folders another process holds, and since when.
    var waiting: [String: ContinuousClock.Instant] = [:]

    init(all: Int) { self.all = all }

    mutating func add(_ outcome: RunOutcome) {
      ended += 1
      endedHere += 1
      if case .failed = outcome { failed += 1 }
    }

    func progress(_ working: [String]) -> QueueProgress {
      let seconds = began.duration(to: .now) / .seconds(1)
      let left = endedHere > 0 ? seconds / Double(endedHere) * Double(todo - endedHere) : nil
      return QueueProgress(all: all, ended: ended, failed: failed, working: working, secondsLeft: left)
    }
  }
}

/// What a program has left in its log.
enum LogFile {
  /// The last line that is not empty, without the program's name before an error.
  static func lastLine(_ path: String) -> String? {
    guard let bytes = try? File.contents(of: path) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    let last = lines.last { !$0.allSatisfy(\.isWhitespace) }
    return last.map { $0.split(separator: ": error: ", maxSplits: 1).last.map(String.init) ?? String($0) }
  }
}
