import Files
import Foundation
import TestSupport
import Testing

@testable import Tracking

@Suite struct `TensorBoard's records` {
  @Test func `are checked by Castagnoli's polynomial`() {
    // The check value of CRC-32C in the catalogue of parametrised CRC algorithms, and RFC 3720's 32 zeros.
    #expect(MaskedCRC.plain(Array("123456789".utf8)) == 0xE306_9283)
    #expect(MaskedCRC.plain([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(MaskedCRC.plain([]) == 0)
  }

  @Test func `hold events as protocol buffers`() throws {
    let event = Event(time: 1.5, step: 300, scalars: [.init(tag: "a/b", value: -2)])
    // By hand, from the wire format: field 1 double, 2 varint, 5 a message with field 1: tag, value.
    #expect(
      event.bytes == [0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x10, 0xAC, 0x02, 0x2A, 12, 0x0A, 10, 0x0A, 3]
        + Array("a/b".utf8)
        + [0x15, 0, 0, 0, 0xC0])
    #expect(Event(event.bytes[...]) == event)
    let first = Event(time: 0, version: Event.version)
    #expect(Event(first.bytes[...]) == first)
  }

  @Test func `that are cut off anywhere are none`() {
    let bytes = Event(time: 1.5, step: 300, scalars: [.init(tag: "a", value: 1)]).bytes
    // Where a field ends, what is before it is an event, too.
    for count in 1..<bytes.count where ![9, 12].contains(count) {
      #expect(Event(bytes[..<count]) == nil, "\(count) bytes")
    }
  }
}

@Suite struct `TensorBoard's file` {
  private func events(_ folder: String) throws -> (name: String, events: [Event]) {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("tfevents") }
    try #require(names.count == 1)
    let bytes = try RunExample.bytes("\(folder)/\(names[0])")
    let records = EventFile.records(bytes)
    #expect(records.last.map { $0.upperBound + 4 } == bytes.count)
    return (names[0], try records.map { try #require(Event(bytes[$0])) })
  }

  private func add(_ run: String) throws -> Int {
    let record = try RunRecord(run)
    var file = try EventFile(in: run, start: record.start)
    return try file.add(record)
  }

  @Test func `holds each epoch and the test once, however often it is written`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    #expect(try add(run) == 3)
    #expect(try add(run) == 0)
    let (name, events) = try events(run)
    #expect(name.hasPrefix("events.out.tfevents.") && events.map(\.step) == [0, 1, 2, 3, events.last?.step])
    var found: [String: Float] = [:]
    for event in events { for scalar in event.scalars { found["\(scalar.tag) \(event.step)"] = scalar.value } }
    var expected = try RunExample.expectedMetrics(run).mapValues { Float($0) }
    expected = expected.filter { !$0.key.hasPrefix("best_epoch") }
    #expect(found == expected)
    #expect(events.map(\.time) == events.map(\.time).sorted())
  }

  @Test func `that was cut off anywhere is completed`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    _ = try add(run)
    let path = "\(run)/\(try events(run).name)"
    let whole = try RunExample.bytes(path)
    for count in stride(from: 0, to: whole.count, by: 7) {
      try Data(whole[..<count]).write(to: URL(filePath: path))
      _ = try add(run)
      #expect(try RunExample.bytes(path) == whole, "cut after \(count) bytes")
    }
  }

  @Test(arguments: [0, 3, 20, 200]) func `that was damaged anywhere is right again`(place: Int) throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    _ = try add(run)
    let path = "\(run)/\(try events(run).name)"
    let whole = try RunExample.bytes(path)
    var damaged = whole
    damaged[place] ^= 0x10
    try Data(damaged).write(to: URL(filePath: path))
    _ = try add(run)
    #expect(try RunExample.bytes(path) == whole)
  }

  @Test(.disabled(if: TrackingPython.isMissing, "\(TrackingPython.skipReason)"))
  func `is read by TensorBoard as it is meant`() throws {
    let folder = try TemporaryFolder()
    let run = folder.file("run")
    try RunExample.copy(to: run)
    _ = try add(run)
    let script = """
      import sys
      from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      events = EventAccumulator(sys.argv[1])
      events.Reload()
      for tag in events.Tags()["scalars"]:
        for scalar in events.Scalars(tag):
          print(f"{tag} {scalar.step}\\t{scalar.value!r}")
      """
    let ending = try TrackingPython.program().run(["-c", script, run])
    #expect(ending.status == 0, "\(ending.error)")
    var found: [String: Float] = [:]
    for line in ending.output.split(separator: "\n") {
      let parts = line.split(separator: "\t")
      found[String(parts[0])] = Float(parts[1])
    }
    var expected = try RunExample.expectedMetrics(run).mapValues { Float($0) }
    expected = expected.filter { !$0.key.hasPrefix("best_epoch") }
    #expect(found == expected)
  }
}
