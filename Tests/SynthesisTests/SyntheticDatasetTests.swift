import ComputationalSequences
import Files
import Foundation
import Synthesis
import TestSupport
import Testing

@Suite struct `A synthetic dataset` {
  private func written(_ folder: borrowing TemporaryFolder, _ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: folder.file(name)))
  }

  @Test func `is a function of the seed`() throws {
    let folder = try TemporaryFolder()
    for (name, seed) in [("a", 7), ("b", 7), ("c", 8)] as [(String, UInt64)] {
      try SyntheticDataset.write(like: .tiny, to: folder.file(name), seed: seed)
    }
    #expect(try written(folder, "a/raw.csd") == written(folder, "b/raw.csd"))
    #expect(try written(folder, "a/raw.csd") != written(folder, "c/raw.csd"))
  }

  @Test func `in MOSI's likeness has its names, dimensions and rates`() throws {
    let folder = try TemporaryFolder()
    var steps: [SyntheticDataset.Progress] = []
    try SyntheticDataset.write(like: .mosi, to: folder.path, seed: 1, videos: ["b", "a"], gzip: 1) { steps.append($0) }
    let names = [
      "CMU_MOSI_COVAREP.csd", "CMU_MOSI_Opinion_Labels.csd", "CMU_MOSI_TimestampedWordVectors.csd",
      "CMU_MOSI_TimestampedWords.csd", "CMU_MOSI_Visual_Facet_41.csd",
    ]
    #expect(try Folder.list(folder.path) == names)
    #expect(steps.count == 10 && Set(steps.map(\.file)) == Set(names))
    #expect(steps.allSatisfy { $0.videos == 2 } && steps.map(\.videosWritten).prefix(2) == [1, 2])
    let roots = try names.map { try #require(try SequenceFile(folder.file($0)).roots.first) }
    #expect(
      roots.map(\.name) == [
        "COVAREP", "Opinion Segment Labels", "glove_vectors", "CMU_MOSI_TimestampedWords", "FACET_4.1",
      ])
    #expect(roots.map(\.dimension) == [74, 1, 300, 1, 47])
    #expect(roots.allSatisfy { $0.entries.map(\.id) == ["a", "b"] })
    // 2199 segments and 14,800 seconds for 93 videos.
    #expect(roots[1].rows == 2 * 2199 / 93)
    let seconds = 14_800.0 / 93 * 2
    #expect(abs(Double(roots[0].rows) - 100 * seconds) <= 2 && abs(Double(roots[4].rows) - 30 * seconds) <= 2)
    #expect(roots[2].rows == roots[3].rows && (2.9...4).contains(Double(roots[2].rows) / seconds))
    #expect(roots[1].entries[0].intervals.element == .float32)
    #expect(roots[3].entries[0].features.layout == .contiguous)
  }

  @Test func `replaces nothing`() throws {
    let folder = try TemporaryFolder()
    try Data("mine".utf8).write(to: URL(filePath: folder.file("CMU_MOSI_COVAREP.csd")))
    let error = SynthesisError.exists(path: folder.file("CMU_MOSI_COVAREP.csd"))
    #expect(error.description.hasSuffix("exists already; choose another folder, or remove it"))
    #expect(throws: error) { try SyntheticDataset.write(like: .mosi, to: folder.path, seed: 0, videos: ["a"]) }
    #expect(try Folder.list(folder.path) == ["CMU_MOSI_COVAREP.csd"])
    #expect(try written(folder, "CMU_MOSI_COVAREP.csd") == Data("mine".utf8))
  }

  @Test func `leaves nothing behind where it cannot be written`() throws {
    let folder = try TemporaryFolder()
    // A folder in the way of the partial file.
    try Folder.create(folder.file("raw.csd.partial"))
    #expect(throws: SequenceError.self) { try SyntheticDataset.write(like: .tiny, to: folder.path, seed: 0) }
    #expect(try !Folder.list(folder.path).contains("raw.csd"))
    try Data().write(to: URL(filePath: folder.file("file")))
    #expect(throws: FileError.self) { try SyntheticDataset.write(like: .tiny, to: folder.file("file/in"), seed: 0) }
  }

  /// Ridge regression on each segment's mean frames, over ten splits by video.
  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"), arguments: [0, 1])
  func `can be learnt from all modalities, and from none alone`(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    try SyntheticDataset.write(like: .tiny, to: folder.path, seed: seed)
    let script = """
      import sys, h5py, numpy as np, warnings
      warnings.simplefilter("ignore")
      f = h5py.File(sys.argv[1])
      labels, roots = f["Opinion Segment Labels/data"], [f[r + "/data"] for r in ("glove_vectors", "COVAREP", "FACET_4.1")]
      def mean(root, video, start, end):
          entries = [e for e in root if e == video or e.startswith(video + "[")]
          total = np.zeros(root["clip_01/features"].shape[1])
          if not entries: return total
          x = np.concatenate([root[e]["features"][:].astype(float) for e in entries])
          t = np.concatenate([root[e]["intervals"][:].astype(float) for e in entries])
          x = x[np.minimum(t[:, 1], end) - np.maximum(t[:, 0], start) > 1e-5]
          x[~(np.abs(x) < 1e30)] = np.nan
          return np.nan_to_num(np.nanmean(x, 0)) if len(x) else total
      rows = [(v, y, [mean(r, v, *t) for r in roots]) for v, e in labels.items()
              for (y,), t in zip(e["features"][:], e["intervals"][:]) if t[1] > t[0]]
      video, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
      def ratio(modalities, test):
          x = np.concatenate([np.stack([r[2][m] for r in rows]) for m in modalities], 1)
          x = np.c_[(x - x[~test].mean(0)) / (x[~test].std(0) + 1e-9), np.ones(len(x))]
          w = np.linalg.solve(x[~test].T @ x[~test] + 3 * np.eye(x.shape[1]), x[~test].T @ y[~test])
          return np.abs(x @ w - y)[test].mean() / np.abs(y[test] - np.median(y[~test])).mean()
      random = np.random.default_rng(0)
      tests = [np.isin(video, random.permutation(list(labels))[:7]) for _ in range(10)]
      print(*(np.mean([ratio(m, t) for t in tests]) for m in ([0, 1, 2], [0], [1], [2])))
      """
    let ratios = try Python.run(script, folder.file("raw.csd")).split(separator: " ").compactMap { Double($0) }
    #expect(ratios.count == 4)
    #expect(ratios[0] < 0.4)
    #expect(ratios.dropFirst().allSatisfy { $0 > 0.7 }, "\(ratios)")
  }
}
