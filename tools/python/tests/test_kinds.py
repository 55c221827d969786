"""What a file is by its first bytes; FileKindTests holds the table against that of grf-data."""

import pickle

import pytest
from grf_shards import unpickle
from grf_shards.kinds import EXPLANATIONS, explanation, kind_of


@pytest.mark.parametrize("head, kind", [
    (b"", "empty"), (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "lfsPointer"), (b"<!DOCTYPE html><html>", "webPage"),
    (b"\x1f\x8b\x08", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"PK\3\4", "zip"), (b"MATLAB 5.0 MAT-file, ", "matlab5"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"), (b"\x80\x04\x95", "pickle"), (b"(dp0\r\n", "damagedPickle"), (b"hello\n", "unknown")])
def test_files_are_told_by_their_first_bytes(head, kind):
    assert kind_of(head) == kind
    assert (explanation(head) is None) == (kind == "unknown") == (kind not in EXPLANATIONS)


@pytest.mark.parametrize("content, said", [
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"), (b"<html>", "a web page"),
    (b"\x1f\x8b\x08\x00", "gzip -dc"), (pickle.dumps({"x": [1]}, 0).replace(b"\n", b"\r\n"), "line ends"), (b"", "empty")])
def test_unpickle_says_what_a_file_is(tmp_path, capsys, content, said):
    (tmp_path / "a.pkl").write_bytes(content)
    assert unpickle.main([str(tmp_path / "a.pkl"), str(tmp_path / "a.npz")]) == 1
    told = capsys.readouterr()
    assert said in told.err and told.err.count("\n") == 1 and not (tmp_path / "a.npz").exists()
