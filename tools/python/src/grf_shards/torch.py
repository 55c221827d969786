"""What PyTorch's DataLoader wants: a dataset, padded batches, and batches of samples of like length.

    from torch.utils.data import DataLoader
    from grf_shards.torch import LengthBucketBatchSampler, TorchDataset, collate

    train = TorchDataset("out", "train")
    batches = LengthBucketBatchSampler(train, "audio", batch_size=32, seed=1)
    for batch in DataLoader(train, batch_sampler=batches, collate_fn=collate, num_workers=2):
        batch.values["audio"], batch.masks["audio"], batch.labels
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple, Union

import numpy as np
import torch
import torch.utils.data
from numpy.typing import NDArray

from .dataset import Dataset, Sample
from .frames import Column, Frames, Tokens

Device = Union[str, int, torch.device]


class TorchDataset(Dataset, torch.utils.data.Dataset[Sample]):
    """A split as a map-style dataset of PyTorch: everything that `Dataset` is, and samples fetched a batch at a time.

    Items are `Sample`s, whose arrays nobody has copied yet; `collate` copies each frame once, into the batch. Workers open the
    files themselves, whether they were forked or spawned.
    """

    def __getitems__(self, indices: Sequence[int]) -> List[Sample]:
        return [self[int(i)] for i in indices]


def tensor(frames: Frames, dtype: Optional[torch.dtype] = None) -> torch.Tensor:
    """A sample's frames as a tensor [T, D]: bfloat16 without ml_dtypes.

    A copy, since PyTorch has no read-only tensors and the file is mapped read-only.
    """
    found = _tensor(frames.stored.copy(), frames.is_bf16)
    return found if dtype is None else found.to(dtype)


@dataclass(frozen=True)
class Batch:
    """Padded frames of B samples. T is the longest sample's length in that modality, at least 1.

    Attributes:
        values: by modality of numbers, [B, T, D]; padding is 0.
        masks: by modality, bool [B, T]; True where there is a valid frame, False for padding and for masked frames.
        lengths: by modality, int64 [B]; masked frames count.
        tokens: by modality of tokens, B lists of text, not padded.
        labels: float32 [B, K].
        ids: the samples' ids.
    """

    values: Dict[str, torch.Tensor]
    masks: Dict[str, torch.Tensor]
    lengths: Dict[str, torch.Tensor]
    tokens: Dict[str, List[List[str]]]
    labels: torch.Tensor
    ids: List[str]

    def __len__(self) -> int:
        return len(self.ids)

    def to(self, device: Device, non_blocking: bool = False) -> Batch:
        """The batch on another device."""
        return self._each(lambda one: one.to(device, non_blocking=non_blocking))

    def pin_memory(self) -> Batch:
        """What DataLoader calls under `pin_memory=True`."""
        return self._each(lambda one: one.pin_memory())

    def _each(self, change: Callable[[torch.Tensor], torch.Tensor]) -> Batch:
        changed: Dict[str, Any] = {"labels": change(self.labels)}
        for field in fields(self):
            if field.name in ("values", "masks", "lengths"):
                changed[field.name] = {name: change(one) for name, one in getattr(self, field.name).items()}
        return replace(self, **changed)


def collate(batch: Sequence[Sample], side: str = "right", modalities: Optional[Sequence[str]] = None,
            dtype: Optional[torch.dtype] = torch.float32) -> Batch:
    """Pads samples to the longest of them; with `functools.partial` for other arguments a `collate_fn`.

    Args:
        batch: samples of datasets with the same modalities.
        side: where the padding goes; `left` is what MulT-style code expects.
        modalities: the names of those to take; None: all.
        dtype: of the values; None: as they are stored.

    Complexity: one copy of the frames, and the batch's B x T x D values set to 0.
    """
    if side not in ("right", "left"):
        raise ValueError(f"side is 'right' or 'left', not {side!r}")
    if not batch:
        raise ValueError("a batch has at least one sample")
    names = batch[0].modalities if modalities is None else modalities
    values: Dict[str, torch.Tensor] = {}
    masks: Dict[str, torch.Tensor] = {}
    lengths: Dict[str, torch.Tensor] = {}
    tokens: Dict[str, List[List[str]]] = {}
    for name in names:
        spans = [sample.span(name) for sample in batch]
        counts = np.array([end - first for _, first, end in spans])
        longest = max(1, int(counts.max()))
        starts = longest - counts if side == "left" else np.zeros_like(counts)
        masks[name] = torch.from_numpy(_mask(spans, starts, starts + counts, longest))
        lengths[name] = torch.from_numpy(counts)
        if spans[0][0].token_offsets is None:
            values[name] = _padded(spans, starts.tolist(), longest, dtype)
        else:
            tokens[name] = [Tokens(*span).values for span in spans]
    labels = np.array([sample.labels for sample in batch])
    return Batch(values, masks, lengths, tokens, torch.from_numpy(labels), [sample.id for sample in batch])


Spans = List[Tuple[Column, int, int]]


def _mask(spans: Spans, starts: NDArray[Any], ends: NDArray[Any], longest: int) -> NDArray[np.bool_]:
    places = np.arange(longest)
    mask: NDArray[np.bool_] = (places >= starts[:, None]) & (places < ends[:, None])
    for row, (column, first, end) in enumerate(spans):
        if not column.is_all_valid:
            mask[row, starts[row]:ends[row]] = column.valid[first:end]
    return mask


def _padded(spans: Spans, starts: List[int], longest: int, dtype: Optional[torch.dtype]) -> torch.Tensor:
    """[B, T, D]. Made by numpy: for so little work PyTorch would wake all its threads."""
    stored, is_bf16 = spans[0][0].values, spans[0][0].is_bf16
    # binary16 is widened on the way, as numpy does it fast; bfloat16 once it is in the batch.
    is_widened = dtype == torch.float32 and not is_bf16
    rows = np.zeros((len(spans), longest, stored.shape[1]), np.float32 if is_widened else stored.dtype)
    for row, start, (column, first, end) in zip(rows, starts, spans):
        row[start:start + end - first] = column.values[first:end]
    found = _tensor(rows, is_bf16)
    return found if dtype is None else found.to(dtype)


def _tensor(rows: NDArray[Any], is_bf16: bool) -> torch.Tensor:
    """A writable array as a tensor of the same memory; uint16 as bfloat16 where they are that."""
    return torch.from_numpy(rows.view(np.int16)).view(torch.bfloat16) if is_bf16 else torch.from_numpy(rows)


class LengthBucketBatchSampler(torch.utils.data.Sampler[List[int]]):
    """Batches of samples of like length, so that little is padded; the order depends on (seed, epoch) alone.

    Shuffled samples are taken in pools of `pool` batches; a pool is sorted by length and cut into batches, which are shuffled.
    Without shuffling all samples are sorted, the shortest first. Call `set_epoch` before each epoch.
    """

    def __init__(self, dataset: Dataset, modality: Union[str, Sequence[str]], batch_size: int, shuffle: bool = True,
                 seed: int = 0, drop_last: bool = False, pool: int = 32) -> None:
        """
        Args:
            modality: whose lengths count; of several, their sum.
            drop_last: leave out the batch that is smaller than the others.
            pool: how many batches are sorted together; more of them pad less, and mix less.
        """
        if batch_size < 1 or pool < 1:
            raise ValueError("batch_size and pool are at least 1")
        names = [modality] if isinstance(modality, str) else list(modality)
        self._lengths = np.zeros(len(dataset), np.int64)
        for name in names:
            self._lengths = self._lengths + dataset.lengths(name)
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.drop_last = drop_last
        self.pool = pool
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        whole, rest = divmod(len(self._lengths), self.batch_size)
        return whole + (1 if rest and not self.drop_last else 0)

    def __iter__(self) -> Iterator[List[int]]:
        count = len(self._lengths)
        # RandomState draws the same numbers in every version of numpy.
        draws = np.random.RandomState(np.random.MT19937(np.random.SeedSequence([self.seed, self.epoch])))
        order = draws.permutation(count) if self.shuffle else np.arange(count)
        size = self.batch_size * self.pool if self.shuffle else max(1, count)
        batches: List[List[int]] = []
        for start in range(0, count, size):
            pool = order[start:start + size]
            pool = pool[np.argsort(self._lengths[pool], kind="stable")]
            batches += [pool[i:i + self.batch_size].tolist() for i in range(0, len(pool), self.batch_size)]
        if self.drop_last and batches and len(batches[-1]) < self.batch_size:
            batches.pop()
        places = draws.permutation(len(batches)) if self.shuffle else range(len(batches))
        return iter([batches[place] for place in places])
