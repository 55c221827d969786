"""Packed shards: inflated once, whole or not at all, beside the dataset or in a cache."""

import concurrent.futures
import os
import struct

import pytest
from grf_shards import Dataset, ShardError, verify
from grf_shards.packed import cache_key, default_cache
from shard_files import SHARD

zstandard = pytest.importorskip("zstandard")


def packed(content, frame=1000):
    """zstd's seekable format: a row of frames, then a table in a frame that decoders skip."""
    frames = [content[i:i + frame] for i in range(0, len(content), frame)]
    stored = [zstandard.ZstdCompressor().compress(one) for one in frames]
    table = b"".join(struct.pack("<II", len(one), len(plain)) for one, plain in zip(stored, frames))
    table += struct.pack("<IBI", len(frames), 0, 0x8F92EAB1)
    return b"".join(stored) + struct.pack("<II", 0x184D2A5E, len(table)) + table


@pytest.fixture
def cold(tiny):
    """The tiny dataset, packed; its plain shard's bytes."""
    content = (tiny / SHARD).read_bytes()
    (tiny / (SHARD + ".zst")).write_bytes(packed(content))
    (tiny / SHARD).unlink()
    return tiny, content


def test_a_packed_shard_is_inflated_beside_itself(cold):
    folder, content = cold
    assert Dataset(folder)[0].text.values.tolist() == [[1, 2], [3, -4]]
    assert (folder / SHARD).read_bytes() == content
    assert sorted(os.listdir(folder)) == ["ledger.jsonl", "manifest.json", SHARD, SHARD + ".zst"]
    (folder / (SHARD + ".zst")).write_bytes(b"no longer needed")
    assert len(Dataset(folder)) == 2 and verify(folder) > 0


def test_a_cache_is_used_where_one_is_named(cold, tmp_path):
    folder, content = cold
    for _ in range(2):
        train = Dataset(folder, cache=tmp_path / "cache")
    place = tmp_path / "cache" / cache_key(train.manifest) / SHARD
    assert place.read_bytes() == content and not (folder / SHARD).exists()
    assert verify(folder, cache=tmp_path / "cache") > 0


def test_a_folder_that_cannot_be_written_to_uses_the_users_cache(cold, tmp_path, monkeypatch):
    folder, content = cold
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    # The superuser may write anywhere.
    monkeypatch.setattr(os, "access", lambda path, mode: os.fspath(path) != str(folder))
    train = Dataset(folder)
    assert (tmp_path / "xdg/grf" / cache_key(train.manifest) / SHARD).read_bytes() == content
    assert not (folder / SHARD).exists()


def test_the_cache_is_where_the_xdg_specification_has_it(monkeypatch):
    monkeypatch.setenv("HOME", "/home/one")
    for value, expected in (("/x", "/x/grf"), ("", "/home/one/.cache/grf"), ("relative", "/home/one/.cache/grf")):
        monkeypatch.setenv("XDG_CACHE_HOME", value)
        assert default_cache() == expected


def test_datasets_of_equal_content_but_other_headers_do_not_meet(cold):
    manifest = Dataset(cold[0]).manifest
    assert cache_key(manifest) == f"{manifest.fingerprint[:16]}-{manifest.content}"


def test_a_spoilt_cache_is_made_anew(cold, tmp_path):
    folder, content = cold
    place = tmp_path / "cache" / cache_key(Dataset(folder, cache=tmp_path / "cache").manifest) / SHARD
    place.write_bytes(content[:100])
    assert len(Dataset(folder, cache=tmp_path / "cache")) == 2 and place.read_bytes() == content


def test_many_readers_inflate_once(cold, monkeypatch):
    import grf_shards.packed as module
    folder, content = cold
    inflated = []
    real = module._inflate
    monkeypatch.setattr(module, "_inflate", lambda *given: (inflated.append(1), real(*given)))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: len(Dataset(folder)), range(16))) == [2] * 16
    assert inflated == [1] and (folder / SHARD).read_bytes() == content


@pytest.mark.parametrize("spoil, message", [
    (lambda stored: stored[:len(stored) // 2], "inflate"),
    (lambda stored: b"", "inflates to 0 bytes"),
    (lambda stored: b"garbage" + stored, "inflated"),
    (lambda stored: stored + packed(b"more"), "more than the 5704 bytes"),
    (lambda stored: packed(bytes(50_000_000), 50_000_000), "more than the 5704 bytes"),
])
def test_a_damaged_packed_shard_is_refused_and_leaves_nothing(cold, spoil, message):
    folder, _ = cold
    path = folder / (SHARD + ".zst")
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(ShardError, match=message):
        Dataset(folder)
    assert sorted(os.listdir(folder)) == ["ledger.jsonl", "manifest.json", SHARD + ".zst"]


def test_without_zstandard_the_error_names_the_remedy(cold, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    with pytest.raises(ShardError, match="grf-data unpack"):
        Dataset(cold[0])
    assert SHARD not in os.listdir(cold[0])


def test_another_shard_in_the_packed_one_is_refused(cold):
    folder, content = cold
    (folder / (SHARD + ".zst")).write_bytes(packed(content[:4000].replace(b"0f0f", b"0e0e") + content[4000:]))
    with pytest.raises(ShardError, match="fingerprint"):
        Dataset(folder)
