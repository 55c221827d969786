#!/usr/bin/env python3
"""Trains a small PyTorch model on a dataset of grf-data: a GRU over each modality, the last states together, one number.

    train_torch.py DATASET [--epochs 3] [--batch-size 32] [--width 32] [--seed 0] [--workers 0]

It shows how the pieces of grf_shards.torch fit together; it is no model to publish. Prints the train loss and the valid mean
absolute error of each epoch, beside that of always saying the train split's median.
"""

import argparse

import torch
from grf_shards.torch import Batch, LengthBucketBatchSampler, TorchDataset, collate
from torch import nn
from torch.utils.data import DataLoader


class Regressor(nn.Module):
    """One GRU a modality; their last valid states, side by side, become one number a sample."""

    def __init__(self, dimensions, width):
        super().__init__()
        self.encoders = nn.ModuleDict({name: nn.GRU(size, width, batch_first=True) for name, size in dimensions.items()})
        self.head = nn.Sequential(nn.Linear(width * len(dimensions), width), nn.ReLU(), nn.Linear(width, 1))

    def forward(self, batch: Batch) -> torch.Tensor:
        """[B]."""
        states = []
        for name, encoder in self.encoders.items():
            outputs, _ = encoder(batch.values[name])
            mask = batch.masks[name]  # [B, T], True where a frame is valid
            # The place of the last valid frame. A sample without frames in this modality has the state 0.
            last = (mask * torch.arange(1, mask.shape[1] + 1)).argmax(1)
            state = outputs[torch.arange(len(outputs)), last]
            states.append(state * mask.any(1, keepdim=True))
        return self.head(torch.cat(states, 1))[:, 0]


def mean_error(model, loader):
    model.eval()
    with torch.no_grad():
        errors = [(model(batch) - batch.labels[:, 0]).abs() for batch in loader]
    return torch.cat(errors).mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset")
    for name, default in (("epochs", 3), ("batch-size", 32), ("width", 32), ("seed", 0), ("workers", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    torch.manual_seed(given.seed)

    train = TorchDataset(given.dataset, "train")
    numeric = [modality for modality in train.manifest.modalities if not modality.is_tokens]
    names = [modality.name for modality in numeric]
    train = TorchDataset(given.dataset, "train", modalities=names)
    valid = TorchDataset(given.dataset, "valid", modalities=names)

    longest = max(names, key=lambda name: train.lengths(name).sum())
    sampler = LengthBucketBatchSampler(train, longest, given.batch_size, seed=given.seed)
    train_loader = DataLoader(train, batch_sampler=sampler, collate_fn=collate, num_workers=given.workers)
    valid_loader = DataLoader(valid, batch_size=given.batch_size, collate_fn=collate, num_workers=given.workers)

    model = Regressor({modality.name: modality.dimension for modality in numeric}, given.width)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for epoch in range(given.epochs):
        sampler.set_epoch(epoch)
        model.train()
        total = 0.0
        for batch in train_loader:
            loss = nn.functional.l1_loss(model(batch), batch.labels[:, 0])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch + 1}  train loss {total / len(train):.3f}  valid mae {mean_error(model, valid_loader):.3f}")

    median = torch.tensor(train.labels[:, 0]).median()
    print(f"always {median:.1f}: valid mae {(torch.tensor(valid.labels[:, 0]) - median).abs().mean():.3f}")


if __name__ == "__main__":
    main()
