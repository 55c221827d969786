import Files
import TestSupport
import Testing

@testable import Exchange

@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)")) struct `Files of arrays` {
  let bench: ExchangeBench

  init() throws { bench = try ExchangeBench() }

  struct Rejection: CustomTestStringConvertible, Sendable {
    let script: String
    let arguments: [String]
    var status: Int32 = 1
    let fragment: String
    var testDescription: String { fragment }
  }

  static let rejections: [Rejection] = [
    Rejection(
      script: "x = dict(text=np.array([1, 'a', None], object))", arguments: ["--array", "text=text"],
      fragment: "Python objects"),
    Rejection(script: "x = dict(foo=np.ones((2, 3, 4)))", arguments: [], fragment: "--array NAME=KEY"),
    Rejection(
      script: "x = dict(text=np.ones((2, 3, 4)))", arguments: ["--array", "text=txet"], status: 64,
      fragment: "did you mean \"text\""),
    Rejection(script: "x = dict(text=np.ones((2, 3, 4, 5)))", arguments: [], fragment: "[samples, frames, dimensions]"),
    Rejection(script: "x = dict(text=np.ones(3))", arguments: [], fragment: "[samples, frames, dimensions]"),
    Rejection(script: "x = dict(text=np.ones((2, 3, 0)))", arguments: [], fragment: "at least one dimension"),
    Rejection(
      script: "x = dict(text=np.ones((2, 3, 4), complex))", arguments: ["--array", "text=text"], fragment: "type <c16"),
    Rejection(script: "x = dict(text=np.ones((0, 3, 4)))", arguments: [], fragment: "no sample"),
    Rejection(
      script: "x = dict(text=np.ones((2, 3, 4)), audio=np.ones((3, 3, 4)))", arguments: [],
      fragment: "3 rows, but 2 are wanted"),
    Rejection(
      script: "x = dict(text=np.ones((2, 3, 4)), labels=np.ones(3))", arguments: [], fragment: "labels has 3 rows"),
    Rejection(
      script: "x = dict(text=np.ones((2, 3, 4)), labels=np.ones((2, 4, 2)))", arguments: [], fragment: "row of numbers"),
    Rejection(
      script: "x = dict(text=np.ones((2, 3, 4)), labels=np.ones((2, 2)))", arguments: ["--label-names", "a"],
      status: 64, fragment: "1 names for 2 columns"),
    Rejection(
      script: "x = dict(text=np.ones((2, 3, 4)), text_lengths=np.array([1, 4]))", arguments: [],
      fragment: "a length from 0 to 3"),
    Rejection(
      script: "x = dict(text=np.ones((2, 3, 4)), text_lengths=np.array([1, 0.5]))", arguments: [],
      fragment: "a length from 0 to 3"),
    Rejection(
      script: "x = dict(text=np.ones((2, 3, 4)), text_mask=np.ones((2, 4), bool))", arguments: [],
      fragment: "[samples, 3] of Booleans"),
    Rejection(
      script: "x = dict(text=np.ones((1, 3, 4)), text_lengths=np.array([1]), text_mask=np.array([[0, 0, 1]], bool))",
      arguments: [], fragment: "--pad"),
    Rejection(
      script: "x = dict(text=np.ones((2, 3, 4)), intervals=np.array([[0, 1], [2, 1.0]]))", arguments: [],
      fragment: "[2.0, 1.0]"),
    Rejection(
      script: "x = dict(text=np.ones((1, 3, 4)), s=np.array(['tset']))", arguments: ["--split", "s"],
      fragment: "the split \"tset\""),
    Rejection(
      script: "x = {'train/text': np.ones((1, 3, 4)), 'test/text': np.ones((1, 3, 5))}", arguments: [],
      fragment: "4 dimensions, as in the other splits"),
    Rejection(
      script:
        "x = {'train/text': np.ones((1, 3, 4)), 'train/audio': np.ones((1, 3, 4)), 'test/text': np.ones((1, 3, 4))}",
      arguments: [], fragment: "no array for audio"),
    Rejection(
      script: "x = {'train/text': np.ones((1, 3, 4)), 'train_text': np.ones((1, 3, 4))}", arguments: [],
      fragment: "one array of one split"),
    Rejection(
      script: "x = {'train/text': np.ones((1, 3, 4)), 'test/text': np.ones((1, 3, 4))}",
      arguments: ["--folds", "none"], status: 64, fragment: "leave it out"),
    Rejection(
      script: "x = dict(text=np.ones((2, 3, 4)))", arguments: ["--times", "keep"], status: 64,
      fragment: "do not tell when"),
    Rejection(
      script:
        "x = dict(text=np.array(['\\U0010ffff']).view('<u4').reshape(1, 1) + 1)\nx['text'] = x['text'].astype('<u4').view('<U1')",
      arguments: [], fragment: "no Unicode"),
  ]

  @Test(arguments: rejections) func `are refused where they make no sense`(rejection: Rejection) throws {
    try bench.write(rejection.script + "\nnp.savez(f'{base}/a.npz', **x)")
    try bench.expectError(
      ["import", bench.file("a.npz"), bench.file("out")] + rejection.arguments, status: rejection.status,
      rejection.fragment)
    #expect(try Folder.list(bench.path) == ["a.npz"])
  }

  @Test func `are refused where they are something else`() throws {
    try bench.write(
      """
      import pickle
      pickle.dump({"train": {}}, open(f"{base}/a.pkl", "wb"))
      open(f"{base}/text", "w").write("hello")
      open(f"{base}/pointer", "w").write("version https://git-lfs.github.com/spec/v1\\noid sha256:0\\n")
      open(f"{base}/empty", "w")
      """)
    let out = bench.file("out")
    try bench.expectError(["import", bench.file("a.pkl"), out], "grf_shards.unpickle")
    try bench.expectError(["import", bench.file("pointer"), out], "a Git LFS pointer", "git lfs pull")
    try bench.expectError(["import", bench.file("text"), out], "neither an .npz archive nor HDF5")
    try bench.expectError(["import", bench.file("empty"), out], "empty; fetch it again")
    try bench.expectError(["import", bench.file("absent"), out], "no such file")
    try bench.expectError(["import", bench.path, out], "neither an .npz archive nor HDF5")
    try bench.expectError(["import", Project.fixture, out], "grf-data convert")
    try bench.expectError(["import", bench.file("a.pkl")], status: 64, "import FILE... OUT")
    try bench.expectError(["import", "a", out, "--array", "labels=x"], status: 64, "neither labels nor sample")
    try bench.expectError(["import", "a", out, "--array", "text"], status: 64, "NAME=KEY")
    try bench.expectError(["import", "a", out, "--pad", "up"], status: 64, "left, right")
    #expect(try Folder.list(bench.path) == ["a.pkl", "empty", "pointer", "text"])
  }

  /// Every byte of the directory and of the members' heads, wrong in turn: an error line or the same dataset, and never
  /// another one.
  @Test func `that were damaged are never taken for others`() throws {
    try bench.write(
      """
      np.savez_compressed(f"{base}/a.npz", text=np.arange(24.0).reshape(4, 3, 2), text_lengths=np.array([1, 2, 3, 0]))
      np.savez(f"{base}/b.npz", text=np.arange(24.0).reshape(4, 3, 2))
      """)
    for name in ["a.npz", "b.npz"] {
      let whole = try File.contents(of: bench.file(name))
      let file = try NumPyFile(bench.file(name))
      let sound = try file.arrays.map { try file.whole($0, scratch: { bench.file("s") }) }
      var refused = 0
      for place in whole.indices {
        for flip in [UInt8(0xff), 1, 0x80] {
          var bytes = whole
          bytes[place] ^= flip
          let path = bench.file("damaged.npz")
          try Folder.removeAll(path)
          try File(creating: path).write(bytes, at: 0)
          do {
            let file = try NumPyFile(path)
            let found = try file.arrays.map { try file.whole($0, scratch: { bench.file("s") }) }
            // Times, rights and versions in a directory mean nothing here; a renamed array is missed by its name.
            #expect(
              found == sound || file.arrays.count < sound.count || Set(file.arrays.map(\.key)) != ["text"], "\(place)")
          } catch { refused += 1 }
        }
      }
      #expect(refused > whole.count)
      for count in stride(from: 0, to: whole.count, by: 3) {
        try Folder.removeAll(bench.file("damaged.npz"))
        try File(creating: bench.file("damaged.npz")).write(Array(whole[..<count]), at: 0)
        #expect(throws: (any Error).self) { try NumPyFile(bench.file("damaged.npz")) }
      }
    }
  }
}
