import ComputationalSequences
import Files
import Foundation
import TestSupport
import Testing

/// A test for each reason to refuse a file.
@Suite struct `A sequence file is refused` {
  /// Writes a file of these bytes and says why it is refused.
  private func refusal(ofBytes bytes: [UInt8]) throws -> (path: String, error: SequenceError?) {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try File(creating: path).write(bytes, at: 0)
    return (path, SequenceError.ofOpening(path))
  }

  @Test func `when it is missing`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("none.csd")
    #expect(SequenceError.ofOpening(path) == .notFound(path: path))
    #expect(SequenceError.notFound(path: "p").description == "p: no such file or folder; check the path")
  }

  @Test func `when it is a folder`() throws {
    let folder = try TemporaryFolder()
    #expect(SequenceError.ofOpening(folder.path) == .notHDF5(path: folder.path, found: .unknown))
  }

  @Test func `when it may not be read`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Example.write(path)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    await #expect(processExitsWith: .success) { [path = path as String] in
      ThisProcess.becomeOrdinaryUser()
      #expect(SequenceError.ofOpening(path) == .file(FileError(.open, path, code: EACCES)))
    }
  }

  @Test func `when it is empty`() throws {
    let (path, error) = try refusal(ofBytes: [])
    #expect(error == .emptyFile(path: path))
    #expect(error?.description == "\(path): the file is empty; download it again")
  }

  @Test(arguments: [
    "<!DOCTYPE html><html><body>404</body></html>", "\n\n <HTML>", "<?xml version=\"1.0\"?><!doctype html>",
  ])
  func `when it is a web page`(text: String) throws {
    let (path, error) = try refusal(ofBytes: Array(text.utf8))
    #expect(error == .notHDF5(path: path, found: .webPage))
  }

  @Test(arguments: [
    [0], Array("id,start,end\n".utf8), [UInt8](repeating: 0xFF, count: 5000), [0x89, 0x50, 0x4E, 0x47],
  ])
  func `when it is not HDF5`(bytes: [UInt8]) throws {
    let (path, error) = try refusal(ofBytes: bytes)
    #expect(error == .notHDF5(path: path, found: .unknown))
  }

  @Test func `when its writer left it open`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    // The head of a file of version 3 whose flags say that someone writes it, with the checksum that belongs to it.
    let bytes: [UInt8] = [
      0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 3, 8, 8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff,
      0xff, 0xff, 0, 0x33, 0, 0, 0, 0, 0, 0, 0x30, 0, 0, 0, 0, 0, 0, 0, 0x69, 0xf3, 0x35, 0x71,
    ]
    try File(creating: path).write(bytes + [UInt8](repeating: 0, count: 0x3300 - bytes.count), at: 0)
    let error = try #require(SequenceError.ofOpening(path))
    #expect(error.description.hasSuffix("clear the mark with h5clear -s \(path)"), "\(error)")
  }

  @Test func `when it was cut short`() throws {
    let folder = try TemporaryFolder()
    try Example.write(folder.file("whole.csd"))
    let bytes = try File.contents(of: folder.file("whole.csd"))
    for length in [9, 100, bytes.count / 2, bytes.count - 1] {
      let (path, error) = try refusal(ofBytes: Array(bytes[..<length]))
      guard case .unreadable(path, "the file", let reason)? = error else {
        Issue.record("\(length) bytes: \(String(describing: error))")
        continue
      }
      if length > 100 { #expect(reason.contains("truncated")) }
      #expect(error?.description.hasSuffix("; the file is damaged or was cut short, fetch it again") == true)
    }
  }

  @Test func `when it holds no computational sequence`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try SequenceWriter(creating: path).close()
    #expect(SequenceError.ofOpening(path) == .noRoots(path: path))
  }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"), arguments: refusals)
  func `when its content is wrong`(content: Content) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Scripted.write(path, content.script)
    var error = SequenceError.ofOpening(path)
    // libhdf5's reason is its own affair.
    if case .unreadable(let path, let object, _)? = error {
      error = .unreadable(path: path, object: object, reason: "")
    }
    #expect(error == content.error(path), "\(content)")
  }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"), arguments: ["features", "intervals"])
  func `when it claims more rows than its bytes can hold`(dataset: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.csd")
    try Scripted.write(
      path,
      """
      g = f.create_group("COVAREP/data/v")
      for name in ["features", "intervals"]:
          g.create_dataset(name, data=times(1), maxshape=(None, 2), chunks=(4, 2), compression=9)
      g["\(dataset)"].resize((1 << 40, 2))
      """)
    guard case .unreadable(path, "COVAREP/data/v/\(dataset)", let reason)? = SequenceError.ofOpening(path) else {
      Issue.record("\(String(describing: SequenceError.ofOpening(path)))")
      return
    }
    #expect(reason.hasPrefix("1099511627776 x 2 values cannot be in "))
  }

  struct Content: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let script: String
    let error: @Sendable (_ path: String) -> SequenceError

    init(_ description: String, _ script: String, _ error: @escaping @Sendable (String) -> SequenceError) {
      testDescription = description
      self.script = script
      self.error = error
    }
  }

  static let features = "COVAREP/data/v/features"
  static let intervals = "COVAREP/data/v/intervals"
  static let entry = "entry v of \"COVAREP\""

  static let refusals: [Content] = [
    Content("a group without data", "f.create_group('COVAREP/metadata')") { .noRoots(path: $0) },
    Content("datasets only", "f['a'] = [1, 2]") { .noRoots(path: $0) },
    Content("data that is no group", "f['COVAREP/data'] = [1]") { .noRoots(path: $0) },
    Content("a root without data beside another", "entry('v', table(2, 2)); f.create_group('FACET 4.1')") {
      .missingObject(path: $0, object: "FACET 4.1/data")
    },
    Content("an entry that is no group", "f['COVAREP/data/v'] = [1]") {
      .missingObject(path: $0, object: "COVAREP/data/v")
    },
    Content("a link that leads nowhere", "f.create_group('COVAREP/data')['v'] = h5py.SoftLink('/none')") {
      .missingObject(path: $0, object: "COVAREP/data/v")
    },
    Content("a root that leads nowhere", "entry('v', table(2, 2)); f['FACET'] = h5py.SoftLink('/none')") {
      .unreadable(path: $0, object: "FACET", reason: "")
    },
    Content("metadata that is no group", "entry('v', table(2, 2)); f['COVAREP/metadata'] = [1]") {
      .unreadable(path: $0, object: "COVAREP/metadata", reason: "")
    },
    Content("metadata that leads nowhere", "entry('v', table(2, 2)); f['COVAREP/metadata/x'] = h5py.SoftLink('/none')")
    {
      .unreadable(path: $0, object: "COVAREP/metadata/x", reason: "")
    },
    Content(
      "a name among metadata that is no UTF-8",
      "entry('v', table(2, 2)); h5py.h5g.create(f.create_group('COVAREP/metadata').id, b'a\\xff')"
    ) {
      .notText(path: $0, object: "COVAREP/metadata/a\u{FFFD}")
    },
    Content("an entry without features", "f['COVAREP/data/v/intervals'] = times(2)") {
      .missingObject(path: $0, object: features)
    },
    Content("an entry without intervals", "f['COVAREP/data/v/features'] = table(2, 2)") {
      .missingObject(path: $0, object: intervals)
    },
    Content("features of rank 1", "entry('v', np.zeros(4, 'f4'))") {
      .wrongRank(path: $0, dataset: features, found: 1)
    },
    Content("features of rank 3", "entry('v', np.zeros((4, 2, 2), 'f4'))") {
      .wrongRank(path: $0, dataset: features, found: 3)
    },
    Content("a single number", "f['COVAREP/data/v/features'] = 1.5; f['COVAREP/data/v/intervals'] = times(2)") {
      .wrongRank(path: $0, dataset: features, found: 0)
    },
    Content(
      "features without any value", "entry('v', table(1, 1)); del f['\(features)']; f['\(features)'] = h5py.Empty('f4')"
    ) {
      .wrongRank(path: $0, dataset: features, found: 0)
    },
    Content("intervals of rank 1", "entry('v', table(4, 2), np.arange(8.))") {
      .wrongRank(path: $0, dataset: intervals, found: 1)
    },
    Content("intervals of three columns", "entry('v', table(4, 2), table(4, 3))") {
      .wrongIntervalWidth(path: $0, dataset: intervals, found: 3)
    },
    Content("more features than intervals", "entry('v', table(4, 2), times(3))") {
      .lengthMismatch(path: $0, entry: entry, features: 4, intervals: 3)
    },
    Content("intervals, but no features", "entry('v', table(0, 2), times(1))") {
      .lengthMismatch(path: $0, entry: entry, features: 0, intervals: 1)
    },
    Content(
      "other dimensions in another entry", "entry('u', table(0, 9)); entry('v', table(2, 5)); entry('w', table(1, 4))"
    ) {
      .dimensionMismatch(path: $0, entry: "entry w of \"COVAREP\"", found: 4, expected: 5, expectedIn: entry)
    },
    Content("text in another entry", "entry('v', table(2, 1)); entry('w', np.array([[b'a']]))") {
      .kindMismatch(path: $0, entry: "entry w of \"COVAREP\"", expectedIn: entry)
    },
    Content("numbers in another entry", "entry('v', np.array([[b'a']])); entry('w', table(2, 1))") {
      .kindMismatch(path: $0, entry: "entry w of \"COVAREP\"", expectedIn: entry)
    },
    Content("strings as intervals", "entry('v', table(1, 2), np.array([[b'0', b'1']]))") {
      .unsupportedType(path: $0, dataset: intervals, found: "2 columns of strings")
    },
    Content("a string as an interval", "entry('v', table(1, 2), np.array([[b'0']]))") {
      .unsupportedType(path: $0, dataset: intervals, found: "strings, as intervals")
    },
    Content("two columns of strings", "entry('v', np.array([[b'a', b'b']]))") {
      .unsupportedType(path: $0, dataset: features, found: "2 columns of strings")
    },
    Content("records", "entry('v', np.zeros((2, 2), [('a', 'f4')]))") {
      .unsupportedType(path: $0, dataset: features, found: "records")
    },
    Content("complex numbers", "entry('v', np.zeros((2, 2), 'c8'))") {
      .unsupportedType(path: $0, dataset: features, found: "records")
    },
    Content("truth values", "entry('v', np.zeros((2, 2), bool))") {
      .unsupportedType(path: $0, dataset: features, found: "an unknown type")
    },
    Content(
      "lists",
      "entry('v', table(1, 1)); del f['\(features)']; f.create_dataset('\(features)', (1, 1), h5py.vlen_dtype('f4'))"
    ) {
      .unsupportedType(path: $0, dataset: features, found: "variable-length lists")
    },
    Content("rows without columns", "entry('v', np.zeros((3, 0), 'f4'))") {
      .unsupportedType(path: $0, dataset: features, found: "rows without columns")
    },
    Content("a group in place of features", "f.create_group('\(features)'); f['\(intervals)'] = times(1)") {
      .unreadable(path: $0, object: features, reason: "")
    },
    Content("a root whose name is no UTF-8", "h5py.h5g.create(f.id, b'a\\xff')") {
      .notText(path: $0, object: "a\u{FFFD}")
    },
    Content("an entry whose name is no UTF-8", "h5py.h5g.create(f.create_group('r/data').id, b'\\xffb')") {
      .notText(path: $0, object: "r/data/\u{FFFD}b")
    },
    Content("entries that Unicode holds equal", "entry('\\u00e9', table(1, 1)); entry('e\\u0301', table(1, 1))") {
      .duplicateEntry(path: $0, entry: "entry \u{E9} of \"COVAREP\"")
    },
  ]

  @Test(arguments: [
    (
      SequenceError.noRoots(path: "p"),
      "p: no computational sequence in it (no group that holds data/ENTRY); give a .csd file"
    ),
    (.noSequences(folder: "p"), "p: no .csd file in this folder; give the folder that holds them"),
    (.missingObject(path: "p", object: "r/data"), "p: r/data is missing; not a whole computational sequence"),
    (.notText(path: "p", object: "o"), "p: the name of o is not UTF-8; rename it"),
    (
      .wrongRank(path: "p", dataset: "d", found: 1),
      "p: d has 1 dimension, but rows and columns (2) are wanted; store it as a table"
    ),
    (
      .wrongRank(path: "p", dataset: "d", found: 3),
      "p: d has 3 dimensions, but rows and columns (2) are wanted; store it as a table"
    ),
    (
      .wrongIntervalWidth(path: "p", dataset: "d", found: 1),
      "p: d has 1 column, but start and end (2) are wanted; store a pair a row"
    ),
    (
      .lengthMismatch(path: "p", entry: "e", features: 4, intervals: 3),
      "p: e has 4 rows of features but 3 intervals; the entry must be repaired or removed"
    ),
    (
      .dimensionMismatch(path: "p", entry: "e", found: 4, expected: 5, expectedIn: "f"),
      "p: e has 4 columns, but f has 5; all entries of a root must agree"
    ),
    (
      .kindMismatch(path: "p", entry: "e", expectedIn: "f"),
      "p: e and f differ, one holds numbers, the other text; all entries of a root must agree"
    ),
    (
      .unsupportedType(path: "p", dataset: "d", found: "records"),
      "p: d holds records, but numbers, or one string a row, are wanted; store it so, or leave its root out"
    ),
    (
      .missingFilter(path: "p", dataset: "d", filter: "Zstandard"),
      "p: d was compressed by the filter Zstandard, which is not available here; write the file anew with gzip where it "
        + "is (h5repack -f GZIP=4 OLD NEW)"
    ),
    (
      .absentBytes(path: "p", dataset: "d", problem: "nothing was ever written", remedy: "write it"),
      "p: d: nothing was ever written; write it"
    ),
    (
      .duplicateEntry(path: "p", entry: "e"),
      "p: e is there twice under names that Unicode holds equal; rename one"
    ),
    (
      .invalidInterval(path: "p", entry: "e", row: 3, start: 2, end: 1),
      "p: e row 3 has the interval [2.0, 1.0]; starts and ends must be finite and in order"
    ),
    (
      .damagedChunk(path: "p", dataset: "d", row: 3, column: 4, reason: "why"),
      "p: d, the chunk at row 3, column 4, is damaged (why); fetch the file again"
    ),
    (.notHDF5(path: "p", found: .unknown), "p: not an HDF5 file; a computational sequence (.csd) is wanted here"),
    (
      .notHDF5(path: "p", found: .lfsPointer),
      "p: not an HDF5 file but a Git LFS pointer, which stands for the file; fetch the file itself with `git lfs pull` in its "
        + "repository"
    ),
    (
      .unreadable(path: "p", object: "o", reason: "bad version number for layout message"),
      "p: o cannot be read (bad version number for layout message); its format is newer than the installed HDF5 (or it is "
        + "damaged); rewrite it where a newer one is: h5repack --low=0 --high=2 p OUT.csd"
    ),
    (
      .unreadable(path: "p", object: "o", reason: "truncated file"),
      "p: o cannot be read (truncated file); the file is damaged or was cut short, fetch it again"
    ),
  ])
  func `with words that say what, where, and what to do`(error: SequenceError, text: String) {
    #expect(error.description == text)
  }
}

@Suite struct `Intervals are refused` {
  private func refusal(_ intervals: [Double]) throws -> SequenceError? {
    let folder = try TemporaryFolder()
    let rows = intervals.count / 2
    try Example.write(
      folder.file("a.csd"), features: .float32([Float](repeating: 0, count: rows), columns: 1),
      intervals: .float64(intervals))
    let file = try SequenceFile(folder.file("a.csd"))
    do {
      _ = try file.readIntervals(of: file.roots[0].entries[0], in: file.roots[0])
      return nil
    } catch let error as SequenceError { return error }
  }

  @Test(arguments: [
    (Double.nan, 1.0), (0, .nan), (.nan, .nan), (-.infinity, 0), (0, .infinity), (2, 1), (1, 0.999_999),
  ])
  func `where a bound is not finite, or the end comes before the start`(start: Double, end: Double) throws {
    guard case .invalidInterval(_, let entry, let row, let foundStart, let foundEnd)? = try refusal([0, 1, start, end])
    else {
      Issue.record("[\(start), \(end)] was taken")
      return
    }
    #expect(entry == "entry v of \"COVAREP\"" && row == 1)
    #expect("\(foundStart) \(foundEnd)" == "\(start) \(end)")
  }

  @Test(arguments: [[], [0, 0], [5, 6, 1, 2], [-3, -2], [0, 1, 0, 1], [0, 5, 1, 2]] as [[Double]])
  func `but not for being empty, out of order, of no length, negative or doubled`(intervals: [Double]) throws {
    #expect(try refusal(intervals) == nil)
  }
}
