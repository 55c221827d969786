import ComputationalSequences
import Foundation
import PackedSequences
import TestSupport
import Testing

/// Files of every layout that h5py knows, as `tools/fuzz/write_layouts.py` makes them by the number, against what h5py
/// reads in them. `tools/fuzz/layouts` runs this at length.
@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)")) struct `Features in any layout` {
  private static let environment = ProcessInfo.processInfo.environment
  private static let files = environment["GRF_LAYOUT_FILES"].flatMap { Int($0) } ?? 200
  private static let first = environment["GRF_LAYOUT_FIRST"].flatMap { Int($0) } ?? 0

  private struct Tally {
    var raw = 0
    var throughHDF5 = 0
    var absent = 0
  }

  @Test func `are what h5py reads, bit for bit, or are refused where the file has no bytes for them`() throws {
    var tally = Tally()
    let batch = 500
    for first in stride(from: Self.first, to: Self.first + Self.files, by: batch) {
      let folder = try TemporaryFolder()
      let count = min(batch, Self.first + Self.files - first)
      let written = try Python.run(
        file: "tools/fuzz/write_layouts.py", [folder.path, String(count), String(first)])
      let lines = written.output.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 4).map(String.init) }
      #expect(written.status == 0 && lines.count == count, "\(written.error)")
      for line in lines where line.count == 5 {
        try check(
          folder.file(line[0]), rows: #require(Int(line[1])), columns: #require(Int(line[2])),
          isAbsent: line[3] == "1", line.joined(separator: " "), &tally)
      }
    }
    #expect(
      tally.raw > Self.files / 8 && tally.throughHDF5 > Self.files / 8 && tally.absent > Self.files / 50, "\(tally)")
    if Self.environment["GRF_LAYOUT_FILES"] != nil {
      print("\(Self.files) files from number \(Self.first): \(tally)")
    }
  }

  private func check(
    _ path: String, rows: Int, columns: Int, isAbsent: Bool, _ made: String, _ tally: inout Tally
  ) throws {
    let expected = try floats(path + ".f4")
    let file = try SequenceFile(path + ".csd")
    let info = try #require(file.roots.first?.entries.first).features
    guard info.rows == rows, info.columns == columns, expected.count == rows * columns else {
      Issue.record("\(info.rows) x \(info.columns); \(made)")
      return
    }
    if isAbsent {
      tally.absent += 1
      let refused = try #require(throws: SequenceError.self, "\(made)") { try file.rawStorage(of: info) }
      guard case .absentBytes = refused else {
        Issue.record("\(String(describing: refused)); \(made)")
        return
      }
      #expect(throws: refused) {
        try Bands.throughHDF5(
          file, info, wanted: [RowRun(start: 0, count: rows)], selection: .all(columns))
      }
    }
    let wanted = [RowRun(start: 0, count: rows)]
    let policy = isAbsent ? AbsentValues.notANumber : .refused
    let some = ColumnSelection(
      columns: stride(from: columns - 1, through: 0, by: -3).map { $0 }, width: columns)
    let raw = try file.rawStorage(of: info, absent: policy)
    if raw == nil { tally.throughHDF5 += 1 } else { tally.raw += 1 }
    for selection in [ColumnSelection.all(columns), some] {
      var ways = [("libhdf5", try Bands.throughHDF5(file, info, wanted: wanted, selection: selection, absent: policy))]
      if let raw { ways.append(("raw", try Bands.raw(raw, wanted: wanted, selection: selection))) }
      for (way, bands) in ways {
        #expect(bands.faults == [], "\(way): \(made)")
        let wrong = (0..<rows).first { row in
          guard let found = bands.values[row] else { return true }
          return !zip(selection.columns, found).allSatisfy { Bands.isSame(expected[row * columns + $0], $1) }
        }
        if let wrong {
          Issue.record("\(way), row \(wrong): \(bands.values[wrong]?.prefix(8).description ?? "not there"); \(made)")
        }
      }
    }
  }

  private func floats(_ path: String) throws -> [Float] {
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    return stride(from: 0, to: bytes.count - 3, by: 4).map { start in
      Float(bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
  }
}
