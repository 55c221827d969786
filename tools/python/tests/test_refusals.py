"""What a reader refuses, one test a rejection. All begin with the tiny dataset, and change one thing."""

import json
import os
import struct

import pytest
import shard_files
from grf_shards import Dataset, ShardError, verify
from shard_files import SHARD, edit_data, edit_header, edit_manifest


def refused(folder, message, split="train"):
    with pytest.raises(ShardError, match=message) as caught:
        Dataset(folder, split)
    assert str(caught.value).startswith(caught.value.path) and caught.value.problem


# --- Files

def test_a_folder_that_is_not_there(tmp_path):
    refused(tmp_path / "nothing", "cannot be opened")


def test_a_folder_without_a_manifest(tmp_path):
    refused(tmp_path, "no manifest.json")


def test_a_file_instead_of_a_folder(tiny):
    refused(tiny / "manifest.json", "cannot be opened")


def test_a_missing_shard(tiny):
    (tiny / SHARD).unlink()
    refused(tiny, "missing")


@pytest.mark.parametrize("size", [0, 7, 8, 100, 4096, 5703])
def test_a_shard_cut_short(tiny, size):
    os.truncate(tiny / SHARD, size)
    refused(tiny, "cut short|bytes")


def test_a_shard_with_bytes_behind_it(tiny):
    with open(tiny / SHARD, "ab") as file:
        file.write(b"\0")
    refused(tiny, "5705 bytes, not 5704 as the manifest says")


def test_a_shard_with_bytes_behind_it_that_the_manifest_admits(tiny):
    with open(tiny / SHARD, "ab") as file:
        file.write(bytes(64))
    edit_manifest(tiny, lambda document: document["splits"]["train"]["shards"][0].update(bytes=5768))
    refused(tiny, "not 5704 as its header says")


def test_a_shard_that_is_a_symbolic_link(tiny):
    (tiny / SHARD).rename(tiny / "elsewhere")
    (tiny / SHARD).symlink_to("elsewhere")
    refused(tiny, "symbolic link")


def test_a_shard_that_is_a_folder_or_a_pipe(tiny):
    (tiny / SHARD).unlink()
    (tiny / SHARD).mkdir()
    refused(tiny, "no regular file")
    (tiny / SHARD).rmdir()
    os.mkfifo(tiny / SHARD)
    refused(tiny, "no regular file")


def test_a_shard_of_another_dataset(tiny):
    edit_header(tiny, lambda header: header["__metadata__"].update(fingerprint="ab" * 32))
    refused(tiny, "fingerprint")


def test_a_shard_of_another_split(tiny):
    edit_header(tiny, lambda header: header["__metadata__"].update(split="test"))
    refused(tiny, "split")


# --- The manifest

@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null\n", b"\xff\xfe", b"[" * 200_000, b'{"a": NaN}', b'{"a": 1e999'])
def test_a_manifest_that_is_not_a_json_object(tiny, content):
    (tiny / "manifest.json").write_bytes(content)
    refused(tiny, "JSON")


def test_a_manifest_that_was_changed(tiny):
    path = tiny / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"sentiment"', b'"Sentiment"'))
    refused(tiny, "CRC-32 is .* it was changed")


def test_a_manifest_without_its_last_line(tiny):
    document = json.loads((tiny / "manifest.json").read_text())
    (tiny / "manifest.json").write_text(json.dumps(document))
    refused(tiny, "last line")


def test_a_manifest_that_names_something_twice(tiny):
    path = tiny / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"version": "1.0",', b'"version": "1.0", "version": "1.0",', 1))
    refused(tiny, "names 'version' twice")


@pytest.mark.parametrize("version", ["2.0", "0.9", "1", "1.0.0", "01.0", "one"])
def test_an_unknown_major_version(tiny, version):
    edit_manifest(tiny, lambda document: document.update(version=version))
    refused(tiny, "version")


def test_a_minor_version_and_unknown_members_are_read(tiny):
    edit_manifest(tiny, lambda document: document.update(version="1.7", novelty={"a": [1]}))
    assert len(Dataset(tiny)) == 2


def test_another_format(tiny):
    edit_manifest(tiny, lambda document: document.update(format="other-shards"))
    refused(tiny, "format")


def test_a_part_of_a_conversion(tiny):
    edit_manifest(tiny, lambda document: document.update(pending={}))
    refused(tiny, "grf-data merge")


@pytest.mark.parametrize("member", ["format", "version", "fingerprint", "content", "configuration", "inputs", "modalities",
                                    "labels", "splits", "ledger"])
@pytest.mark.parametrize("value", [None, 7, "missing"])
def test_a_member_that_is_missing_or_of_a_wrong_type(tiny, member, value):
    edit_manifest(tiny, lambda document: document.pop(member) if value == "missing" else document.update({member: value}))
    refused(tiny, member)


@pytest.mark.parametrize("member, value", [
    ("name", "a b"), ("name", "labels"), ("name", "words"), ("name", "sample"), ("dtype", "f64"), ("dimension", 0),
    ("dimension", True), ("dimension", 2.0), ("dimension", -1), ("dimension", 1 << 63), ("dimension_names", ["one"]),
    ("statistics", None), ("normalization", None), ("rate", "fast")])
def test_a_modality_that_makes_no_sense(tiny, member, value):
    edit_manifest(tiny, lambda document: document["modalities"][0].update({member: value}))
    refused(tiny, member)


@pytest.mark.parametrize("value", [[0.5], [0.5, "x"], "mean", [[0.5, 0.5]]])
def test_statistics_of_another_shape(tiny, value):
    edit_manifest(tiny, lambda document: document["modalities"][0]["statistics"].update(mean=value))
    refused(tiny, "mean")


@pytest.mark.parametrize("name", ["../tiny/" + SHARD, "/etc/passwd", SHARD + ".zst", "train-0-of-1.safetensors",
                                  "valid-00000-of-00001.safetensors", "train-00000-of-00002.safetensors", ""])
def test_a_shard_name_that_leads_elsewhere(tiny, name):
    edit_manifest(tiny, lambda document: document["splits"]["train"]["shards"][0].update(file=name))
    refused(tiny, "it names a shard")


@pytest.mark.parametrize("name", ["..", "a/b", "-x", "", "trä", "a\n"])
def test_a_split_name_that_cannot_be_one(tiny, name):
    edit_manifest(tiny, lambda document: document["splits"].update({name: document["splits"]["train"]}))
    refused(tiny, "what a split may be called")


def test_totals_that_differ(tiny):
    edit_manifest(tiny, lambda document: document["splits"]["train"].update(samples=3))
    refused(tiny, "2 samples of train, not 3")
    edit_manifest(tiny, lambda document: document["splits"]["train"].update(samples=2, frames={"text": 9, "words": 2}))
    refused(tiny, "2 frames of text in train, not 9")


# --- The header

def test_a_header_that_claims_too_much(tiny):
    for length, message in ((25_000_001, "25000001"), (1 << 63, "9223372036854775808"), (20_000_000, "cut short")):
        with open(tiny / SHARD, "r+b") as file:
            file.write(struct.pack("<Q", length))
        refused(tiny, message)


@pytest.mark.parametrize("text", ["[]", "{", ' {"a": 1}', '"x"', "{}x", '{"a":' * 100_000])
def test_a_header_that_is_no_object(tiny, text):
    edit_header(tiny, lambda header: text)
    refused(tiny, "header|JSON")


def test_a_header_that_names_something_twice(tiny):
    edit_header(tiny, lambda header: json.dumps(header)[:-1] + ', "labels": {}}')
    refused(tiny, "names 'labels' twice")
    edit_header(tiny, lambda header: '{"__metadata__": {"split": "a", "split": "a"}}')
    refused(tiny, "names 'split' twice")


def test_a_header_that_was_changed(tiny):
    content = (tiny / SHARD).read_bytes()
    (tiny / SHARD).write_bytes(content.replace(b'"labels":', b'"lebals":', 1))
    refused(tiny, "CRC-32")


@pytest.mark.parametrize("metadata", [None, [], {"format": 1}, {"format": "grf-shards", "version": "2.0"}, {}])
def test_metadata_that_say_too_little(tiny, metadata):
    edit_header(tiny, lambda header: header.update(__metadata__=metadata))
    refused(tiny, "metadata|version")


def change_tensor(name, **members):
    return lambda header: header[name].update(members)


@pytest.mark.parametrize("change, message", [
    (change_tensor("labels", dtype="F8"), "dtype"),
    (change_tensor("labels", dtype="I64"), "shape takes"),
    (change_tensor("labels", shape=[2, 2]), "shape takes"),
    (change_tensor("labels", shape=[1, 2]), "not F32"),
    (change_tensor("labels", shape=[2, 1.0]), "shape"),
    (change_tensor("labels", shape=[2, -1]), "shape"),
    (change_tensor("labels", shape=[True, 2]), "shape"),
    (change_tensor("labels", shape="2"), "shape"),
    (change_tensor("labels", shape=[1 << 62, 1 << 62]), "overflow"),
    (change_tensor("labels", shape=[0, 1 << 70]), "overflow"),
    (change_tensor("labels", data_offsets=[0, 1 << 64]), "overflow|shape takes"),
    (change_tensor("labels", data_offsets=[0]), "offsets"),
    (change_tensor("labels", data_offsets=[8, 0]), "offsets"),
    (change_tensor("labels", data_offsets=[64, 72]), "overlaps|hole"),
    (change_tensor("labels", extra=1), "exactly"),
    (lambda header: header["labels"].pop("shape"), "exactly"),
    (lambda header: header.update(labels=[]), "exactly"),
    (change_tensor("sample.interval", data_offsets=[0, 32]), "overlaps"),
    (lambda header: header.pop("_pad.0"), "hole"),
    (lambda header: header.update({"_pad.00": header.pop("_pad.0")}), "no shard of this dataset"),
    (lambda header: header.update({"_pad.99": header.pop("_pad.0")}), "no shard of this dataset"),
    (lambda header: header.update({"text.more": header.pop("text.times")}), "lacks|no shard"),
    (lambda header: header.update({"novel": {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]}}), "'novel'"),
    (lambda header: header.update({"_pad.0": header["labels"], "labels": header["_pad.0"]}), "multiple of 64"),
    (lambda header: header.update({"text.valid": header["words.valid"], "words.valid": header["text.valid"]}), "order"),
])
def test_tensors_that_are_not_as_they_must_be(tiny, change, message):
    edit_header(tiny, change)
    refused(tiny, message)


def test_a_header_of_another_alignment(tiny):
    content = (tiny / SHARD).read_bytes()
    head = struct.pack("<Q", 4088 - 64) + content[8:4032]
    (tiny / SHARD).write_bytes(head + content[4096:])
    shard_files.follow(tiny, SHARD, head)
    refused(tiny, "4096")


def test_modalities_that_the_shard_lacks(tiny):
    edit_manifest(tiny, lambda document: document["modalities"][0].update(dimension=3, statistics={
        name: [0, 0, 0] for name in document["modalities"][0]["statistics"]}))
    refused(tiny, "text.values")
    edit_manifest(tiny, lambda document: document.update(labels=[]))
    refused(tiny, "text.values|labels")


# --- The tables

@pytest.mark.parametrize("tensor, at, value, message", [
    ("text.offsets", 0, 1, "begins with 1"),
    ("text.offsets", 0, -1, "begins with -1"),
    ("text.offsets", 8, 3, "decreases at 2"),
    ("text.offsets", 16, 1, "decreases|ends with 1"),
    ("text.offsets", 16, 1 << 62, "ends with"),
    ("words.token_offsets", 16, 3, "ends with 3, not 2"),
    ("words.token_offsets", 8, -5, "decreases"),
    ("sample.id_offsets", 16, 5, "ends with 5, not 6"),
])
def test_offsets_that_lead_astray(tiny, tensor, at, value, message):
    edit_data(tiny, tensor, at, struct.pack("<q", value))
    refused(tiny, message)


def test_ids_that_are_not_utf8(tiny):
    edit_data(tiny, "sample.id", 1, b"\xff")
    refused(tiny, "id of sample 0 is not UTF-8")


def test_ids_that_are_utf8_only_together(tiny):
    edit_data(tiny, "sample.id_offsets", 8, struct.pack("<q", 5))
    refused(tiny, "id of sample 1 is not UTF-8")


def test_tables_of_modalities_that_nobody_asked_for(tiny):
    edit_data(tiny, "text.offsets", 0, struct.pack("<q", 1))
    with pytest.raises(ShardError):
        Dataset(tiny, modalities=["words"])


# --- What only a full check finds

@pytest.mark.parametrize("tensor, at, value, message", [
    ("labels", 0, b"\x01", "'labels' is damaged: MiB 0"),
    ("text.values", 15, b"\x01", "'text.values' is damaged"),
    ("text.valid", 1, b"\x02", "'text.valid'"),
    ("_pad.0", 3, b"\x01", "padding, but not zero"),
    ("_crc.labels", 0, b"\x00\x00\x00\x00", "'labels' is damaged"),
    ("_crc.labels", 7, b"\x01", "'labels' is damaged"),
])
def test_damage_to_the_data(tiny, tensor, at, value, message):
    edit_data(tiny, tensor, at, value)
    with pytest.raises(ShardError, match=message):
        verify(tiny)


def test_content_that_is_not_the_manifests(tiny):
    edit_manifest(tiny, lambda document: document.update(content="0" * 64))
    with pytest.raises(ShardError, match="content"):
        verify(tiny)


def test_a_ledger_that_was_changed_or_lost(tiny):
    content = (tiny / "ledger.jsonl").read_bytes()
    (tiny / "ledger.jsonl").write_bytes(content[:-2] + b" \n")
    with pytest.raises(ShardError, match="ledger"):
        verify(tiny)
    (tiny / "ledger.jsonl").write_bytes(content + b"x")
    with pytest.raises(ShardError, match="ledger"):
        verify(tiny)
    (tiny / "ledger.jsonl").unlink()
    with pytest.raises(ShardError, match="missing"):
        verify(tiny)


# --- Wrong questions

def test_wrong_names_are_told_apart_from_damage(tiny):
    with pytest.raises(ValueError, match="no split 'trian'; it has train"):
        Dataset(tiny, "trian")
    with pytest.raises(ValueError, match="no modality 'audio'; it has text, words"):
        Dataset(tiny, modalities=["audio"])
    with pytest.raises(ValueError, match=r"list of names: \['text'\]"):
        Dataset(tiny, modalities="text")


def test_no_single_flipped_bit_of_a_header_goes_unseen(tiny):
    """Every 19th byte of the head, every 7th of the manifest: opening either refuses, or sees the same."""
    good = (tiny / SHARD).read_bytes()
    for at in range(0, 2400, 19):
        (tiny / SHARD).write_bytes(good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1:])
        refused(tiny, ".")
    (tiny / SHARD).write_bytes(good)
    manifest = (tiny / "manifest.json").read_bytes()
    for at in range(0, len(manifest), 7):
        (tiny / "manifest.json").write_bytes(manifest[:at] + bytes([manifest[at] ^ 1 << at % 8]) + manifest[at + 1:])
        refused(tiny, ".")
