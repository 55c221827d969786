import ComputationalSequences
import Exchange
import Files
import Foundation
import Shards
import TestDatasets
import TestSupport
import Testing

@Suite struct `A dataset exported as .csd` {
  let bench: ExchangeBench

  init() throws { bench = try ExchangeBench() }

  struct Unlocked: Error {}

  static let conversions: [[String]] = [
    [], ["--normalize", "none"], ["--normalize", "minmax,text=none"], ["--nonfinite", "mask"],
    ["--nonfinite", "vision=mask", "--normalize", "none"], ["--dtype", "f16"], ["--dtype", "text=bf16,audio=f16"],
    ["--times", "drop"], ["--labels", "none"], ["--labels", "none", "--folds", "none"], ["--folds", "none"],
    ["--rate", "vision=5,audio=7"], ["--max-frames", "3", "--keep", "last"], ["--drop-zero-frames", "text"],
    ["--modality", "Foo=COVAREP", "--modality", "b=COVAREP", "--modality", "words"], ["--modality", "words"],
    ["--select", "text=0-2", "--drop-incomplete"], ["--lag", "text=1"],
  ]

  @Test(arguments: conversions) func `is converted to the same bytes`(options: [String]) throws {
    let dataset = try bench.convert(options)
    let report = try bench.exportSequences(dataset)
    #expect(report.samples == dataset.splits.reduce(0) { $0 + $1.sampleCount })
    try bench.run(report.readBack + [bench.file("again"), "--quiet"])
    let again = try bench.sound("again")
    // The digest covers ids, intervals, labels, frames, masks and times of every sample of every split.
    #expect(again.manifest.content == dataset.manifest.content)
    #expect(again.manifest.splits.map(\.name) == dataset.manifest.splits.map(\.name))
    #expect(again.manifest.labels == dataset.manifest.labels)
    #expect(again.manifest.modalities.map(\.name) == dataset.manifest.modalities.map(\.name))
    #expect(again.manifest.modalities.map(\.dimensionNames) == dataset.manifest.modalities.map(\.dimensionNames))
  }

  @Test func `is the same with compressed chunks, and smaller`() throws {
    let dataset = try bench.convert()
    let plain = try bench.exportSequences(dataset)
    let small = try bench.exportSequences(dataset, to: "small", gzip: 4)
    let sizes = [plain, small].map { $0.files.first { $0.name == "audio.csd" }?.bytes ?? 0 }
    #expect(sizes[1] < sizes[0])
    try bench.run(small.readBack + [bench.file("again"), "--quiet"])
    #expect(try bench.sound("again").manifest.content == dataset.manifest.content)
  }

  /// `stored = (x − shift) / scale` is rounded to binary32, and so is what undoes it.
  @Test(arguments: ["zscore", "minmax"]) func `has its values back, raw, within rounding`(how: String) throws {
    let normalized = try bench.convert(["--normalize", how, "--nonfinite", "mask"])
    let plain = try bench.convert(["--normalize", "none", "--nonfinite", "mask"], to: "plain")
    let report = try bench.exportSequences(normalized, isRaw: true)
    try bench.run(
      report.readBack + ["--normalize", "none", "--modality", "text", bench.file("again"), "--quiet"])
    let again = try bench.sound("again")
    let scaling = try #require(normalized.manifest.modalities[0].scaling)
    var count = 0
    for (found, wanted) in zip(again.splits.flatMap(\.shards), plain.splits.flatMap(\.shards)) {
      let (left, right) = (found.values(modality: 0), wanted.values(modality: 0))
      try #require(left.count == right.count)
      for index in left.indices {
        let (x, d) = (Double(right[index]), index % scaling.shift.count)
        let bound = 0x1p-24 * (abs(x - scaling.shift[d]) + abs(x)) * 1.001 + 1e-40
        #expect(abs(Double(left[index]) - x) <= bound)
        count += 1
      }
    }
    #expect(count > 10_000)
  }

  @Test func `keeps values that were never normalized to the bit, raw or not`() throws {
    let dataset = try bench.convert(["--normalize", "none"])
    for isRaw in [false, true] {
      let name = "csd\(isRaw)"
      let report = try bench.exportSequences(dataset, to: name, isRaw: isRaw)
      try bench.run(report.readBack + [bench.file("again\(isRaw)"), "--quiet"])
      #expect(try bench.sound("again\(isRaw)").manifest.content == dataset.manifest.content)
    }
  }

  @Test func `tells samples without frames from missing ones`() throws {
    let report = try bench.exportSequences(try bench.convert())
    let file = try SequenceFile(bench.file("csd/words.csd"))
    let root = try #require(file.roots.first)
    #expect(root.entries.count == report.samples)
    #expect(root.entries.contains { $0.rows == 0 })
  }

  @Test func `marks in masked frames what was not finite`() throws {
    let folder = try TemporaryFolder()
    try RaggedDataset.tiny().write(to: folder.path)
    let report = try bench.exportSequences(try Dataset.open(folder.path))
    let file = try SequenceFile(bench.file("csd/text.csd"))
    let root = try #require(file.roots.first)
    #expect(root.entries.map(\.id) == ["a[0]", "é"])
    let values = try file.readDoubles(root.entries[0].features)
    // Frame 1 is masked and holds no 0, so nothing of it is known.
    #expect(values[0...1] == [1, 2] && values[2].isNaN && values[3].isNaN)
    #expect(try file.readDoubles(root.entries[0].intervals) == [0.5, 1.5, 1.5, 2.5])
    #expect(report.notes.contains { $0.contains("--nonfinite mask") })
    #expect(report.readBack.contains("text=mask"))
  }

  @Test func `spells ids that HDF5 cannot name`() throws {
    let schema = ShardSchema(
      labels: ["sentiment"], modalities: [ModalitySchema(name: "text", content: .values(.f32, dimension: 1))],
      keepsTimes: false)
    let ids = ["", ".", "a/b[0]", "naïve ☃[1]", "x\0y[2]", "with\nbreak[3]"].sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    let samples = ids.map { id in
      RaggedDataset.Sample(
        id: id, labels: [1],
        modalities: [RaggedDataset.Frames(frames: [TensorBytes.of([Float(1)])], valid: [true])])
    }
    let folder = try TemporaryFolder()
    try RaggedDataset(schema: schema, splits: [("train", samples)]).write(to: folder.path)
    let report = try bench.exportSequences(try Dataset.open(folder.path))
    let file = try SequenceFile(bench.file("csd/labels.csd"))
    let names = try #require(file.roots.first).entries.map(\.id)
    #expect(Set(names) == ["%", "%2E", "a%2Fb[0]", "naïve ☃[1]", "x%00y[2]", "with\nbreak[3]"])
    #expect(report.notes.contains { $0.hasPrefix("4 ids") })
  }

  @Test func `says that times were made up`() throws {
    let report = try bench.exportSequences(try bench.convert(["--times", "drop"]))
    #expect(report.notes.contains { $0.contains("spread evenly") })
    let file = try SequenceFile(bench.file("csd/audio.csd"))
    let root = try #require(file.roots.first)
    let entry = try #require(root.entries.first { $0.rows > 3 })
    let times = try file.readIntervals(of: entry, in: root)
    let steps = zip(times.starts, times.ends).map { $1 - $0 }
    #expect(steps.allSatisfy { abs($0 - steps[0]) < 1e-9 } && steps[0] > 0)
  }

  @Test func `is refused where something is, unless it may be replaced`() throws {
    let dataset = try bench.convert()
    _ = try bench.exportSequences(dataset)
    #expect(throws: ExchangeError.exists(path: bench.file("csd"))) { try bench.exportSequences(dataset) }
    _ = try bench.exportSequences(dataset, overwrites: true)
    try File(creating: bench.file("csd/thesis.txt")).write("mine", at: 0)
    #expect(throws: ExchangeError.inTheWay(path: bench.file("csd"), found: "thesis.txt")) {
      try bench.exportSequences(dataset, overwrites: true)
    }
    try File(creating: bench.file("file")).write("mine", at: 0)
    #expect(throws: ExchangeError.notAFolder(path: bench.file("file"), found: "a file")) {
      try bench.exportSequences(dataset, to: "file", overwrites: true)
    }
    #expect(try Folder.list(bench.path).allSatisfy { !$0.hasSuffix(".partial") && !$0.hasSuffix(".old") })
  }

  @Test func `is written by one process at a time, and what a killed one left is cleared`() throws {
    let dataset = try bench.convert()
    try Folder.create(bench.file("csd.partial"))
    try File(creating: bench.file("csd.partial/text.csd")).write("half", at: 0)
    do {
      guard let lock = try FolderLock(creating: bench.file("csd.partial")) else { throw Unlocked() }
      #expect(throws: ExchangeError.busy(path: bench.file("csd"), holder: "another process")) {
        try bench.exportSequences(dataset)
      }
      _ = consume lock
    }
    _ = try bench.exportSequences(dataset)
    #expect(try Folder.list(bench.path) == ["csd", "out"])
  }

  @Test(.disabled(if: MemoryDisk.isMissing, "\(MemoryDisk.skipReason)"))
  func `leaves nothing on a full disk`() throws {
    try bench.convert()
    let disk = try MemoryDisk(at: bench.file("disk"), bytes: 300 << 10)
    try bench.expectError(["export", bench.file("out"), "--to", "csd", disk.file("csd")], "No space left")
    #expect(try Folder.list(disk.path) == [])
  }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"))
  func `is what the SDK and h5py know`() throws {
    let report = try bench.exportSequences(try bench.convert(["--normalize", "none"]))
    #expect(report.files.allSatisfy { $0.bytes > 0 })
    let found = try Python.run(
      """
      import glob, json, sys, h5py, numpy as np
      from safetensors.numpy import load_file
      folder, out = sys.argv[1:]
      keys = {"root name", "computational sequence description", "dimension names", "computational sequence version",
              "alignment compatible", "dataset name", "dataset version", "creator", "contact",
              "featureset bib citation", "dataset bib citation", "md5", "uuid"}
      folds = json.load(open(folder + "/folds.json"))
      video_splits = {v: s for s, vs in folds.items() for v in vs}
      shards = [(s, load_file(p)) for p in glob.glob(out + "/*.safetensors") for s in [p.split("/")[-1].split("-")[0]]]
      count, uuids = 0, set()
      for name in ["text", "audio", "vision", "words", "labels"]:
          with h5py.File(f"{folder}/{name}.csd") as file:
              [root] = list(file)
              meta = {k: json.loads(v[0]) for k, v in file[root]["metadata"].items()}
              assert set(meta) == keys and meta["root name"] == root, meta
              uuids.add(meta["uuid"])
              data = file[root]["data"]
              for split, shard in shards:
                  ids, at = shard["sample.id"].tobytes(), shard["sample.id_offsets"]
                  for i in range(len(at) - 1):
                      id = ids[at[i]:at[i + 1]].decode()
                      assert video_splits[id.rsplit("[", 1)[0]] == split
                      features, intervals = data[id]["features"][()], data[id]["intervals"][()]
                      assert len(features) == len(intervals) and intervals.shape[1] == 2
                      start, end = shard["sample.interval"][i]
                      if name == "labels":
                          assert (features == shard["labels"][i]).all() and (intervals == [[start, end]]).all()
                          continue
                      a, b = shard[name + ".offsets"][i:i + 2]
                      if name == "words":
                          t, raw = shard["words.token_offsets"], shard["words.bytes"].tobytes()
                          assert [bytes(w[0]) for w in features] == [raw[t[f]:t[f + 1]] for f in range(a, b)]
                      else:
                          assert features.dtype == np.float32 and (features == shard[name + ".values"][a:b]).all()
                      times = (intervals - start).astype(np.float32)
                      assert (times == shard[name + ".times"][a:b]).all()
                      assert (intervals >= start).all() and (intervals <= end).all()
                      count += len(features)
              assert len(data) == sum(len(s["sample.id_offsets"]) - 1 for _, s in shards)
      assert len(uuids) == 5
      print(count)
      """, bench.file("csd"), bench.file("out"))
    #expect(try #require(Int(found)) > 10_000)
  }

  @Test(.disabled(if: RealData.isMissing, "\(RealData.skipReason)"))
  func `keeps MOSI's labels and words`() throws {
    let inputs = ["mosi/CMU_MOSI_Opinion_Labels.csd", "mosi/CMU_MOSI_ModifiedTimestampedWords.csd"].map(RealData.file)
    try bench.run(["convert"] + inputs + [bench.file("out"), "--quiet"])
    let dataset = try Dataset.open(bench.file("out"))
    let report = try bench.exportSequences(dataset)
    try bench.run(report.readBack + [bench.file("again"), "--quiet"])
    let again = try bench.sound("again")
    #expect(again.manifest.content == dataset.manifest.content)
    #expect(again.manifest.splits.map(\.samples) == [1284, 229, 686])
  }
}
