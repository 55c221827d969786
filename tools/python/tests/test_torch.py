"""Batches for PyTorch."""

import functools
import multiprocessing
import warnings

import numpy as np
import pytest
from grf_shards import Dataset

torch = pytest.importorskip("torch")
from torch.utils.data import DataLoader  # noqa: E402

from grf_shards.torch import LengthBucketBatchSampler, TorchDataset, collate, tensor  # noqa: E402


@pytest.mark.parametrize("side", ["right", "left"])
def test_a_batch_is_padded_and_masked(plain, side):
    samples = TorchDataset(plain)[:9]
    batch = collate(samples, side=side)
    assert set(batch.values) == {"text", "audio", "vision"} and set(batch.masks) == {"text", "audio", "vision", "words"}
    for name, values in batch.values.items():
        longest = max(len(sample[name]) for sample in samples)
        assert values.shape[:2] == (9, longest) == batch.masks[name].shape and values.dtype == torch.float32
        assert batch.masks[name].dtype == torch.bool and batch.lengths[name].dtype == torch.int64
        for row, sample in enumerate(samples):
            n = len(sample[name])
            frames = slice(0, n) if side == "right" else slice(longest - n, longest)
            np.testing.assert_array_equal(values[row, frames].numpy(), sample[name].values)
            assert batch.masks[name][row].sum() == n == batch.lengths[name][row] and batch.masks[name][row, frames].all()
            assert values[row][~batch.masks[name][row]].abs().sum() == 0
    assert batch.tokens["words"] == [sample.words.values for sample in samples]
    assert batch.ids == [sample.id for sample in samples] and len(batch) == 9
    np.testing.assert_array_equal(batch.labels.numpy(), np.stack([sample.labels for sample in samples]))


def test_masked_frames_are_false_in_the_mask(brains):
    samples = [sample for sample in TorchDataset(brains) if not sample.vision.valid.all()][:4]
    assert len(samples) == 4
    for side in ("right", "left"):
        batch = collate(samples, side, ["vision"])
        for row, sample in enumerate(samples):
            n, longest = len(sample.vision), batch.masks["vision"].shape[1]
            frames = slice(0, n) if side == "right" else slice(longest - n, longest)
            assert batch.masks["vision"][row, frames].tolist() == sample.vision.valid.tolist()
            assert batch.lengths["vision"][row] == n


def test_samples_without_frames_keep_one_masked_place(plain):
    train = TorchDataset(plain, modalities=["vision"])
    empty = [sample for sample in train if len(sample.vision) == 0][:3]
    batch = collate(empty)
    assert batch.values["vision"].shape == (3, 1, 16) and not batch.masks["vision"].any()
    assert batch.lengths["vision"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("kind, stored", [("halves", torch.float16), ("brains", torch.bfloat16), ("plain", torch.float32)])
def test_narrow_types_widen_exactly_or_stay(kind, stored, request):
    samples = TorchDataset(request.getfixturevalue(kind))[:8]
    wide, narrow = collate(samples, modalities=["text"]), collate(samples, modalities=["text"], dtype=None)
    assert wide.values["text"].dtype == torch.float32 and narrow.values["text"].dtype == stored
    assert torch.equal(wide.values["text"], narrow.values["text"].float())
    for row, sample in enumerate(samples):
        np.testing.assert_array_equal(wide.values["text"][row, :len(sample.text)].numpy(), sample.text.float32())
        assert tensor(sample.text).dtype == stored
        np.testing.assert_array_equal(tensor(sample.text, torch.float32).numpy(), sample.text.float32())
    assert collate(samples, modalities=["text"], dtype=torch.float64).values["text"].dtype == torch.float64


def test_a_batch_may_be_written_to_without_touching_the_dataset(plain):
    train = TorchDataset(plain)
    expected = train[0].text.values.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        batch, one = collate(train[:2]), tensor(train[0].text)
        batch.values["text"].add_(1)
        batch.labels.zero_()
        one.zero_()
    np.testing.assert_array_equal(train[0].text.values, expected)
    assert train.labels[0, 0] == 1


def test_without_labels_batches_have_no_columns(unlabelled):
    assert collate(TorchDataset(unlabelled, "all")[:3]).labels.shape == (3, 0)


def test_wrong_arguments_are_refused(plain):
    train = TorchDataset(plain)
    with pytest.raises(ValueError, match="side"):
        collate(train[:2], side="both")
    with pytest.raises(ValueError, match="at least one"):
        collate([])
    with pytest.raises(KeyError, match="smell"):
        collate(train[:2], modalities=["smell"])
    for arguments in ({"batch_size": 0}, {"batch_size": 1, "pool": 0}):
        with pytest.raises(ValueError, match="at least 1"):
            LengthBucketBatchSampler(train, "text", **arguments)
    with pytest.raises(ValueError, match="smell"):
        LengthBucketBatchSampler(train, "smell", 4)


def test_a_batch_moves_as_a_whole(plain):
    batch = collate(TorchDataset(plain)[:2]).to("meta")
    assert {one.device.type for part in (batch.values, batch.masks, batch.lengths) for one in part.values()} == {"meta"}
    assert batch.labels.device.type == "meta" and len(batch.ids) == 2


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("drop_last", [True, False])
@pytest.mark.parametrize("size", [1, 32, 79, 237, 500])
def test_every_sample_comes_once_an_epoch(plain, shuffle, drop_last, size):
    train = Dataset(plain)
    sampler = LengthBucketBatchSampler(train, "audio", size, shuffle, drop_last=drop_last, pool=2)
    batches = list(sampler)
    assert len(batches) == len(sampler)
    seen = [i for batch in batches for i in batch]
    assert len(seen) == len(set(seen))
    assert len(seen) == (237 // size * size if drop_last else 237)
    assert all(len(batch) == size for batch in batches) or not drop_last
    assert sum(len(batch) < size for batch in batches) <= 1


def test_the_order_depends_on_seed_and_epoch_alone(plain):
    train = Dataset(plain)

    def order(seed, epoch):
        sampler = LengthBucketBatchSampler(train, ["text", "audio"], 32, seed=seed)
        sampler.set_epoch(epoch)
        return list(sampler)

    first = order(3, 5)
    assert first == order(3, 5)
    assert first != order(3, 6) and first != order(4, 5) and order(3, 6) != order(4, 5)
    # numpy promises that RandomState never changes, so neither does the order.
    assert order(0, 0)[0][:5] == [57, 236, 123, 142, 146]


def test_buckets_pad_less(plain):
    train = Dataset(plain)
    lengths = train.lengths("audio")

    def padded(batches):
        return sum(len(batch) * lengths[batch].max() for batch in batches)

    plain_batches = [list(range(i, min(i + 16, 237))) for i in range(0, 237, 16)]
    assert padded(LengthBucketBatchSampler(train, "audio", 16)) < 0.7 * padded(plain_batches)


def test_an_empty_split_has_no_batches(uneven):
    valid = TorchDataset(uneven, "valid")
    sampler = LengthBucketBatchSampler(valid, "text", 4)
    assert len(sampler) == 0 and list(sampler) == []


@pytest.mark.parametrize("workers, method", [(0, None), (2, "fork"), (2, "spawn")])
def test_a_loader_gives_the_same_batches_in_any_process(halves, workers, method):
    if method == "spawn" and multiprocessing.get_all_start_methods().count("spawn") == 0:
        pytest.skip("no spawn here")
    train = TorchDataset(halves, modalities=["text", "audio"])
    sampler = LengthBucketBatchSampler(train, "audio", 64, seed=1)
    collated = functools.partial(collate, side="left")
    loader = DataLoader(train, batch_sampler=sampler, collate_fn=collated, num_workers=workers, multiprocessing_context=method)
    for batch, indices in zip(loader, sampler):
        expected = collate([train[i] for i in indices], side="left")
        assert batch.ids == expected.ids
        for name in ("text", "audio"):
            assert torch.equal(batch.values[name], expected.values[name])
            assert torch.equal(batch.masks[name], expected.masks[name])


def test_the_base_package_works_without_torch(plain, monkeypatch):
    import subprocess
    import sys
    code = ("import sys; sys.modules['torch'] = None; import grf_shards; "
            "print(len(grf_shards.Dataset(sys.argv[1])), 'torch' in str(type(sys.modules['torch'])))")
    done = subprocess.run([sys.executable, "-c", code, str(plain)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["237", "False"]
