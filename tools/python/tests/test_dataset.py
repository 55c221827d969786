"""What a dataset gives: the same numbers that lie in the files, as views of them."""

import gc
import multiprocessing
import pickle
import struct

import numpy as np
import pytest
import shard_files
from grf_shards import Dataset, Frames, ShardError, Tokens, verify

MODALITIES = ("text", "audio", "vision", "words")


def raw(folder, split, tensor, dtype):
    """A tensor over all shards of a split, read without the package."""
    found = [shard_files.tensors(path)[tensor] for path in sorted(folder.glob(f"{split}-*"))]
    return [np.frombuffer(content, dtype).reshape(shape) for _, shape, content in found]


def test_a_sample_has_the_bytes_of_its_rows(plain):
    train = Dataset(plain)
    assert train.modalities == MODALITIES
    offsets, values = raw(plain, "train", "audio.offsets", "<i8")[0], raw(plain, "train", "audio.values", "<f4")[0]
    times, valid = raw(plain, "train", "audio.times", "<f4")[0], raw(plain, "train", "audio.valid", "?")[0]
    assert len(train) == len(offsets) - 1 == 237
    for i, sample in enumerate(train):
        rows = slice(offsets[i], offsets[i + 1])
        assert sample.audio.values.tobytes() == values[rows].tobytes()
        assert sample.audio.times.tobytes() == times[rows].tobytes()
        assert sample.audio.valid.tobytes() == valid[rows].tobytes()
        assert sample.index == i and len(sample.audio) == offsets[i + 1] - offsets[i]


def test_labels_ids_and_intervals_are_those_of_the_files(plain):
    train = Dataset(plain)
    np.testing.assert_array_equal(train.labels, raw(plain, "train", "labels", "<f4")[0])
    np.testing.assert_array_equal(train.intervals, raw(plain, "train", "sample.interval", "<f8")[0])
    bounds, text = raw(plain, "train", "sample.id_offsets", "<i8")[0], raw(plain, "train", "sample.id", "u1")[0].tobytes()
    assert train.ids == [text[a:b].decode() for a, b in zip(bounds, bounds[1:])]
    assert train.label_names == ("sentiment",)
    sample = train.find(train.ids[7])
    assert sample.index == 7 and sample.id == train.ids[7]
    assert sample.labels.tolist() == train.labels[7].tolist() and sample.interval.shape == (2,)
    with pytest.raises(KeyError):
        train.find("nobody[0]")


def test_views_are_neither_copies_nor_writable(plain):
    train = Dataset(plain)
    first, second = train[3].text.values, train[3].text.values
    assert np.shares_memory(first, second) and not first.flags.owndata
    for array in (first, train[3].text.valid, train[3].text.times, train.labels, train.intervals, train.lengths("text")):
        with pytest.raises(ValueError):
            array[...] = 0


def test_views_outlive_the_dataset(plain):
    train = Dataset(plain)
    values, expected = train[3].text.values, train[3].text.values.copy()
    del train
    gc.collect()
    np.testing.assert_array_equal(values, expected)


def test_indices_slices_and_iteration_agree(halves):
    train = Dataset(halves)
    assert len(list(halves.glob("train-*"))) > 3
    ids = [sample.id for sample in train]
    assert ids == train.ids == [train[i].id for i in range(len(train))]
    assert train[-1].id == ids[-1] and train[-len(train)].id == ids[0] and train[np.int64(5)].id == ids[5]
    assert [sample.id for sample in train[5:50:7]] == ids[5:50:7]
    assert [sample.id for sample in train[::-1]] == ids[::-1]
    for outside in (len(train), -len(train) - 1):
        with pytest.raises(IndexError):
            train[outside]


@pytest.mark.parametrize("modality", MODALITIES)
def test_lengths_are_those_of_the_samples(halves, modality):
    train = Dataset(halves)
    assert train.lengths(modality).tolist() == [len(sample[modality]) for sample in train]
    assert 0 in train.lengths(modality), "the fixture has samples without frames"


def test_tokens_are_words(plain):
    train = Dataset(plain)
    sample = next(sample for sample in train if len(sample.words) > 2)
    assert isinstance(sample.words, Tokens)
    assert all(isinstance(word, str) for word in sample.words.values)
    assert [word.encode() for word in sample.words.values] == sample.words.bytes
    text = b"".join(raw(plain, "train", "words.bytes", "u1")[0].tobytes() for _ in range(1))
    assert b"".join(token for one in train for token in one.words.bytes) == text


def test_tokens_that_are_not_utf8_survive(tiny):
    shard_files.edit_data(tiny, "words.bytes", 0, b"\xff")
    words = Dataset(tiny)[0].words
    assert [word.encode("utf-8", "surrogateescape") for word in words.values] == words.bytes
    assert b"".join(words.bytes) == b"\xffi"


def test_float16_is_a_view(halves):
    train = Dataset(halves)
    assert train[0].text.values.dtype == np.float16 and train[0].text.times is None
    stored = np.concatenate(raw(halves, "train", "text.values", "<f2"))
    np.testing.assert_array_equal(np.concatenate([sample.text.values for sample in train]), stored)
    assert train[0].text.float32().dtype == np.float32


def test_bfloat16_is_a_view_where_ml_dtypes_is_there(brains):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    text = Dataset(brains)[0].text
    assert text.values.dtype == ml_dtypes.bfloat16 and np.shares_memory(text.values, text.stored)
    np.testing.assert_array_equal(text.values.astype(np.float32), text.float32())


def test_bfloat16_without_ml_dtypes_says_what_to_install(brains, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ml_dtypes", None)
    text = Dataset(brains)[0].text
    with pytest.raises(ImportError, match="pip install ml_dtypes"):
        text.values
    bits = raw(brains, "train", "text.values", "<u2")[0][:len(text)].astype(np.uint32) << 16
    np.testing.assert_array_equal(text.float32(), bits.view(np.float32))


def test_masked_frames_are_marked(brains):
    train = Dataset(brains)
    masked = sum(int((~sample.vision.valid).sum()) for sample in train)
    assert masked == int((~np.concatenate(raw(brains, "train", "vision.valid", "?"))).sum()) > 0


def test_packed_gives_whole_shards(halves):
    train = Dataset(halves)
    whole = train.packed("vision")
    assert len(whole) == len(list(halves.glob("train-*")))
    values, offsets = whole[0]
    np.testing.assert_array_equal(values[offsets[2]:offsets[3]], train[2].vision.values)
    assert sum(len(values) for values, _ in whole) == train.lengths("vision").sum()
    with pytest.raises(ValueError, match="words"):
        train.packed("words")


def test_only_the_modalities_asked_for_are_there(plain):
    train = Dataset(plain, modalities=["vision", "text"])
    assert train.modalities == ("text", "vision") == train[0].modalities
    with pytest.raises(AttributeError, match="no 'audio'; its modalities are text, vision"):
        train[0].audio
    with pytest.raises(KeyError, match="audio"):
        train[0]["audio"]
    with pytest.raises(ValueError, match="audio"):
        train.lengths("audio")
    assert Dataset(plain, modalities=[])[0].modalities == ()


def test_without_labels_there_are_no_columns(unlabelled):
    whole = Dataset(unlabelled, "all")
    assert whole.labels.shape == (len(whole), 0) and whole.label_names == () and whole[0].labels.shape == (0,)
    with pytest.raises(ValueError, match="no split 'train'; it has all"):
        Dataset(unlabelled)


def test_an_empty_split_has_no_samples(uneven):
    valid = Dataset(uneven, "valid")
    assert len(valid) == 0 and list(valid) == [] and valid[:] == [] and valid.ids == []
    assert valid.labels.shape == (0, 1) and valid.intervals.shape == (0, 2)
    assert valid.lengths("text").tolist() == [] and valid.packed("text") == []
    with pytest.raises(IndexError):
        valid[0]
    assert {sample.id.split("[")[0] for sample in Dataset(uneven)} == {"clip_01"}


def test_denormalizing_undoes_each_normalization(plain, brains, unlabelled, convert):
    raw_frames = Dataset(convert("unscaled", "--normalize", "none"))
    zscored = Dataset(plain)
    for sample, source in zip(zscored, raw_frames):
        found = zscored.denormalize("text", sample.text.values)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, source.text.values, atol=1e-6)
    minmax = Dataset(brains)
    for sample, source in list(zip(minmax, raw_frames))[:20]:
        found = minmax.denormalize("text", sample.text.float32())
        np.testing.assert_allclose(found, source.text.values, atol=0.03)
    whole = Dataset(unlabelled, "all")
    np.testing.assert_array_equal(whole.denormalize("audio", whole[0].audio.values), whole[0].audio.values)


def test_denormalizing_refuses_what_it_cannot_undo(tiny):
    train = Dataset(tiny)
    assert train.denormalize("text", [[0.0, 1.0]]).tolist() == [[0.5, 0.75]]
    assert train.denormalize("text", [[0.0, 1.0]]).dtype == np.float64
    for name, shape in (("text", (2, 3)), ("words", (2, 0)), ("text", ())):
        with pytest.raises(ValueError):
            train.denormalize(name, np.zeros(shape))
    with pytest.raises(ValueError, match="no modality 'texts'"):
        train.denormalize("texts", np.zeros(2))
    shard_files.edit_manifest(tiny, lambda document: document["modalities"][0].update(normalization="quantile"))
    with pytest.raises(ShardError, match="'quantile'"):
        Dataset(tiny).denormalize("text", np.zeros(2))


def test_robust_normalization_is_undone_by_its_quartiles(tiny):
    def change(document):
        modality = document["modalities"][0]
        modality["normalization"] = "robust"
        modality["statistics"].update(q1=[1.0, 2.0], median=[3.0, 2.0], q3=[5.0, 2.0])

    shard_files.edit_manifest(tiny, change)
    assert Dataset(tiny).denormalize("text", np.array([2.0, 3.0])).tolist() == [11.0, 5.0]


def test_constant_and_missing_dimensions_are_left_alone(tiny):
    def change(document):
        document["modalities"][0]["statistics"].update(min=[-1.0, None], max=[-1.0, None], mean=[-1.0, 0.0], std=[0.0, 0.0])

    shard_files.edit_manifest(tiny, change)
    assert Dataset(tiny).denormalize("text", np.array([2.0, 3.0])).tolist() == [1.0, 3.0]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_another_process_reads_the_same(halves, method):
    train = Dataset(halves, modalities=["text"])
    with multiprocessing.get_context(method).Pool(2) as pool:
        sums = pool.map(text_sum, [(train, i) for i in (0, 100, 236)])
    assert sums == [float(train[i].text.values.astype(float).sum()) for i in (0, 100, 236)]


def text_sum(arguments):
    train, i = arguments
    return float(train[i].text.values.astype(float).sum())


def test_a_pickle_holds_the_path_and_not_the_frames(plain):
    train = Dataset(plain, modalities=["text"])
    content = pickle.dumps(train)
    assert len(content) < 1000
    again = pickle.loads(content)
    assert again.ids == train.ids and again.modalities == ("text",)
    sample = pickle.loads(pickle.dumps(train[5]))
    assert sample.id == train[5].id
    np.testing.assert_array_equal(sample.text.values, train[5].text.values)
    text, words = pickle.loads(pickle.dumps((train[5].text, Dataset(plain)[5].words)))
    np.testing.assert_array_equal(text.values, train[5].text.values)
    np.testing.assert_array_equal(text.times, train[5].text.times)
    assert words.values == Dataset(plain)[5].words.values and len(pickle.dumps(words)) < 3000


def test_a_pickle_of_another_dataset_is_refused(tiny):
    content = pickle.dumps(Dataset(tiny))
    shard_files.edit_manifest(tiny, lambda document: document.update(content="0" * 64))
    with pytest.raises(ShardError, match="another dataset"):
        pickle.loads(content)


@pytest.mark.parametrize("name", ["with space", "Grüße 世界", "two\nlines", "-dash"])
def test_folders_of_any_name_are_read(tiny, name):
    folder = tiny.rename(tiny.parent / name)
    assert [sample.id for sample in Dataset(folder)] == ["a[0]", "é"]
    shard_files.edit_data(folder, "labels", 0, b"\x07")
    with pytest.raises(ShardError) as caught:
        verify(folder)
    assert "\n" not in str(caught.value)


def test_every_byte_is_verified(plain, halves, brains, unlabelled, uneven, tiny):
    for folder in (plain, halves, brains, unlabelled, uneven, tiny):
        checked = sum(len(content) for path in folder.glob("*.safetensors")
                      for name, (_, _, content) in shard_files.tensors(path).items() if name[0] != "_")
        assert verify(folder) == checked > 0
    assert Dataset(tiny).verify() == verify(tiny)


def test_samples_and_frames_describe_themselves(tiny):
    train = Dataset(tiny)
    assert repr(train[0]) == "Sample('a[0]', labels [-1.5], frames: text 2, words 2)"
    assert repr(train[0].text) == "Frames(float32 [2, 2], 1 valid)" and repr(train[0].words) == "Tokens('hi ')"
    assert "2 samples, text, words" in repr(train)
    assert isinstance(train[0].text, Frames) and len(train[1].text) == 0 and train[1].words.values == []
    assert struct.pack("<4f", *train[0].text.values.ravel()) == shard_files.tensors(tiny / shard_files.SHARD)["text.values"][2]
