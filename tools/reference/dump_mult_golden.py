#!/usr/bin/env python3
"""Dumps what the PyTorch model of MulT computes for small cases: the goldens of the Swift tests.

    dump_mult_golden.py [FOLDER]       writes FOLDER/CASE.safetensors, by default into fixtures/golden/mult

As dump_grf_golden.py, whose head says what a file holds, but for these: there is no `output.auxiliary` and no `stage`; a
step is Adam without decay (1e-3, betas 0.9 and 0.999, epsilon 1e-8) on gradients x min(1, 0.8 / (norm + 1e-6)); and
`rows_without_gradient` are the key third of every in_proj_bias, queries and keys wherever no query sees two keys, and
the projection of nothing but zeros. The files in fixtures/golden/mult were written with numpy 2.4.6 and PyTorch 2.15.0.
"""

import dataclasses
import json
import pathlib
import sys

import numpy as np
import safetensors.numpy
import torch

import mult_torch
from dump_grf_golden import FILL, LENGTHS, MASKED, ROOT, STEPS, THREE, Case, check_gradients, drawn, make_inputs, stored


def configuration(d, heads, layers):
    none = {field.name: 0.0 for field in dataclasses.fields(mult_torch.Configuration) if "dropout" in field.name}
    return mult_torch.Configuration(d, heads, layers, **none)


# LENGTHS has a sample of one frame each, one without text, one without audio, and one all of whose vision is masked.
CASES = {
    "three": Case(32, configuration(6, 3, 2), THREE, LENGTHS, MASKED),
    "pair": Case(31, configuration(8, 2, 4), {"audio": 3, "text": 7}, LENGTHS, MASKED),
    "odd": Case(33, configuration(5, 1, 1), {"text": 4, "vision": 6}, LENGTHS, MASKED),
    "four": Case(31, configuration(4, 2, 1), {"words": 4, "text": 7, "vision": 5, "audio": 3},
                 {"words": [2, 3, 0, 5], "text": [4, 1, 2, 0], "vision": [3, 5, 1, 2], "audio": [0, 2, 7, 3]},
                 {"words": {1: [0, 1, 2]}, "audio": {2: [6]}}, keeps_weights_after_steps=False),
    "long": Case(31, configuration(4, 1, 1), {"text": 4, "audio": 3},
                 {"text": [40, 3, 75], "audio": [150, 129, 0]},
                 {"text": {0: [7, 39]}, "audio": {0: list(range(60, 90)), 1: [128]}}),
    # Of the same lengths, the first frames masked: queries that see no key.
    "hidden": Case(32, configuration(4, 2, 1), {"text": 4, "audio": 3}, {"text": [6, 4], "audio": [6, 4]},
                   {"text": {0: [0, 1, 4]}, "audio": {0: [0, 1, 2], 1: [0]}}),
    "filled": Case(33, configuration(4, 2, 1), THREE, LENGTHS, MASKED, fill=FILL),
    "alone": Case(31, configuration(4, 2, 1), {"text": 4, "audio": 3}, {"text": [0], "audio": [3]},
                  {"audio": {0: [0, 1, 2]}}),
}


def make_model(case, dtype):
    """A model whose parameters are drawn in the order of their names."""
    model = mult_torch.MulT(case.model, case.dimensions).to(dtype)
    random = np.random.RandomState(case.seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            shape = tuple(parameter.shape)
            if len(shape) == 2:
                values = drawn(random, *shape, scale=shape[1] ** -0.5)
            else:
                is_gain = ".norm" in name and name.endswith("weight")
                values = drawn(random, *shape, scale=0.1) + np.float32(is_gain)
            parameter.copy_(torch.from_numpy(values))
    return model


def batch(inputs, samples, padded=None):
    """The arguments of the model's forward, and labels."""
    frames, valid, labels = inputs.batch(samples, padded)
    lengths = {name: torch.from_numpy(packed.lengths[samples]) for name, packed in inputs.modalities.items()}
    return (frames, valid, lengths), labels


def rows_without_gradient(case, inputs):
    """{name: (first, end)} of the rows whose gradient is 0 whatever the weights."""
    (frames, valid, lengths), _ = batch(inputs, np.arange(len(inputs)))
    model = mult_torch.MulT(case.model, case.dimensions)
    mask, count = {}, {}
    for name in case.dimensions:
        _, mask[name], count[name] = model.entering(name, frames[name].float(), valid[name], lengths[name])

    def most_seen(target, source):
        seen = mult_torch.visible(count[target], count[source], mask[source], mask[target].shape[1])
        return (seen & mask[target][:, :, None]).sum(dim=-1).max()

    def put(stem, width, layers, one):
        for layer in range(layers):
            attention = f"{stem}.layers.{layer}.attention.in_proj_"
            found[attention + "bias"] = (0, 2 * width) if one else (width, 2 * width)
            if one:
                found[attention + "weight"] = (0, 2 * width)

    d, layers, found = case.model.d_model, case.model.num_layers, {}
    for target in case.dimensions:
        if not valid[target].any():
            found[f"projectors.{target}.weight"] = (0, d)
        for source in case.dimensions:
            if source != target:
                put(f"cross_encoders.{target}.{source}", d, layers, most_seen(target, source) <= 1)
        joined = (len(case.dimensions) - 1) * d
        put(f"self_encoders.{target}", joined, max(layers, 3), most_seen(target, target) <= 1)
    return found


def compute(case, precision=np.float64):
    """{tensor name: array} of a case, and its metadata."""
    inputs = make_inputs(case, precision)
    model = make_model(case, torch.from_numpy(inputs.labels).dtype)
    computed = case.computed(inputs)
    arguments, labels = batch(computed, np.arange(len(inputs)))
    tensors = {"labels": inputs.labels}
    for name, packed in inputs.modalities.items():
        tensors |= {f"input.{name}.values": packed.values, f"input.{name}.offsets": packed.offsets,
                    f"input.{name}.valid": packed.valid}
    parameters = dict(model.named_parameters())
    tensors |= {f"weights.{name}": value.detach().numpy().copy() for name, value in parameters.items()}

    output = model(*arguments)
    loss = model.loss(output, labels)
    loss.backward()
    tensors |= {"output.main": output, "loss": loss[None]}
    gradients = {name: value.grad.clone() for name, value in parameters.items()}
    tensors |= {f"gradient.{name}": value for name, value in gradients.items()}
    tensors["gradient_norm"] = torch.sqrt(sum((value**2).sum() for value in gradients.values()))[None]

    adam = mult_torch.optimizer(model)
    tensors["losses"] = torch.stack([mult_torch.step(model, adam, arguments, labels) for _ in range(STEPS)])
    if case.keeps_weights_after_steps:
        tensors |= {f"step{STEPS}.{name}": value for name, value in parameters.items()}

    without = rows_without_gradient(case, computed)
    check_gradients(gradients, without, 1e-14 if precision == np.float64 else 1e-6)
    model_keys = {key: value for key, value in dataclasses.asdict(case.model).items() if "dropout" not in key}
    golden = {"model": model_keys, "order": list(case.dimensions), "dimensions": case.dimensions, "seed": case.seed,
              "torch": torch.__version__, "rows_without_gradient": without}
    if case.fill:
        golden["fill"] = case.fill
    return {name: stored(value) for name, value in tensors.items()}, {"golden": json.dumps(golden)}


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "fixtures" / "golden" / "mult"
    folder.mkdir(parents=True, exist_ok=True)
    mult_torch.check_parameter_counts()
    torch.set_num_threads(1)
    for name, case in CASES.items():
        tensors, metadata = compute(case)
        path = folder / f"{name}.safetensors"
        safetensors.numpy.save_file(tensors, path, metadata)
        print(f"{path}: {path.stat().st_size} bytes, loss {tensors['loss'][0]:.4f}, "
              f"gradient norm {tensors['gradient_norm'][0]:.3f}")


if __name__ == "__main__":
    main()
