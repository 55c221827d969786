#!/usr/bin/env python3
"""Dumps where the PyTorch models look, for the cases of dump_grf_golden.py and dump_mult_golden.py.

    dump_attention_golden.py [FOLDER]  writes FOLDER/KIND-CASE.safetensors, by default into fixtures/golden/attention

Weights and inputs are those of the case's own golden; computed in float64, stored as float32:

    NAME.LAYER    [rows, heads]: for each valid frame of the memory, packed sample after sample, the mean of its attention
                  weights over the sample's valid queries that see a frame. NAME: GRF I.decoder_1, 0.decoder_2 (attention
                  over the other sequence); one modality alone: self; MulT: QUERY_with_KEY (cross-modal encoders)
    first         [B, d], GRF: the mean of the first modality's projection over its valid frames
    state         [B, D], the others: what the last block or head reads

The weights come from nn.MultiheadAttention itself (need_weights), and from mult_torch's attention before its dropout.
"""

import pathlib
import sys

import numpy as np
import safetensors.numpy
import torch
from torch import nn

import dump_grf_golden
import dump_mult_golden
import grf_torch
from dump_grf_golden import ROOT, stored

GRF = ["narrow", "pair", "four", "long", "alone", "one-way", "no-cross", "no-gate-mean", "single", "filled", "filled-single"]
MULT = ["three", "pair", "long", "hidden", "filled"]


def with_weights(attention, kept):
    """Makes an nn.MultiheadAttention keep its weights, [B, heads, Tq, Tk], in `kept`."""
    forward = attention.forward

    def watched(*arguments, **options):
        options |= {"need_weights": True, "average_attn_weights": False}
        result, weights = forward(*arguments, **options)
        kept.append(weights.detach())
        return result, None

    attention.forward = watched


def means(weights, queries, keys):
    """[B, H, Tq, Tk] -> [rows, H]; `queries` [B, Tq] and `keys` [B, Tk] say which frames are valid."""
    rows = []
    for sample in range(len(weights)):
        seen = weights[sample][:, queries[sample]][:, :, keys[sample]]
        seen = seen[:, seen.sum(dim=(0, 2)) > 0]
        mean = seen.mean(dim=1) if seen.shape[1] else torch.zeros(seen.shape[0], seen.shape[2], dtype=seen.dtype)
        rows.append(mean.T)
    return torch.cat(rows)


def grf(case):
    inputs = case.computed(dump_grf_golden.make_inputs(case, np.float64))
    model, kept, tensors = dump_grf_golden.make_model(case, torch.float64), {}, {}
    frames, valid, _ = inputs.batch(np.arange(len(inputs)))
    masks = {name: model.entering(name, frames, valid)[1] for name in case.dimensions}
    order, is_single = list(case.dimensions), case.model.component == "single"
    for name, module in model.named_modules():
        if isinstance(module, nn.MultiheadAttention) and (is_single or name.endswith("multihead_attn")):
            with_weights(module, kept.setdefault(name, []))
    if is_single:
        model.regressor.register_forward_pre_hook(lambda _, given: tensors.update(state=given[0]))
    model(frames, valid)
    one = torch.ones(len(inputs), 1, dtype=torch.bool)
    for name, (weights,) in kept.items():
        parts = name.split(".")
        layer = parts[parts.index("layers") + 1]
        if is_single:
            tensors[f"self.{layer}"] = means(weights, masks[order[0]], masks[order[0]])
            continue
        stage, decoder = int(parts[1]), parts[2]
        state, new = masks[order[0]] if stage == 0 else one, masks[order[stage + 1]]
        if decoder == "decoder_1":
            tensors[f"{stage}.decoder_1.{layer}"] = means(weights, state, new)
        elif stage == 0:
            tensors[f"0.decoder_2.{layer}"] = means(weights, new, state)
    if not is_single:
        tensors["first"] = grf_torch.mean_over(*model.entering(order[0], frames, valid))
    return tensors


def mult(case):
    inputs = case.computed(dump_mult_golden.make_inputs(case, np.float64))
    model, tensors = dump_mult_golden.make_model(case, torch.float64), {}
    arguments, _ = dump_mult_golden.batch(inputs, np.arange(len(inputs)))
    masks = {name: model.entering(name, *(argument[name] for argument in arguments))[1] for name in case.dimensions}
    model.block.register_forward_pre_hook(lambda _, given: tensors.update(state=given[0]))
    model(*arguments)
    for target, encoders in model.cross_encoders.items():
        for source, encoder in encoders.items():
            for layer, module in enumerate(encoder.layers):
                name = f"{target}_with_{source}.{layer}"
                tensors[name] = means(module.attention.weights, masks[target], masks[source])
    return tensors


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "fixtures" / "golden" / "attention"
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    cases = [("grf", name, lambda name: grf(dump_grf_golden.CASES[name])) for name in GRF]
    cases += [("mult", name, lambda name: mult(dump_mult_golden.CASES[name])) for name in MULT]
    for kind, name, compute in cases:
        path = folder / f"{kind}-{name}.safetensors"
        safetensors.numpy.save_file({key: stored(value) for key, value in compute(name).items()}, path,
                                    {"torch": torch.__version__})
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
