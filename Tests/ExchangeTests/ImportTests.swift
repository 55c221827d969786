import Files
import Shards
import TestDatasets
import TestSupport
import Testing

@testable import Exchange

@Suite struct `Arrays that were exported` {
  let bench: ExchangeBench

  init() throws { bench = try ExchangeBench() }

  static let conversions: [[String]] = [
    [], ["--normalize", "none"], ["--nonfinite", "mask"], ["--dtype", "text=f16,audio=bf16"], ["--times", "drop"],
    ["--labels", "none", "--folds", "none"], ["--folds", "none"], ["--rate", "vision=5,audio=7"],
    ["--modality", "Foo=COVAREP", "--modality", "b=COVAREP", "--modality", "words"], ["--drop-incomplete"],
  ]

  static let forms: [[String]] = [
    ["npz"], ["padded-npz"], ["padded-npz", "--pad", "left", "--gzip", "1"],
  ]

  @Test(arguments: conversions, forms) func `are imported to the same bytes`(options: [String], form: [String]) throws {
    let dataset = try bench.convert(options)
    try bench.run(["export", bench.file("out"), bench.file("a.npz"), "--quiet", "--to"] + form)
    try bench.run(["import", bench.file("a.npz"), bench.file("again"), "--quiet"])
    let again = try bench.sound("again")
    // The digest covers ids, intervals, labels, frames, masks and times of every sample of every split.
    #expect(again.manifest.content == dataset.manifest.content)
    #expect(again.manifest.splits.map(\.name) == dataset.manifest.splits.map(\.name))
    #expect(again.manifest.labels == dataset.manifest.labels)
    #expect(again.manifest.modalities.map(\.name) == dataset.manifest.modalities.map(\.name))
    #expect(again.manifest.modalities.map(\.root).count == Set(again.manifest.modalities.map(\.root)).count)
    #expect(again.manifest.modalities.map(\.dimensionNames) == dataset.manifest.modalities.map(\.dimensionNames))
    #expect(again.manifest.inputs.allSatisfy { $0.file == "a.npz" && $0.uuid?.count == 36 })
    #expect(try Folder.list(bench.path) == ["a.npz", "again", "out"])
  }

  @Test func `change their fingerprint with any value`() throws {
    try bench.convert(["--normalize", "none"])
    try bench.convert(["--normalize", "zscore"], to: "other")
    var fingerprints: Set<String> = []
    for name in ["out", "other"] {
      try bench.run(["export", bench.file(name), bench.file("a.npz"), "--to", "npz", "--quiet", "--overwrite"])
      try bench.run(["import", bench.file("a.npz"), bench.file("again"), "--quiet", "--overwrite"])
      fingerprints.insert(try bench.sound("again").manifest.fingerprint)
    }
    #expect(fingerprints.count == 2)
  }
}

@Suite(.disabled(if: Python.isMissing, "\(Python.skipReason)")) struct `Arrays of others` {
  let bench: ExchangeBench

  init() throws { bench = try ExchangeBench() }

  private func imported(_ arguments: [String], to name: String = "out") throws -> (dataset: Dataset, output: String) {
    let files = arguments.map { $0.hasSuffix("npz") || $0.hasSuffix("h5") ? placed($0) : $0 }
    let ending = try bench.run(["import"] + files + [bench.file(name)])
    return (try bench.sound(name), ending.output)
  }

  private func placed(_ text: String) -> String {
    text.split(separator: "=", maxSplits: 1).count == 2
      ? text.replacing("=", with: "=" + bench.file("")) : bench.file(text)
  }

  private func frames(_ dataset: Dataset, _ split: String, _ sample: Int, _ modality: Int = 0) throws -> [Float] {
    let split = try #require(dataset.split(named: split))
    let (shard, place) = split.locate(sample)
    return shard.widened(sample: place, modality: modality)
  }

  private func ids(_ dataset: Dataset) -> [String: [String]] {
    Dictionary(
      uniqueKeysWithValues: dataset.splits.map { split in
        (split.name, split.shards.flatMap { shard in (0..<shard.sampleCount).map { shard.id($0) } })
      })
  }

  /// The layout of `mosi_data.pkl` after unpickling.
  @Test func `of the aligned pickles are taken by their names`() throws {
    try bench.write(
      """
      arrays = {}
      for split, n in [("train", 5), ("valid", 2), ("test", 3)]:
          text = np.arange(n * 4 * 3, dtype="f8").reshape(n, 4, 3) + 1
          text[:, :2] = 0
          arrays |= {f"{split}/text": text, f"{split}/audio": text[:, :, :2].astype("f4"), f"{split}/vision": -text,
                     f"{split}/labels": np.arange(n, dtype="f4").reshape(n, 1, 1) - 1,
                     f"{split}/ids": np.array([f"{split}{i}[{i}]" for i in range(n)])}
      np.savez(f"{base}/a.npz", **arrays)
      """)
    let (all, output) = try imported(["a.npz"], to: "all")
    #expect(all.manifest.modalities.map(\.name) == ["text", "audio", "vision"])
    #expect(all.manifest.splits.map(\.samples) == [5, 2, 3] && all.manifest.labels == ["sentiment"])
    #expect(all.manifest.splits[0].frames == [20, 20, 20])
    #expect(output.contains("--zero-rows-are-padding"))
    let (trimmed, _) = try imported(["a.npz", "--zero-rows-are-padding", "left"])
    #expect(trimmed.manifest.splits[0].frames == [10, 10, 10])
    #expect(try frames(trimmed, "valid", 1) == [19, 20, 21, 22, 23, 24])
    #expect(try frames(trimmed, "valid", 1, 1) == [19, 20, 22, 23])
    #expect(ids(trimmed)["valid"] == ["valid0[0]", "valid1[1]"])
    let shard = try #require(trimmed.split(named: "test")).shards[0]
    #expect((0..<3).map { shard.labels($0)[0] } == [-1, 0, 1])
    #expect(!trimmed.schema.keepsTimes && shard.interval(0) == (0, 0))
    #expect(trimmed.manifest.modalities.allSatisfy { $0.normalization == .none })
    let (kept, _) = try imported(["a.npz", "--zero-rows-are-padding", "right"], to: "right")
    #expect(kept.manifest.splits[0].frames == [20, 20, 20])
  }

  /// The layout of `unaligned_50.pkl` after unpickling.
  @Test func `of the unaligned pickles have their lengths`() throws {
    try bench.write(
      """
      arrays = {}
      for split, n in [("train", 3), ("valid", 1), ("test", 2)]:
          audio = np.arange(n * 5 * 2, dtype="f4").reshape(n, 5, 2)
          arrays |= {f"{split}/text": np.ones((n, 4, 3), "f4"), f"{split}/audio": audio, f"{split}/vision": audio + 0.5,
                     f"{split}/audio_lengths": np.arange(n) + 1, f"{split}/vision_lengths": np.full(n, 5),
                     f"{split}/raw_text": np.array(["a b"] * n), f"{split}/annotations": np.array(["Neutral"] * n),
                     f"{split}/text_bert": np.ones((n, 3, 4)), f"{split}/classification_labels": np.ones(n),
                     f"{split}/regression_labels": np.linspace(-3, 3, n, dtype="f4"),
                     f"{split}/ids": np.array([f"v{i}$_${split}" for i in range(n)])}
      np.savez_compressed(f"{base}/a.npz", **arrays)
      """)
    let (dataset, output) = try imported(["a.npz"])
    #expect(dataset.manifest.splits[0].frames == [12, 6, 15])
    #expect(try frames(dataset, "train", 1, 1) == (10..<14).map { Float($0) })
    #expect(ids(dataset)["test"] == ["v0$_$test[0]", "v1$_$test[0]"])
    #expect(output.contains("raw_text") && output.contains("text_bert") && output.contains("only segment"))
    let (left, _) = try imported(["a.npz", "--pad", "left", "--labels", "classification_labels"], to: "left")
    #expect(try frames(left, "train", 0, 1) == [8, 9])
    let shard = try #require(left.split(named: "train")).shards[0]
    let label = shard.labels(0)[0]
    #expect(label == 1)
  }

  /// What `grf_shards.unpickle` makes of a pickle is read as it is, its text, times and ids included.
  @Test func `of a pickle come through unpickle`() throws {
    try bench.write(
      """
      import pickle
      def part(n, video):
          return {"text": np.ones((n, 2, 3)), "audio": np.ones((n, 2, 2)), "labels": np.ones((n, 1, 1)),
                  "id": np.array([[video, str(1.5 * i), str(1.5 * i + 1)] for i in range(n)], object)}
      with open(f"{base}/a.pkl", "wb") as file:
          pickle.dump({"train": part(3, "v"), "valid": part(1, "w"), "test": part(2, "x")}, file)
      sys.path.insert(0, "\(Project.file("tools/python/src"))")
      from grf_shards.unpickle import main
      assert main([f"{base}/a.pkl", f"{base}/a.npz"]) == 0
      """)
    let (dataset, _) = try imported(["a.npz"])
    #expect(
      ids(dataset) == [
        "train": ["v@0.0", "v@1.5", "v@3.0"], "valid": ["w@0.0"], "test": ["x@0.0", "x@1.5"],
      ])
    #expect(dataset.splits[0].shards[0].interval(2) == (3, 4))
  }

  static let orders = ["C", "F"]
  static let types = [
    "<f2", "<f4", "<f8", ">f4", ">f8", "i1", "u1", "<i2", ">u2", "<i4", ">i4", "<u4", "<i8", ">u8", "?",
  ]

  @Test(arguments: orders, types) func `of every type and order have their values`(order: String, type: String) throws {
    try bench.write(
      """
      x = (np.arange(7 * 3 * 2).reshape(7, 3, 2) % 2).astype("\(type)")
      x = np.array(x, order="\(order)")
      for name, save in [("a", np.savez), ("b", np.savez_compressed)]:
          save(f"{base}/{name}.npz", text=x, ids=np.array([f"v[{i}]" for i in range(7)]))
      with h5py.File(f"{base}/c.h5", "w") as file:
          file["g/text"] = x
          file["g/deep/er"] = np.array([f"v[{i}]".encode() for i in range(7)])
          file.create_dataset("text_len", data=np.arange(7) % 4, chunks=(2,), compression="gzip")
      """)
    let expected = (0..<42).map { Float($0 % 2) }
    var contents: Set<String> = []
    for (index, arguments) in [
      ["a.npz"], ["b.npz"], ["c.h5", "--array", "text=g/text", "--ids", "g/deep/er"],
    ].enumerated() {
      let (dataset, _) = try imported(arguments + ["--folds", "none"], to: "\(index)")
      #expect(try (0..<7).flatMap { try frames(dataset, "all", $0) } == expected)
      #expect(dataset.manifest.modalities[0].content.dtype == (type == "<f2" ? "f16" : "f32"))
      contents.insert(dataset.manifest.content)
    }
    #expect(contents.count == 1)
    let (short, _) = try imported(
      ["c.h5", "--array", "text=g/text", "--lengths", "text=text_len", "--folds", "none"], to: "short")
    #expect(short.manifest.splits[0].frames == [9])
  }

  @Test func `with masks have their frames, wherever padding is`() throws {
    try bench.write(
      """
      x = np.arange(1, 4 * 5 + 1, dtype="f4").reshape(4, 5, 1)
      mask = np.array([[0, 0, 1, 1, 1], [1, 1, 0, 0, 0], [0, 1, 0, 1, 0], [0] * 5], bool)
      np.savez(f"{base}/a.npz", text=x, text_mask=mask)
      with h5py.File(f"{base}/a.h5", "w") as file: file["text"], file["text_mask"] = x, mask
      """)
    for name in ["a.npz", "a.h5"] {
      let (dataset, output) = try imported([name, "--folds", "none"], to: "of \(name)")
      #expect(try (0..<4).map { try frames(dataset, "all", $0) } == [[3, 4, 5], [6, 7], [12, 0, 14], []])
      let shard = dataset.splits[0].shards[0]
      #expect((0..<3).map { shard.valid(sample: 2, modality: 0)[$0] } == [1, 0, 1])
      #expect(ids(dataset)["all"] == (0..<4).map { "row-00000\($0)" } && output.contains("no ids"))
    }
    try bench.expectError(
      ["import", bench.file("a.npz"), bench.file("no"), "--folds", "none", "--nonfinite", "error"], status: 64,
      "masked frames")
  }

  @Test func `in one file a split are put together`() throws {
    try bench.write(
      """
      for name, n in [("a", 3), ("b", 1), ("c", 2)]:
          np.savez(f"{base}/{name}.npz", text=np.full((n, 2, 2), n, "f4"), labels=np.arange(n * 2.0).reshape(n, 2))
      """)
    let (dataset, _) = try imported(["train=a.npz", "dev=b.npz", "test=c.npz", "--label-names", "x,y"])
    #expect(dataset.manifest.splits.map(\.samples) == [3, 1, 2] && dataset.manifest.labels == ["x", "y"])
    #expect(ids(dataset)["valid"] == ["valid-000000[0]"])
    #expect(dataset.manifest.inputs.allSatisfy { $0.file == "a.npz+b.npz+c.npz" })
  }

  @Test func `are divided by an array, by names, or by folds`() throws {
    try bench.write(
      """
      split = np.array(["train", "val", "test", "train"])
      np.savez(f"{base}/a.npz", text=np.ones((4, 1, 1)), s=split, y=np.ones(4), ids=np.array(["v[0]", "v[1]", "w[0]", "x[0]"]))
      np.savez(f"{base}/b.npz", text_train=np.ones((2, 1, 1)), text_test=np.ones((1, 1, 1)))
      np.savez(f"{base}/c.npz", text=np.ones((20, 1, 1)))
      """)
    let (torn, output) = try imported(["a.npz", "--split", "s", "--labels", "y"])
    #expect(ids(torn) == ["train": ["v[0]", "x[0]"], "valid": ["v[1]"], "test": ["w[0]"]])
    #expect(output.contains("warning: the segments of v are in more than one split"))
    let (named, _) = try imported(["b.npz"], to: "b")
    #expect(named.manifest.splits.map(\.samples) == [2, 0, 1])
    let (folded, _) = try imported(["c.npz", "--folds", "ratio:0.5,0.25,0.25"], to: "c")
    #expect(folded.manifest.splits.map(\.samples) == [10, 5, 5])
  }

  /// MMSA's ids of published videos, and those of other tables.
  @Test(arguments: ["$_$", "_"]) func `of published videos are divided by the standard folds`(mark: String) throws {
    try bench.write(
      """
      videos = ["03bSnISJMiM", "aiEXnCPZubE", "c7UH_rxdZv4"]
      ids = np.array([f"{v}\(mark){k}" for v in videos for k in (2, 10)])
      np.savez(f"{base}/a.npz", text=np.ones((6, 1, 1)), labels=np.arange(6), ids=ids)
      """)
    let (dataset, output) = try imported(["a.npz"])
    #expect(
      ids(dataset) == [
        "train": ["03bSnISJMiM[2]", "03bSnISJMiM[10]"], "valid": ["aiEXnCPZubE[2]", "aiEXnCPZubE[10]"],
        "test": ["c7UH_rxdZv4[2]", "c7UH_rxdZv4[10]"],
      ])
    #expect(output.contains("folds: standard folds of CMU-MOSI") && !output.contains("warning"))
  }

  @Test func `with an id that comes twice rename its samples alone, and keep them with their video`() throws {
    try bench.write(
      """
      ids = np.array(["v[0]", "v[3]", "v[3]", "w[1]", "", "v[3]"])
      np.savez(f"{base}/a.npz", text=np.ones((6, 1, 1)), labels=np.arange(6), ids=ids)
      """)
    let (dataset, output) = try imported(["a.npz", "--folds", "none"])
    #expect(
      ids(dataset)["all"] == ["row-000004[0]", "v[0]", "v[3][0]", "v[3][1]", "v[3][2]", "w[1]"])
    #expect(output.contains("v[3] is now v[3][0], v[3][1], v[3][2]") && output.contains("row-000004"))
    let (divided, _) = try imported(["a.npz", "--folds", "ratio:0.5,0.25,0.25"], to: "divided")
    let homes = ids(divided).mapValues { $0.filter { $0.hasPrefix("v") }.count }
    #expect(homes.values.sorted() == [0, 0, 4])
  }

  @Test func `of recordings that only their names tell are not parted by chance`() throws {
    try bench.write(
      """
      ids = np.array([f"{r}-{k}" for r in ("ab", "cd") for k in range(3)])
      np.savez(f"{base}/a.npz", text=np.ones((6, 1, 1)), labels=np.arange(6), ids=ids)
      """)
    try bench.expectError(["import", bench.file("a.npz"), bench.file("no")], "ab-0 and ab-1", "--folds-over")
    let (dataset, output) = try imported(["a.npz", "--folds", "kfold:3", "--fold", "2", "--folds-over", "samples"])
    #expect(dataset.manifest.splits.map(\.samples) == [2, 2, 2])
    #expect(output.contains("folds: random fold 2 of 3 of 6 samples, seed 0"))
  }

  @Test func `go through the preprocessing of any conversion`() throws {
    try bench.write(
      """
      x = np.arange(4 * 3 * 2, dtype="f8").reshape(4, 3, 2)
      x[0, 0, 0], x[1, 1, 1], x[2, 2, 0] = np.nan, -np.inf, 1e300
      np.savez(f"{base}/a.npz", **{"train/audio": x, "test/audio": x[:1]})
      """)
    let (dataset, _) = try imported(
      [
        "a.npz", "--normalize", "zscore", "--max-frames", "2", "--keep", "last", "--select", "audio=1", "--dtype",
        "bf16",
      ])
    let modality = dataset.manifest.modalities[0]
    #expect(modality.dimension == 1 && modality.normalization == .zscore && modality.content.dtype == "bf16")
    #expect(dataset.manifest.splits.map(\.frames) == [[8], [0], [2]])
    let (plain, _) = try imported(["a.npz"], to: "plain")
    #expect(plain.manifest.modalities[0].nonfinite == Manifest.Nonfinite(nan: 2, posinf: 1, neginf: 1, f32Overflow: 1))
    let (masked, _) = try imported(["a.npz", "--nonfinite", "mask"], to: "masked")
    let shard = masked.splits[0].shards[0]
    let isValid = shard.valid(sample: 0, modality: 0)[0]
    #expect(isValid == 0)
    try bench.expectError(
      ["import", bench.file("a.npz"), bench.file("no"), "--nonfinite", "error"], "column 0 is nan")
    #expect(try Folder.list(bench.path).allSatisfy { !$0.hasPrefix("no") })
  }

  @Test func `of text become tokens`() throws {
    try bench.write(
      """
      words = np.array([["a", "naïve", ""], ["", "", ""], ["☃☃", "b", "c"]])
      np.savez(f"{base}/a.npz", words=words, text=np.ones((3, 3, 1), "f4"), ids=np.array(["é/1", "b", "c"]))
      np.savez(f"{base}/b.npz", words=np.char.encode(words, "utf-8"), text=np.ones((3, 3, 1), "f4"), ids=np.array(["é/1", "b", "c"]))
      """)
    for name in ["a.npz", "b.npz"] {
      let (dataset, output) = try imported(
        [name, "--zero-rows-are-padding", "right", "--folds", "none"], to: "of \(name)")
      let shard = dataset.splits[0].shards[0]
      let words = try #require(shard.modality(named: "words"))
      #expect((0..<3).map { shard.id($0) } == ["b", "c", "é%2F1"])
      #expect(shard.frameRange(sample: 0, modality: words).isEmpty)
      #expect(
        shard.frameRange(sample: 2, modality: words).map { shard.tokenText($0, modality: words) } == ["a", "naïve"])
      #expect(output.contains("%2F"))
    }
  }
}
