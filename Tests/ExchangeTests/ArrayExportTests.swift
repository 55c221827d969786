import Files
import Shards
import TestDatasets
import TestSupport
import Testing

@testable import Exchange

@Suite struct `A dataset exported as .npz` {
  let bench: ExchangeBench

  init() throws { bench = try ExchangeBench() }

  static let forms: [[String]] = [
    ["--to", "npz"], ["--to", "npz", "--gzip", "1"], ["--to", "padded-npz"], ["--to", "padded-npz", "--pad", "left"],
    ["--to", "padded-npz", "--pad", "left", "--gzip", "9"],
    ["--to", "padded-npz", "--pad-to", "7,text=2"], ["--to", "padded-npz", "--pad-to", "1", "--pad", "left"],
  ]

  /// Lengths 0, 1 and unequal, every element type, labels or none, times or none, tokens that are no UTF-8.
  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"), arguments: forms)
  func `is in NumPy what the shards are in safetensors`(options: [String]) throws {
    for seed in 0..<12 as Range<UInt64> {
      let out = bench.file("out\(seed)")
      try Folder.create(out)
      try RaggedDataset.random(seed: seed).write(to: out, limit: 2000)
      try bench.run(["export", out, bench.file("\(seed).npz"), "--quiet"] + options)
    }
    try bench.convert(["--dtype", "audio=f16,vision=bf16", "--nonfinite", "mask"])
    try bench.run(["export", bench.file("out"), bench.file("fixture.npz"), "--quiet"] + options)
    let lines = try Python.run(Self.comparison, bench.path)
    #expect(lines.split(separator: "\n").count == 13)
  }

  /// Reads both with libraries that know nothing of us, and compares every value.
  private static let comparison = """
    import glob, json, ml_dtypes, os, sys, zipfile, numpy as np
    from safetensors import safe_open
    base = sys.argv[1]
    def tensors(out, split):
        merged = []
        for path in sorted(glob.glob(f"{out}/{split}-*.safetensors")):
            with safe_open(path, "np") as file:
                merged.append({k: file.get_tensor(k) for k in file.keys() if k[0] != "_"})
        return merged
    def array(tensor):
        return tensor.astype("f4") if tensor.dtype == ml_dtypes.bfloat16 else tensor
    def same(a, b):
        if a.dtype.kind == "f":
            return a.dtype == b.dtype and (a.tobytes() == b.tobytes() or np.array_equal(a, b, equal_nan=True))
        return np.array_equal(a, b)
    for path in sorted(glob.glob(f"{base}/*.npz")):
        name = os.path.basename(path)[:-4]
        out = f"{base}/out{name if name != 'fixture' else ''}"
        assert zipfile.ZipFile(path).testzip() is None
        data = np.load(path, allow_pickle=False)
        about = json.loads(str(data["grf"]))
        manifest = json.load(open(f"{out}/manifest.json"))
        assert about["content"] == manifest["content"] and about["labels"] == manifest["labels"]
        left, used = about["pad"] == "left", {"grf"}
        def get(key):
            used.add(key)
            return data[key]
        for split in about["splits"]:
            shards = tensors(out, split)
            ids, labels, spans = [], [], []
            for s in shards:
                raw, at = array(s["sample.id"]).tobytes(), array(s["sample.id_offsets"])
                ids += [raw[at[i]:at[i + 1]].decode() for i in range(len(at) - 1)]
                if "labels" in s: labels.append(array(s["labels"]))
                spans.append(array(s["sample.interval"]))
            assert get(f"{split}/ids").tolist() == ids and get(f"{split}/ids").dtype.kind == "U"
            if about["labels"]: assert same(get(f"{split}/labels"), np.concatenate(labels or [np.zeros((0, len(about["labels"])), "f4")]))
            assert same(get(f"{split}/intervals"), np.concatenate(spans or [np.zeros((0, 2))]))
            for m, record in zip(about["modalities"], manifest["modalities"]):
                mod = m["name"]
                key = f"{split}/{mod}"
                if about["times"]: get(key + ".times")
                frames, valid, times = [], [], []
                for s in shards:
                    at = array(s[mod + ".offsets"])
                    if m["dtype"] == "tokens":
                        raw, t = array(s[mod + ".bytes"]).tobytes(), array(s[mod + ".token_offsets"])
                        rows = [raw[t[f]:t[f + 1]].rstrip(b"\\0") for f in range(len(t) - 1)]
                    else:
                        rows = array(s[mod + ".values"])
                    for i in range(len(at) - 1):
                        frames.append(rows[at[i]:at[i + 1]])
                        valid.append(array(s[mod + ".valid"])[at[i]:at[i + 1]])
                        if about["times"]: times.append(array(s[mod + ".times"])[at[i]:at[i + 1]])
                def tokens(found): return [t if isinstance(t, bytes) else t.encode() for t in found.tolist()]
                if m["dtype"] != "tokens" and m["normalization"] != "none":
                    used |= {f"{mod}.shift", f"{mod}.scale"}
                    stats = record["statistics"]
                    if m["normalization"] == "zscore": assert data[f"{mod}.shift"].tolist() == stats["mean"]
                if about["layout"] == "ragged":
                    values, at = get(key + ".values"), get(key + ".offsets")
                    assert len(at) == len(frames) + 1 and at[0] == 0 and at[-1] == len(values)
                    assert get(key + ".valid").dtype == bool
                    for i, f in enumerate(frames):
                        part = slice(at[i], at[i + 1])
                        assert tokens(values[part]) == f if m["dtype"] == "tokens" else same(values[part], f)
                        assert same(data[key + ".valid"][part], valid[i])
                        if about["times"]: assert same(get(key + ".times")[part], times[i])
                    if m["dtype"] != "tokens":
                        assert values.dtype == ("f2" if m["dtype"] == "f16" else "f4")
                    continue
                values, mask, lengths = get(key), get(key + ".mask"), get(key + ".lengths")
                T = values.shape[1]
                assert mask.shape == values.shape[:2] and mask.dtype == bool and len(values) == len(frames)
                for i, f in enumerate(frames):
                    n = min(len(f), T)
                    assert lengths[i] == n
                    part, rest = (slice(T - n, T), slice(0, T - n)) if left else (slice(0, n), slice(n, T))
                    assert tokens(values[i, part]) == f[:n] if m["dtype"] == "tokens" else same(values[i, part], f[:n])
                    assert same(mask[i, part], valid[i][:n]) and not mask[i, rest].any()
                    assert not any(values[i, rest].ravel())
                    if about["times"]:
                        assert same(get(key + ".times")[i, part], times[i][:n]) and not data[key + ".times"][i, rest].any()
        assert used == set(data.files), set(data.files) ^ used
        print(name)
    """

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"))
  func `has the source's values, raw, or what it takes to have them`() throws {
    try bench.convert(["--normalize", "zscore,vision=minmax", "--nonfinite", "zero"])
    try bench.convert(["--normalize", "none"], to: "plain")
    for (name, arguments) in [("raw", ["out", "--raw"]), ("norm", ["out"]), ("plain", ["plain"])] {
      try bench.run(
        ["export", bench.file(arguments[0]), bench.file("\(name).npz"), "--to", "npz", "--quiet"]
          + arguments.dropFirst())
    }
    let found = try Python.run(
      """
      import sys, numpy as np
      raw, norm, plain = [np.load(f"{sys.argv[1]}/{n}.npz") for n in ["raw", "norm", "plain"]]
      assert not [k for k in raw.files + plain.files if k.endswith(".shift")]
      for m in ["text", "audio", "vision"]:
          x, y = plain[f"train/{m}.values"], raw[f"train/{m}.values"]
          shift, scale = norm[f"{m}.shift"], norm[f"{m}.scale"]
          same = (norm[f"train/{m}.values"].astype("f8") * scale + shift).astype("f4")
          assert (same == y).all()
          # What was not finite was stored as 0, which is the mean or the least value now.
          known = (x != 0) | (y == 0)
          assert known.mean() > 0.4 and (np.abs(x - y)[known] <= 2.0 ** -23 * (np.abs(x - shift) + np.abs(x))[known]).all()
      print("same")
      """, bench.path)
    #expect(found == "same")
  }

  @Test(.disabled(if: Python.isMissing, "\(Python.skipReason)"), arguments: [0, 300, 5000])
  func `takes zip64's fields where sizes need them`(limit: Int) throws {
    let path = bench.file("large.zip")
    var zip = try ZipWriter(creating: path, level: limit == 300 ? 6 : nil, limit: limit)
    for (index, count) in [0, 1, 100, 4000].enumerated() {
      try zip.begin("member \(index) ü", bytes: 2 * count)
      try zip.write((0..<count).map { UInt16(truncatingIfNeeded: $0 &* 40503) })
      try zip.end()
    }
    try zip.finish()
    let found = try Python.run(
      """
      import sys, zipfile
      file = zipfile.ZipFile(sys.argv[1])
      assert file.testzip() is None
      for i, n in enumerate([0, 1, 100, 4000]):
          assert file.read(f"member {i} ü") == b"".join((k * 40503 % 65536).to_bytes(2, "little") for k in range(n))
      print(sum(e.extract_version for e in file.infolist()))
      """, path)
    // A member that needs it not says version 20, one that does 45.
    #expect(try #require(Int(found)) > 80)
    let directory = try ZipDirectory(try File(reading: path))
    #expect(directory.members.map(\.bytes) == [0, 2, 200, 8000])
    for member in directory.members {
      let reader = try MemberReader(path, member)
      var bytes: [UInt8] = []
      while reader.left > 0 { bytes += try reader.read(min(777, reader.left)) }
      #expect(bytes == TensorBytes.of((0..<member.bytes / 2).map { UInt16(truncatingIfNeeded: $0 &* 40503) }))
    }
  }

  @Test func `is the same file each time`() throws {
    let dataset = try bench.convert()
    var export = ArrayExport()
    export.form = .padded(.left)
    for name in ["a.npz", "b.npz"] { _ = try export.run(dataset, to: bench.file(name), progress: .none) }
    #expect(try File.contents(of: bench.file("a.npz")) == File.contents(of: bench.file("b.npz")))
  }

  @Test func `says which frames are cut off`() throws {
    var export = ArrayExport()
    export.form = .padded(.right)
    export.lengths = ["text": 1, "words": 1000]
    let report = try export.run(try bench.convert(), to: bench.file("a.npz"), progress: .none)
    #expect(report.notes.count == 1 && report.notes[0].hasPrefix("text: ") && report.notes[0].contains("beyond 1"))
    #expect(report.files[0].content == "text 1, audio 51, vision 41, words 1000")
  }

  @Test func `is refused where something is, unless it may be replaced`() throws {
    let dataset = try bench.convert()
    var export = ArrayExport()
    let path = bench.file("a.npz")
    _ = try export.run(dataset, to: path, progress: .none)
    #expect(throws: ExchangeError.exists(path: path)) { try export.run(dataset, to: path, progress: .none) }
    export.overwrites = true
    _ = try export.run(dataset, to: path, progress: .none)
    #expect(throws: ExchangeError.notAFile(path: bench.file("out"))) {
      try export.run(dataset, to: bench.file("out"), progress: .none)
    }
    export.lengths = ["txet": 3]
    #expect(
      throws: ExchangeError.unknownModality(
        option: "pad-to", name: "txet", names: dataset.manifest.modalities.map(\.name))
    ) {
      try export.run(dataset, to: path, progress: .none)
    }
    #expect(try Folder.list(bench.path) == ["a.npz", "out"])
  }

  @Test func `has its options checked`() throws {
    try bench.convert()
    let (out, path) = (bench.file("out"), bench.file("a"))
    try bench.expectError(["export", out, path, "--to", "nzp"], status: 64, #"did you mean "npz"?"#)
    try bench.expectError(
      ["export", out, path, "--to", "npz", "--pad", "left"], status: 64, "only --to padded-npz pads")
    try bench.expectError(
      ["export", out, path, "--to", "csd", "--pad-to", "3"], status: 64, "only --to padded-npz pads")
    try bench.expectError(
      ["export", out, path, "--to", "padded-npz", "--pad", "lfet"], status: 64, #"did you mean "left"?"#)
    for text in ["0", "text", "text=", "text=x", "-3", "1000001"] {
      try bench.expectError(["export", out, path, "--to", "padded-npz", "--pad-to=\(text)"], status: 64, "--pad-to")
    }
    try bench.expectError(
      ["export", out, path, "--to", "padded-npz", "--pad-to", "txet=3"], status: 64, #"did you mean "text"?"#)
    try bench.expectError(["export", out, path, "--to", "npz", "--gzip", "10"], status: 64, "from 1 to 9")
    try bench.expectError(["export", out, "", "--to", "npz"], status: 64, "empty")
    try bench.expectError(["export", bench.file("absent"), path, "--to", "npz"], "check the path")
    #expect(try Folder.list(bench.path) == ["out"])
  }

  @Test(.disabled(if: MemoryDisk.isMissing, "\(MemoryDisk.skipReason)"))
  func `leaves nothing on a full disk`() throws {
    try bench.convert()
    let disk = try MemoryDisk(at: bench.file("disk"), bytes: 300 << 10)
    try bench.expectError(["export", bench.file("out"), "--to", "npz", disk.file("a.npz")], "free space there")
    #expect(try Folder.list(disk.path) == [])
  }
}
