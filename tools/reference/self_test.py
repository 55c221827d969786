#!/usr/bin/env python3
"""Holds the reference computation against numbers worked out by hand, and its comparison against planted damage.

    self_test.py        exit status 0 where all is well

One label entry with three segments and one suffixed one, audio of 10 Hz in two entries that are given out of order, with
a zero frame, a NaN and an infinity, and words with `sp`. Needs h5py, numpy and safetensors. Where torch is there,
the model in grf_torch.py is checked too.
"""

import argparse
import contextlib
import importlib.util
import io
import json
import pathlib
import tempfile
import unittest
import zlib

import comparison
import h5py
import numpy as np
import options
import reference_conversion
import safetensors.numpy
from sdk_self_test import SDKRules  # noqa: F401  (its tests run with these)

NAN, INF = float("nan"), float("inf")


def write_root(file, root, entries, names=None):
    for key, (features, intervals) in entries.items():
        file[f"{root}/data/{key}/features"] = features
        file[f"{root}/data/{key}/intervals"] = intervals
    file[f"{root}/metadata/dimension names"] = np.array([json.dumps(names) if names else "not JSON"], object)


def write_inputs(path):
    spans = np.array([[0.5, 1.0], [0.0, 0.3], [2.0, 2.0]], np.float32)
    with h5py.File(path, "w") as file:
        write_root(file, "Opinion Segment Labels", {
            "b": (np.array([[1], [-2], [0]], np.float32), spans),
            "a[7]": (np.array([[3]], np.float32), np.array([[0, 1]], np.float32)),
        })
        # Video b: rows 0…4 come from b[0] (0.0 to 0.5 s), rows 5…9 from b[1]; a[7] is taken whole.
        start = np.arange(10) / 10
        values = np.array([[i, 10 * i] for i in range(10)], np.float64)
        values[0] = [0, -0.0]
        values[6, 0], values[7, 1] = NAN, 1e300
        spans = np.stack([start, start + 0.1], axis=1)
        write_root(file, "COVAREP", {
            "b[1]": (values[5:], spans[5:]),
            "b[0]": (values[:5], spans[:5]),
            "a[7]": (np.array([[100, 1], [200, 1]], np.float64), np.array([[0.5, 0.6], [0.2, 0.7]])),
            "c": (np.array([[1, 1]], np.float64), np.array([[0, 1.0]])),
        }, ["f0", "energy"])
        write_root(file, "words", {
            "b": (np.array([[b"well"], [b"sp"], [b"so"]]), np.array([[0, 0.2], [0.2, 0.6], [0.6, 1.5]])),
        })


def computation(inputs, *options):
    parser = argparse.ArgumentParser()
    parser.add_argument("input", nargs="+")
    reference_conversion.add_options(parser)
    return reference_conversion.compute(parser.parse_args([str(inputs), *options]))


def write_dataset(folder, damage=None):
    """What `--normalize audio=none` should make of the inputs, written down by hand. `damage` may change it first."""
    tensors = {
        "labels": np.array([[3], [1], [-2], [0]], np.float32),
        "sample.interval": np.array([[0, 1], [0.5, 1.0], [0, np.float32(0.3)], [2, 2]], np.float64),
        "sample.id": np.frombuffer(b"a[7]b[0]b[1]b[2]", np.uint8),
        "sample.id_offsets": np.array([0, 4, 8, 12, 16]),
        "audio.offsets": np.array([0, 2, 7, 10, 10]),
        "audio.values": np.array([[200, 1], [100, 1], [5, 50], [0, 60], [7, 0], [8, 80], [9, 90],
                                  [0, 0], [1, 10], [2, 20]], np.float32),
        "audio.valid": np.ones(10, bool),
        "audio.times": np.array([[0.2, 0.7], [0.5, 0.6], [0, 0.1], [0.1, 0.2], [0.2, 0.3], [0.3, 0.4], [0.4, 0.5],
                                 [0, 0.1], [0.1, 0.2], [0.2, 0.3]], np.float32),
        "words.offsets": np.array([0, 0, 2, 4, 4]),
        "words.bytes": np.frombuffer(b"spsowellsp", np.uint8),
        "words.token_offsets": np.array([0, 2, 4, 8, 10]),
        "words.valid": np.ones(4, bool),
        "words.times": np.array([[0, 0.1], [0.1, 0.5], [0, 0.2], [0.2, 0.3]], np.float32),
    }
    audio = np.array([[200, 100, 5, 7, 8, 9, 0, 1, 2], [1, 1, 50, 60, 80, 90, 0, 10, 20]], np.float64)
    statistics = {
        "count": [9, 9], "nan": [1, 0], "posinf": [0, 1], "neginf": [0, 0], "min": [0, 0], "max": [200, 90],
        "mean": audio.mean(axis=1).tolist(), "std": audio.std(axis=1).tolist(),
    }
    manifest = {
        "fingerprint": "f",
        "modalities": [{"name": "audio", "statistics": statistics}, {"name": "words", "statistics": None}],
        "splits": {"all": {"samples": 4, "frames": {"audio": 10, "words": 4},
                           "shards": [{"file": "all-00000-of-00001.safetensors", "bytes": 0}]}},
    }
    ledger = [{"id": "a[7]"}, {"id": "b[2]"}]
    tensors = {name: array.copy() for name, array in tensors.items()}
    if damage:
        damage(tensors, manifest, ledger)
    for name in list(tensors):
        if not name.startswith("_"):
            tensors.setdefault(f"_crc.{name}", np.array([zlib.crc32(tensors[name].tobytes())]))
    folder.mkdir()
    shard = folder / manifest["splits"]["all"]["shards"][0]["file"]
    safetensors.numpy.save_file(tensors, shard, {"fingerprint": "f"})
    manifest["splits"]["all"]["shards"][0]["bytes"] += shard.stat().st_size
    text = json.dumps(manifest)[:-1] + ",\n"
    checksum = zlib.crc32(text.encode()) ^ manifest.get("flipped", 0)
    (folder / "manifest.json").write_text(f'{text}  "crc32": "{checksum:08x}"}}\n')
    (folder / "ledger.jsonl").write_text("".join(json.dumps(line) + "\n" for line in ledger))
    return folder


class Reference(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.inputs = pathlib.Path(cls.folder.name, "raw.csd")
        write_inputs(cls.inputs)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def frames(self, key, name, *options):
        found = computation(self.inputs, *options)
        return found.finished(next(sample for sample in found.samples if sample.key == key), name)

    def test_samples_come_in_byte_order_and_keep_the_rows_of_the_labels(self):
        self.assertEqual([s.key for s in computation(self.inputs).samples], ["a[7]", "b[0]", "b[1]", "b[2]"])

    def test_a_zero_length_sample_is_kept_until_incomplete_ones_are_dropped(self):
        self.assertEqual(computation(self.inputs).lacking, {"a[7]", "b[2]"})
        self.assertEqual(computation(self.inputs, "--drop-incomplete").left_out, ["a[7]", "b[2]"])

    def test_columns_are_selected_by_number_range_and_name(self):
        for pieces in ("audio=1,0", "audio=energy,f0"):
            values = self.frames("b[1]", "audio", "--normalize", "none", "--select", pieces).values
            self.assertEqual(values.tolist(), [[0, 0], [10, 1], [20, 2]])
        self.assertEqual(self.frames("b[1]", "audio", "--select", "audio=0-1").values.shape, (3, 2))

    def test_zero_frames_and_pauses_go_when_told(self):
        options = "--normalize", "none", "--drop-zero-frames", "audio,words"
        self.assertEqual(self.frames("b[1]", "audio", *options).values.tolist(), [[1, 10], [2, 20]])
        self.assertEqual(self.frames("b[1]", "words", *options).values, [b"well"])

    def test_resampling_averages_the_finite_values_of_a_bin(self):
        # Midpoints 0.05, 0.15, 0.25, 0.35 and 0.45 s from the start, in bins of 0.2 s.
        frames = self.frames("b[0]", "audio", "--normalize", "none", "--rate", "audio=5")
        self.assertEqual(frames.values.tolist(), [[5, 55], [7.5, 80], [9, 90]])
        np.testing.assert_allclose(frames.times, [[0, 0.2], [0.2, 0.4], [0.4, 0.5]], rtol=1e-6)

    def test_the_first_or_last_frames_are_kept(self):
        for keep, expected in (("first", [[5, 50]]), ("last", [[9, 90]])):
            options = "--normalize", "none", "--max-frames", "audio=1", "--keep", keep
            self.assertEqual(self.frames("b[0]", "audio", *options).values.tolist(), expected)

    def test_masked_frames_are_marked_and_fit_nothing(self):
        options = "--normalize", "none", "--nonfinite", "mask"
        self.assertEqual(self.frames("b[0]", "audio", *options).valid.tolist(), [True, False, False, True, True])
        self.assertEqual(computation(self.inputs, *options).statistics("audio").count.tolist(), [8, 8])
        with self.assertRaises(ValueError):
            self.frames("b[0]", "audio", "--nonfinite", "error")

    def test_minmax_maps_train_to_the_unit_interval(self):
        values = self.frames("b[0]", "audio", "--normalize", "minmax").values
        np.testing.assert_allclose(values[0], [5 / 200, 50 / 90])
        self.assertEqual(values[1, 0], 0)

    def test_robust_takes_the_median_to_0_and_clip_holds_the_rest(self):
        # Finite values of the first column: 100, 200, 5, 7, 8, 9, 0, 1 and 2; quartiles 2, 7 and 9.
        values = self.frames("b[0]", "audio", "--normalize", "robust").values
        np.testing.assert_allclose(values[:, 0], [-2 / 7, 0, 0, 1 / 7, 2 / 7])
        self.assertEqual(self.frames("a[7]", "audio", "--normalize", "robust").values[0, 0], 193 / 7)
        self.assertEqual(self.frames("a[7]", "audio", "--normalize", "robust", "--clip", "2").values[0, 0], 2)
        self.assertIsNone(computation(self.inputs, "--clip", "2,audio=none").clip("audio"))

    def test_vectors_stay_with_words_that_have_the_same_intervals(self):
        path = pathlib.Path(self.folder.name, "spoken.csd")
        spans = np.array([[0, 1], [1, 2], [2, 3], [3, 4.0]])
        with h5py.File(path, "w") as file:
            write_root(file, "Opinion Segment Labels", {"a": (np.ones((1, 1), "f4"), np.array([[0, 4.0]]))})
            write_root(file, "words", {"a": (np.array([[b"one"], [b"two"], [b"sp"], [b"three"]]), spans)})
            write_root(file, "glove_vectors", {"a": (np.array([[1], [0], [0], [3]], np.float32), spans)})
        for lag, expected in (("1", [0, 3, 0, 0]), ("text=1", [3, 0, 0, 0]), ("text=1,words=2", [3, 0, 0, 0])):
            found = computation(path, "--lag", lag, "--normalize", "none")
            self.assertEqual(found.finished(found.samples[0], "text").values[:, 0].tolist(), expected)

    def test_label_columns_are_chosen_in_order(self):
        path = pathlib.Path(self.folder.name, "mosei.csd")
        with h5py.File(path, "w") as file:
            labels = np.arange(6, dtype=np.float32).reshape(2, 3)
            write_root(file, "All Labels", {"a": (labels, np.array([[0, 1], [1, 2.0]]))}, ["sentiment", "happy", "sad"])
            write_root(file, "words", {"a": (np.array([[b"one"]]), np.array([[0, 2.0]]))})
        found = computation(path, "--label-columns", "sad,0")
        self.assertEqual([sample.labels.tolist() for sample in found.samples], [[2, 0], [5, 3]])

    def test_statistics_are_fitted_on_train_alone(self):
        folds = pathlib.Path(self.folder.name, "folds.json")
        folds.write_text(json.dumps({"train": ["a[1]"], "valid": [], "test": ["b"]}))
        statistics = computation(self.inputs, "--folds", str(folds)).statistics("audio")
        self.assertEqual((statistics.mean.tolist(), statistics.std.tolist()), ([150, 1], [50, 0]))
        self.assertEqual(self.frames("a[7]", "audio", "--folds", str(folds)).values.tolist(), [[1, 0], [-1, 0]])

    def test_without_labels_a_sample_is_a_whole_entry(self):
        samples = computation(self.inputs, "--labels", "none").samples
        self.assertEqual([s.key for s in samples], ["a[7]", "b", "b[0]", "b[1]", "c"])

    def test_option_grammar(self):
        self.assertEqual(options.per_modality(["audio=1,3,vision=2", "audio=5"]),
                         {"audio": ["5"], "vision": ["2"]})
        self.assertEqual(options.per_modality(["audio=1", "7"]), {None: ["7"]})

    def test_bfloat16_is_rounded_once_half_to_even(self):
        values = np.array([1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-8 + 2**-40, 0, -3.0])
        self.assertEqual(comparison.narrowed(values, "bf16").tolist(), [1, 1 + 2**-6, 1 + 2**-7, 0, -3])

    # --- The comparison --------------------------------------------------------------------------------------------

    def compare(self, damage=None):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as output:
            dataset = write_dataset(pathlib.Path(folder, "out"), damage)
            status = comparison.compare(computation(self.inputs, "--normalize", "none"), dataset)
        return status, output.getvalue()

    def test_a_dataset_written_by_hand_is_the_same(self):
        status, output = self.compare()
        self.assertEqual(status, 0, output)

    def test_every_planted_difference_is_found(self):
        def value(name, change):
            return lambda tensors, manifest, ledger: tensors[name].__setitem__(*change)

        def statistic(name):
            return lambda t, manifest, l: manifest["modalities"][0]["statistics"][name].__setitem__(1, 0.5)

        damages = {
            "labels": value("labels", ((1, 0), 2)),
            "intervals": value("sample.interval", ((2, 1), 0.3)),
            "ids": value("sample.id", (2, ord("8"))),
            "offsets": value("audio.offsets", (1, 3)),
            "frames": value("audio.values", ((2, 0), np.nextafter(np.float32(5), np.float32(6)))),
            "valid": value("audio.valid", (3, False)),
            "times": value("audio.times", ((4, 1), 0.3001)),
            "tokens": value("words.bytes", (0, ord("t"))),
            "crc": lambda tensors, m, l: tensors.update({"_crc.labels": np.array([1])}),
            "manifest": lambda t, manifest, l: manifest.update(flipped=1),
            "fingerprint": lambda t, manifest, l: manifest.update(fingerprint="g"),
            "bytes": lambda t, manifest, l: manifest["splits"]["all"]["shards"][0].update(bytes=1),
            "samples": lambda t, manifest, l: manifest["splits"]["all"].update(samples=5),
            "splits": lambda t, manifest, l: manifest["splits"].update(train=manifest["splits"]["all"]),
            "modalities": lambda t, manifest, l: manifest["modalities"].pop(),
            "ledger": lambda t, m, ledger: ledger.pop(),
            "clip": lambda t, manifest, l: manifest["modalities"][0].update(clip={"limit": 5.0, "values": 0}),
        }
        for kind, damage in damages.items():
            with self.subTest(kind):
                status, output = self.compare(damage)
                self.assertEqual(status, 1)
                self.assertIn(f"{kind}: ", output)
        for name in comparison.STATISTICS:
            with self.subTest(name):
                self.assertIn(f"statistics: audio.{name}", self.compare(statistic(name))[1])


if __name__ == "__main__":
    if importlib.util.find_spec("torch"):
        from grf_self_test import GRF
        from mult_self_test import MulT
    else:
        print("PyTorch is not there (tools/setup --torch): the reference models are not checked.")
    unittest.main()
