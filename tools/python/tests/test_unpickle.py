"""The field's pickles become .npz files that need no pickle."""

import pickle
import subprocess
import sys

import field_pickles
import numpy as np
import pytest
from grf_shards import unpickle


@pytest.fixture
def run(tmp_path, capsys):
    """run(BYTES, OPTION...) gives (status, arrays or None, output, errors)."""

    def unpickled(content, *options):
        source, out = tmp_path / "a.pkl", tmp_path / "a.npz"
        source.write_bytes(content)
        status = unpickle.main([str(source), str(out), *options])
        arrays = None
        if out.exists():
            with np.load(out, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
        told = capsys.readouterr()
        return status, arrays, told.out, told.err

    return unpickled


def dumped(content, protocol):
    if protocol == "python2":
        return field_pickles.python2(content)
    written = pickle.dumps(content, protocol)
    return field_pickles.old_numpy(written) if protocol <= 3 else written


PROTOCOLS = [0, 1, 2, 3, 4, 5, "python2"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("aligned", [True, False])
def test_mults_files_are_carried(run, protocol, aligned):
    content = field_pickles.mosi_data(aligned)
    status, arrays, told, errors = run(dumped(content, protocol))
    assert status == 0 and errors == ""
    assert set(arrays) == {f"{split}/{name}" for split in content
                           for name in ("text", "audio", "vision", "labels", "ids", "intervals", "id")}
    for split, members in content.items():
        for name in ("text", "audio", "vision"):
            assert arrays[f"{split}/{name}"].dtype == members[name].dtype
            np.testing.assert_array_equal(arrays[f"{split}/{name}"], members[name])
        np.testing.assert_array_equal(arrays[f"{split}/labels"], members["labels"][:, :, 0])
        assert arrays[f"{split}/ids"].tolist() == [name.decode() for name in members["id"][:, 0]]
        assert arrays[f"{split}/intervals"].tolist() == [[i, i + 2.0] for i in range(len(members["id"]))]
        assert arrays[f"{split}/id"].dtype.kind == "U"
    assert "train/text       float32   [7, 5, 30]\n" in told


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_mmsas_files_are_carried(run, protocol):
    content = field_pickles.unaligned_50()
    status, arrays, _, errors = run(dumped(content, protocol))
    assert status == 0 and errors == ""
    for split, members in content.items():
        for name, value in members.items():
            found = arrays[f"{split}/{'ids' if name == 'id' else name}"]
            expected = [f"{split}Vid[{i}]" for i in range(len(value))] if name == "id" else np.asarray(value).tolist()
            assert found.tolist() == expected and found.dtype != object
    assert len(arrays) == 3 * 11 and arrays["train/audio_lengths"].dtype == np.int64


def test_segments_that_only_times_tell_apart_carry_their_start(run):
    content = field_pickles.mosei_senti_data()
    status, arrays, _, errors = run(pickle.dumps(content))
    assert status == 0 and errors.count("--labels-csd numbers them") == 3
    for split, members in content.items():
        assert arrays[f"{split}/ids"].tolist() == [f"{video}@{float(start)}" for video, start, _ in members["id"].tolist()]
        assert arrays[f"{split}/id"][:, 0].tolist() == members["id"][:, 0].tolist()


@pytest.mark.parametrize("lone", [True, False])
def test_one_segment_of_a_recording_is_not_its_first(run, lone):
    rows = [["rec", "30.0", "35.0"]] + ([] if lone else [["rec", "42.0", "49.0"]])
    _, arrays, _, _ = run(pickle.dumps({"train": {"id": np.array(rows), "x": np.zeros(len(rows))}}))
    assert arrays["train/ids"].tolist() == ["rec@30.0", "rec@42.0"][:len(rows)]


@pytest.fixture
def labels(tmp_path):
    """Rows out of order, two of the same time, and an entry that is a segment."""
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "labels.csd"
    with h5py.File(path, "w") as file:
        for entry, times in {"a": [[55, 60], [30, 35], [42, 49]], "b": [[1, 2], [1, 2]], "c[7]": [[3, 4]]}.items():
            file[f"All Labels/data/{entry}/intervals"] = np.array(times, np.float32)
            file[f"All Labels/data/{entry}/features"] = np.zeros((len(times), 1), np.float32)
        file["words/data/a/intervals"] = np.zeros((0, 2))
    return path


def test_a_label_file_numbers_segments_by_its_rows(run, labels):
    rows = [["a", "30.0", "35.001"], ["a", "42.0", "49.0"], ["a", "55.0", "60.0"], ["c", "3.0", "4.0"], ["b", "1.0", "2.0"],
            ["a", "30.0", "36.0"], ["d", "0.5", "1.0"]]
    content = pickle.dumps({"train": {"id": np.array(rows), "x": np.zeros(len(rows))}})
    status, arrays, _, errors = run(content, "--labels-csd", str(labels))
    assert status == 0 and arrays["train/ids"].tolist() == ["a[1]", "a[2]", "a[0]", "c[7]", "b@1.0", "a@30.0", "d@0.5"]
    assert "3 of 7 segments, which carry their start: b@1.0, a@30.0, d@0.5" in errors


def test_a_label_file_that_is_none_is_refused(run, tmp_path):
    h5py = pytest.importorskip("h5py")
    content = pickle.dumps({"train": {"id": np.array([["a", "1", "2"]])}})
    (tmp_path / "text").write_bytes(b"no HDF5")
    with h5py.File(tmp_path / "two.csd", "w") as file:
        file["labels a/data"], file["b labels/data"] = [1], [1]
    for name, problem in [("text", "signature"), ("two.csd", "2 of its roots"), ("gone", "gone")]:
        status, arrays, _, errors = run(content, "--labels-csd", str(tmp_path / name))
        assert status == 1 and arrays is None and problem in errors and errors.count("\n") == 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("array", [
    np.zeros((0, 5, 3), np.float32), np.arange(6, dtype=">f4").reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)),
    np.array(True), np.array([[True], [False]]), np.array(["ä", "", "日本"]), np.array([b"a", b""]), np.float16([1.5]),
    np.uint8([[255]]), np.complex64([1j]), np.array([], "U3"), np.arange(3, dtype="i1"), np.float64(2.5), np.int32(-7)])
def test_arrays_of_every_kind_come_out_equal(run, protocol, array):
    status, arrays, _, errors = run(dumped({"train": {"x": array}}, protocol))
    assert status == 0 and errors == ""
    expected = np.char.decode(array) if array.dtype.kind == "S" else array
    assert arrays["train/x"].shape == array.shape and arrays["train/x"].tolist() == expected.tolist()
    assert arrays["train/x"].dtype.kind == expected.dtype.kind


@pytest.mark.parametrize("value, expected", [
    ([1, 2], [1, 2]), ((1.5, 2), [1.5, 2]), (["a", b"b"], ["a", "b"]), ([], []), ("text", "text"), (b"caf\xc3\xa9", "café"),
    (b"\xe9", "é"), (3, 3), (True, True), ([[1, 2], [3, 4]], [[1, 2], [3, 4]]), ([np.ones(2), np.zeros(2)], [[1, 1], [0, 0]]),
    ([["a"], ["bc"]], [["a"], ["bc"]]), (np.array([1, 2], object), [1, 2]), (np.array([[b"x", "y"]], object), [["x", "y"]]),
    ({1, 1}, [1]), (frozenset({2, 1}), [1, 2]),
    (bytearray(b"ab"), "ab")])
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_other_containers_become_arrays(run, value, expected, protocol):
    status, arrays, _, errors = run(pickle.dumps({"train": {"x": value}}, protocol))
    assert (status, errors) == (0, "") and arrays["train/x"].tolist() == expected


@pytest.mark.parametrize("value, reason", [
    (None, "it is None"), ([1, None], "None or dictionaries"), ([{}], "dictionaries"), ([[1], [1, 2]], "differ in shape"),
    ([1, "a"], "differ in shape or type"), ([np.ones(2), np.ones(3)], "2 elements differ"), (["a\0"], "NUL"), ({1, "a"}, "mixed"),
    (1 << 70, "64 bits"), ([1 << 60, 0.5], "double"), ({}, "empty dictionary")])
def test_what_cannot_be_carried_is_named(run, value, reason):
    status, arrays, _, errors = run(pickle.dumps({"train": {"odd": value, "x": np.ones(1)}}))
    assert status == 0 and list(arrays) == ["train/x"]
    assert errors.startswith("left out train/odd: ") and reason in errors and errors.count("\n") == 1


@pytest.mark.parametrize("key", [3, "a/b", "", "..", "a\nb", "a\\b", None, ("a",)])
def test_names_that_no_member_may_have_are_left_out(run, key):
    status, arrays, _, errors = run(pickle.dumps({"train": {key: np.ones(1), "x": np.ones(1)}}))
    assert status == 0 and list(arrays) == ["train/x"] and "it is no name" in errors and errors.count("\n") == 1


def test_deeper_and_shallower_dictionaries_keep_their_paths(run):
    _, arrays, _, _ = run(pickle.dumps({"top": np.ones(2), "a": {"b": {"c": [1]}}}))
    assert list(arrays) == ["top", "a/b/c"]


def test_bytes_behind_the_pickle_are_named(run):
    status, _, _, errors = run(pickle.dumps({"x": [1]}) + b"more")
    assert status == 0 and errors == "left out 4 bytes that follow the pickle's end\n"


@pytest.mark.parametrize("content, message", [
    (b"", "not a pickle"), (b"hello\n", "not a pickle"), (pickle.dumps([1]), "holds a list"), (pickle.dumps({}), "no array"),
    (pickle.dumps({"a": None}), "no array; left out a"), (pickle.dumps(field_pickles.unaligned_50())[:-900], "damaged")])
def test_files_of_another_kind_are_refused(run, content, message):
    status, arrays, _, errors = run(content)
    assert status == 1 and arrays is None and message in errors and errors.count("\n") == 1


def test_an_output_that_is_there_is_kept_unless_told_otherwise(run):
    assert run(pickle.dumps({"x": [1]}))[0] == 0
    status, arrays, _, errors = run(pickle.dumps({"x": [2]}))
    assert status == 1 and "--overwrite" in errors and arrays["x"].tolist() == [1]
    assert run(pickle.dumps({"x": [2]}), "--overwrite")[1]["x"].tolist() == [2]


def test_the_same_pickle_gives_the_same_bytes(run, tmp_path):
    run(pickle.dumps(field_pickles.mosi_data()))
    first = (tmp_path / "a.npz").read_bytes()
    run(pickle.dumps(field_pickles.mosi_data()), "--overwrite")
    assert (tmp_path / "a.npz").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "a.pkl"]


def test_the_command_line_is_checked(tmp_path):
    for arguments in ([], ["a.pkl"], ["a.pkl", "a.zip"], ["a.pkl", "a.npz", "--what"]):
        with pytest.raises(SystemExit) as caught:
            unpickle.main(arguments)
        assert caught.value.code == 64
    assert unpickle.main([str(tmp_path / "none.pkl"), str(tmp_path / "a.npz")]) == 1
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"x": [1]}))
    assert unpickle.main([str(tmp_path / "a.pkl"), str(tmp_path / "no/where/a.npz")]) == 1


def test_it_runs_as_a_module(tmp_path):
    (tmp_path / "with space.pkl").write_bytes(pickle.dumps(field_pickles.mosi_data()))
    done = subprocess.run([sys.executable, "-W", "error", "-m", "grf_shards.unpickle", "with space.pkl", "out.npz"], cwd=tmp_path,
                          capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "" and "train/ids" in done.stdout


def test_strings_of_python_2_that_are_not_ascii_are_read_under_protocol_0(run):
    status, arrays, _, errors = run(field_pickles.PROTOCOL_0)
    assert (status, errors) == (0, "") and arrays["x"].tolist() == ["é", "b"] and arrays["y"].tolist() == [0, 1]
