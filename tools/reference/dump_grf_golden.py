#!/usr/bin/env python3
"""Dumps what the PyTorch model of GRF computes for small cases: the goldens of the Swift tests.

    dump_grf_golden.py [FOLDER]        writes FOLDER/CASE.safetensors, by default into fixtures/golden/grf

Weights, frames and labels are drawn by numpy's frozen RandomState and rounded to float32; everything is computed from
them in float64, without dropout, and stored as float32. One file a case:

    weights.NAME                      every parameter before training; biases and norms are drawn too, layers differ
    input.M.values, .offsets, .valid  float32 [F, D], int64 [B + 1], bool [F], as in the shards
    labels                            [B]
    output.main, output.auxiliary     [B]
    stage.I.h, .n, .gate, .candidate, .state    [B, d]; what a component leaves out is not there
    loss                              [1]
    gradient.NAME, gradient_norm      every parameter's gradient, and the norm [1] of all of them, before clipping
    losses                            [10]: before each of ten steps on this same batch, the first is `loss`
    step10.NAME                       every parameter after the ten steps; not in case `wide`, for its size

A step is AdamW (1e-3 throughout, betas 0.9 and 0.999, epsilon 1e-8, decay 1e-2) on gradients x min(1, 1 / (norm +
1e-6)).
A masked frame holds large numbers, so that one that leaks is seen. In the cases `filled` the inputs are stored with their
masks, and computed as `data.masks: false` has them.

Metadata: `golden`, JSON of `model` (the configuration's keys), `order`, `dimensions`, `seed`, `torch` (version), `fill`
where samples are filled up, and
`rows_without_gradient`, {NAME: [first, end]}: rows first ..< end have an exact gradient of 0: the key third of every
in_proj_bias, queries and keys wherever there is a single key to attend to, and the projection of nothing but zeros.
Adam amplifies rounding noise there, so that after steps these rows cannot be compared. The files in
fixtures/golden/grf were written with numpy 2.4.6 and PyTorch 2.15.0.
"""

import dataclasses
import itertools
import json
import pathlib
import sys

import numpy as np
import safetensors.numpy
import torch

import grf_torch
from packed_batches import Packed, Split

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEPS = 10
LEAK = 50.0  # the size of the numbers in masked frames


@dataclasses.dataclass
class Case:
    seed: int
    model: grf_torch.Configuration
    dimensions: dict[str, int]
    lengths: dict[str, list[int]]  # by sample
    masked: dict[str, dict[int, list[int]]]  # {modality: {sample: rows}}
    keeps_weights_after_steps: bool = True
    fill: dict[str, int] | None = None  # by modality: as with `data.masks: false`

    def computed(self, inputs):
        """What the model is given of the inputs."""
        return inputs.filled(self.fill) if self.fill else inputs


def configuration(d, heads, layers, ffn, component="full"):
    return grf_torch.Configuration(d, heads, layers, ffn, dropout=0.0, component=component)


THREE = {"text": 7, "vision": 5, "audio": 3}
# Samples: an ordinary one with masks in the middle and at the end; one frame each; no text; vision all masked and the
# first rows of audio; no audio, and a masked frame alone in vision; unequal lengths.
LENGTHS = {"text": [5, 1, 0, 4, 3, 9], "vision": [8, 1, 6, 3, 1, 17], "audio": [6, 1, 11, 7, 0, 2]}
MASKED = {"text": {0: [2, 4], 5: [0, 3, 4, 8]}, "vision": {0: [3, 7], 3: [0, 1, 2], 4: [0], 5: [16]},
          "audio": {0: [1, 5], 2: [4, 9, 10], 3: [0, 1]}}

# Of other splits' longest samples, all but one.
FILL = {"text": 11, "vision": 17, "audio": 12}

# Of the components' cases, where 11 does not do.
SEEDS = {"one-way": 12}

CASES = {
    "narrow": Case(11, configuration(16, 2, 2, 12), THREE, LENGTHS, MASKED),
    "wide": Case(12, configuration(32, 2, 1, 12), THREE, LENGTHS, MASKED, keeps_weights_after_steps=False),
    "pair": Case(18, configuration(16, 2, 2, 20), {"audio": 3, "text": 7}, LENGTHS, MASKED),
    "four": Case(12, configuration(12, 2, 1, 10), {"words": 4, "text": 7, "vision": 5, "audio": 3},
                 {"words": [2, 3, 0, 5], "text": [4, 1, 2, 0], "vision": [3, 5, 1, 2], "audio": [0, 2, 7, 3]},
                 {"words": {1: [0, 1, 2]}, "audio": {2: [6]}}),
    "long": Case(19, configuration(8, 1, 1, 12), {"text": 4, "audio": 3},
                 {"text": [40, 3, 75], "audio": [150, 129, 0]},
                 {"text": {0: [7, 39]}, "audio": {0: list(range(60, 90)), 1: [128]}}),
    "alone": Case(16, configuration(8, 2, 1, 12), {"text": 4, "audio": 3},
                  {"text": [0], "audio": [3]}, {"audio": {0: [0, 1, 2]}}),
    **{component: Case(SEEDS.get(component, 11), configuration(8, 2, 1, 6, component), THREE, LENGTHS, MASKED)
       for component in grf_torch.COMPONENTS if component != "full"},
    "single": Case(11, configuration(8, 2, 2, 6, "single"), {"vision": 5}, LENGTHS, MASKED),
    "filled": Case(11, configuration(8, 2, 1, 6), THREE, LENGTHS, MASKED, fill=FILL),
    "filled-single": Case(11, configuration(8, 2, 1, 6, "single"), {"vision": 5}, LENGTHS, MASKED, fill=FILL),
}


def drawn(random, *shape, scale=1.0):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def make_model(case, dtype):
    """A model whose parameters are drawn in the order of their names."""
    model = grf_torch.make(case.model, case.dimensions).to(dtype)
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


def make_inputs(case, dtype):
    """The batch: {modality: Packed} and labels, exact in float32."""
    random = np.random.RandomState(case.seed + 1000)
    modalities = {}
    for name, width in case.dimensions.items():
        offsets = np.concatenate([[0], np.cumsum(case.lengths[name])]).astype(np.int64)
        values, valid = drawn(random, offsets[-1], width), np.ones(offsets[-1], bool)
        for sample, rows in case.masked.get(name, {}).items():
            for row in rows:
                valid[offsets[sample] + row] = False
                values[offsets[sample] + row] *= np.float32(LEAK)
        modalities[name] = Packed(values.astype(dtype), offsets, valid)
    samples = len(offsets) - 1
    labels = random.choice([-2.6, -1.8, -1.2, 1.4, 2.2, 3.0], samples).astype(np.float32)
    return Split(modalities, labels.astype(dtype))


def rows_without_gradient(case, inputs):
    """{name: (first, end)} of the rows whose gradient is 0 whatever the weights."""
    def most_keys(name):
        packed = inputs.modalities[name]
        return max(packed.valid[i:j].sum() for i, j in zip(packed.offsets, packed.offsets[1:]))

    d, order, found = case.model.d_model, list(case.dimensions), {}
    for layer in range(case.model.num_layers):
        found[f"encoder.layers.{layer}.self_attn.in_proj_bias"] = (d, 2 * d)
    for name in order:
        if most_keys(name) == 0:
            found[f"projectors.{name}.weight"] = (0, d)
    for i, name in enumerate(order[1:]):
        # Where there is one key its weight is 1, so that queries and keys change nothing. The state is one frame.
        one_in_state, one_in_input = i > 0 or most_keys(order[0]) <= 1, most_keys(name) <= 1
        one_key = {"decoder_1": (one_in_state, one_in_input), "decoder_2": (one_in_input, one_in_state)}
        for decoder, layer, which in itertools.product(one_key, range(case.model.num_layers), (0, 1)):
            attention, one = ("self_attn", "multihead_attn")[which], one_key[decoder][which]
            stem = f"fusion_encoders.{i}.{decoder}.layers.{layer}.{attention}.in_proj_"
            found[stem + "bias"] = (0, 2 * d) if one else (d, 2 * d)
            if one:
                found[stem + "weight"] = (0, 2 * d)
    return found


def check_gradients(gradients, without, zero):
    """Exactly those rows are without gradient, but for single rows of ReLUs that are off."""
    for name, gradient in gradients.items():
        first, end = without.get(name, (0, 0))
        rest = torch.cat([gradient[:first], gradient[end:]])
        assert not gradient[first:end].abs().gt(zero).any(), f"{name}: a gradient in rows {first} ..< {end}"
        assert rest.numel() == 0 or rest.abs().max() > 1e-5, f"{name}: hardly any gradient; choose another seed"


def compute(case, precision=np.float64):
    """{tensor name: array} of a case, and its metadata."""
    inputs = make_inputs(case, precision)
    computed = case.computed(inputs)
    model = make_model(case, torch.from_numpy(inputs.labels).dtype)
    frames, valid, labels = computed.batch(np.arange(len(inputs)))
    tensors = {"labels": inputs.labels}
    for name, packed in inputs.modalities.items():
        tensors |= {f"input.{name}.values": packed.values, f"input.{name}.offsets": packed.offsets,
                    f"input.{name}.valid": packed.valid}
    parameters = dict(model.named_parameters())
    tensors |= {f"weights.{name}": value.detach().numpy().copy() for name, value in parameters.items()}

    output = model(frames, valid)
    loss = model.loss(output, labels)
    loss.backward()
    tensors |= {"output.main": output.main, "loss": loss[None]}
    if output.auxiliary is not None:
        tensors["output.auxiliary"] = output.auxiliary
    for i, stage in enumerate(output.stages):
        fields = {field.name: getattr(stage, field.name) for field in dataclasses.fields(stage)}
        tensors |= {f"stage.{i}.{name}": value for name, value in fields.items() if value is not None}
    gradients = {name: value.grad.clone() for name, value in parameters.items()}
    tensors |= {f"gradient.{name}": value for name, value in gradients.items()}
    tensors["gradient_norm"] = torch.sqrt(sum((value**2).sum() for value in gradients.values()))[None]

    adamw, losses = grf_torch.optimizer(model), []
    for _ in range(STEPS):
        losses.append(grf_torch.step(model, adamw, frames, valid, labels)[0])
    tensors["losses"] = torch.stack(losses)
    if case.keeps_weights_after_steps:
        tensors |= {f"step{STEPS}.{name}": value for name, value in parameters.items()}

    without = {name: rows for name, rows in rows_without_gradient(case, computed).items() if name in parameters}
    check_gradients(gradients, without, 1e-14 if precision == np.float64 else 1e-6)
    model_keys = {key: value for key, value in dataclasses.asdict(case.model).items() if value != "full"}
    golden = {"model": model_keys, "order": list(case.dimensions), "dimensions": case.dimensions, "seed": case.seed,
              "torch": torch.__version__, "rows_without_gradient": without}
    if case.fill:
        golden["fill"] = case.fill
    return {name: stored(value) for name, value in tensors.items()}, {"golden": json.dumps(golden)}


def stored(value):
    """A contiguous array as it goes to the file: floats as float32."""
    array = value.detach().numpy() if isinstance(value, torch.Tensor) else value
    return np.ascontiguousarray(array.astype(np.float32) if array.dtype.kind == "f" else array)


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "fixtures" / "golden" / "grf"
    folder.mkdir(parents=True, exist_ok=True)
    grf_torch.check_parameter_counts()
    torch.set_num_threads(1)
    for name, case in CASES.items():
        tensors, metadata = compute(case)
        path = folder / f"{name}.safetensors"
        safetensors.numpy.save_file(tensors, path, metadata)
        print(f"{path}: {path.stat().st_size} bytes, loss {tensors['loss'][0]:.4f}, "
              f"gradient norm {tensors['gradient_norm'][0]:.3f}")


if __name__ == "__main__":
    main()
