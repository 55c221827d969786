import Foundation
import Synchronization
import Testing
import Workers

@Suite struct `A background thread` {
  /// What jobs leave behind.
  final class Log: Sendable {
    private let entries = Mutex([Int]())
    func add(_ entry: Int) { entries.withLock { $0.append(entry) } }
    var all: [Int] { entries.withLock { $0 } }
  }

  @Test func `does its jobs one after another, in order, apart from who submits them`() {
    let log = Log()
    let threads = Mutex(Set<ObjectIdentifier>())
    let thread = BackgroundThread(name: "test", depth: 100)
    for index in 0..<100 {
      let isTaken = thread.submit {
        threads.withLock { _ = $0.insert(ObjectIdentifier(Thread.current)) }
        log.add(index)
      }
      #expect(isTaken)
    }
    thread.wait()
    #expect(log.all == Array(0..<100))
    #expect(threads.withLock { $0.count == 1 && !$0.contains(ObjectIdentifier(Thread.current)) })
  }

  @Test(arguments: [1, 2, 5])
  func `refuses a job at once where there is no room`(depth: Int) {
    let log = Log()
    let gate = DispatchSemaphore(value: 0)
    let thread = BackgroundThread(name: "test", depth: depth)
    // The first runs or waits, and holds all others up.
    let isTaken = (0..<depth).map { index in
      thread.submit {
        if index == 0 { gate.wait() }
        log.add(index)
      }
    }
    #expect(isTaken.allSatisfy { $0 })
    for _ in 0..<3 { #expect(!thread.submit { log.add(-1) }) }
    gate.signal()
    thread.wait()
    #expect(log.all == Array(0..<depth) && thread.submit { log.add(99) })
    thread.wait()
    #expect(log.all.last == 99)
  }

  @Test func `finishes the job under way and drops the others when it is let go`() {
    let log = Log()
    let begun = DispatchSemaphore(value: 0)
    do {
      let thread = BackgroundThread(name: "test", depth: 10)
      _ = thread.submit {
        begun.signal()
        usleep(50_000)
        log.add(0)
      }
      begun.wait()
      for index in 1..<9 { _ = thread.submit { log.add(index) } }
    }
    #expect(log.all == [0])
  }

  @Test func `ends idle, many times over`() {
    for _ in 0..<50 { _ = BackgroundThread(name: "test", depth: 1) }
    let log = Log()
    for index in 0..<50 {
      let thread = BackgroundThread(name: "test", depth: 1)
      _ = thread.submit { log.add(index) }
      thread.wait()
    }
    #expect(log.all == Array(0..<50))
  }
}
