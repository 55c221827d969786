"""Reads the frames of a dataset once, in a process of its own, and writes to a file how long that took.

    read_in_python.py shards|pickle sum|samples|batches SOURCE OUT.json

`sum` adds up every value of every modality, `samples` does it sample by sample, `batches` makes one epoch of padded PyTorch
batches of 32 and adds up each. Seconds are the processor's, from the first look at the file: imports come before, and turns that
other programs have do not count.
"""

import json
import pickle
import sys
import time

import numpy as np

MODALITIES = ("text", "audio", "vision")
SPLITS = ("train", "valid", "test")
BATCH = 32


def shards_sum(source):
    datasets = [Dataset(source, split, MODALITIES) for split in SPLITS]
    return sum(float(values.sum()) for dataset in datasets for name in MODALITIES for values, _ in dataset.packed(name))


def shards_samples(source):
    return sum(float(sample[name].values.sum()) for split in SPLITS
               for sample in Dataset(source, split, MODALITIES) for name in MODALITIES)


def shards_batches(source):
    total = 0.0
    for split in SPLITS:
        dataset = TorchDataset(source, split, MODALITIES)
        for indices in LengthBucketBatchSampler(dataset, MODALITIES, BATCH):
            batch = collate([dataset[i] for i in indices])
            total += sum(float(batch.values[name].sum()) for name in MODALITIES)
    return total


def pickled(source):
    with open(source, "rb") as file:
        return pickle.load(file)


def pickle_sum(source):
    loaded = pickled(source)
    return sum(float(loaded[split][name].sum()) for split in SPLITS for name in MODALITIES)


def pickle_samples(source):
    loaded = pickled(source)
    return sum(float(loaded[split][name][i].sum()) for split in SPLITS
               for i in range(len(loaded[split]["labels"])) for name in MODALITIES)


def pickle_batches(source):
    """As MulT's code does it: tensors of the whole arrays, of which the loader takes shuffled rows."""
    loaded = pickled(source)
    total = 0.0
    for split in SPLITS:
        tensors = {name: torch.tensor(loaded[split][name]) for name in MODALITIES}
        for indices in torch.randperm(len(loaded[split]["labels"])).split(BATCH):
            total += sum(float(torch.stack([tensors[name][i] for i in indices]).sum()) for name in MODALITIES)
    return total


if __name__ == "__main__":
    way, task, source, out = sys.argv[1:]
    if task == "batches":
        import torch
        torch.set_num_threads(1)  # as in a DataLoader's worker
    if way == "shards":
        from grf_shards import Dataset
        if task == "batches":
            from grf_shards.torch import LengthBucketBatchSampler, TorchDataset, collate
    read = globals()[f"{way}_{task}"]
    start = time.process_time()
    total = read(source)
    seconds = time.process_time() - start
    with open(out, "w") as file:
        json.dump({"seconds": seconds, "sum": total, "numpy": np.__version__}, file)
