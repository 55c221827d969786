"""Holds the PyTorch model of MulT against its rules, and the files in fixtures/golden/mult against the model.

Run by self_test.py where torch is there.
"""

import dataclasses
import json
import math
import unittest

import dump_mult_golden
import mult_torch
import numpy as np
import safetensors
import torch

FOLDER = dump_mult_golden.ROOT / "fixtures" / "golden" / "mult"


class MulT(unittest.TestCase):
    def setUp(self):
        torch.set_num_threads(1)
        torch.manual_seed(0)

    def small(self, case="three"):
        """A model of a case and its inputs, in float64."""
        case = dump_mult_golden.CASES[case]
        return dump_mult_golden.make_model(case, torch.float64), dump_mult_golden.make_inputs(case, np.float64)

    def predictions(self, model, inputs, samples, padded=None):
        arguments, _ = dump_mult_golden.batch(inputs, np.array(samples), padded)
        with torch.no_grad():
            return model(*arguments).numpy()

    def test_the_published_model_has_its_parameter_count(self):
        mult_torch.check_parameter_counts()

    def test_the_names_are_the_checkpoints(self):
        names = self.small()[0].state_dict().keys()
        for name in ("projectors.text.weight", "cross_encoders.text.audio.layers.1.attention.in_proj_weight",
                     "cross_encoders.vision.text.layers.0.attention.out_proj.bias", "cross_encoders.audio.vision.norm.bias",
                     "self_encoders.text.layers.2.linear1.weight", "self_encoders.audio.layers.0.norm2.weight",
                     "block.linear2.weight", "regressor.bias"):
            self.assertIn(name, names)
        self.assertNotIn("projectors.text.bias", names)
        self.assertNotIn("self_encoders.text.layers.3.linear1.weight", names)

    def test_the_position_code(self):
        code = mult_torch.position_code(3, 7, torch.zeros(1, dtype=torch.float64)).numpy()
        for p in range(3):
            angles = [(p + 1) / 10000 ** (k / 2) for k in range(3)]
            expected = [*map(math.sin, angles), *map(math.cos, angles), 0]
            np.testing.assert_allclose(code[p], expected, atol=1e-15)
        np.testing.assert_allclose(mult_torch.position_code(1, 2, torch.zeros(1)), [[math.sin(1), math.cos(1)]])

    def test_what_a_query_sees(self):
        valid = torch.tensor([[True, False, True, True]])
        for queries, keys, expected in ((2, 4, [[1, 0, 1, 0], [1, 0, 1, 1]]), (4, 4, [[1, 0, 0, 0], [1, 0, 0, 0],
                                        [1, 0, 1, 0], [1, 0, 1, 1]]), (6, 4, [[1, 0, 1, 0]] + 5 * [[1, 0, 1, 1]])):
            seen = mult_torch.visible(torch.tensor([queries]), torch.tensor([keys]), valid, queries)
            np.testing.assert_array_equal(seen[0].int(), expected)

    def test_a_sample_alone_is_as_in_a_batch_however_padded(self):
        for case in dump_mult_golden.CASES:
            model, inputs = self.small(case)
            together = self.predictions(model, inputs, range(len(inputs)))
            longer = {name: packed.lengths.max() + 3 for name, packed in inputs.modalities.items()}
            np.testing.assert_allclose(self.predictions(model, inputs, range(len(inputs)), longer), together, rtol=1e-12)
            alone = np.concatenate([self.predictions(model, inputs, [i]) for i in range(len(inputs))])
            np.testing.assert_allclose(alone, together, rtol=1e-12)

    def test_masked_frames_reach_nothing_but_keep_their_places(self):
        model, inputs = self.small()
        before, text = self.predictions(model, inputs, range(6)), inputs.modalities["text"]
        text.values[~text.valid] = -3
        np.testing.assert_array_equal(self.predictions(model, inputs, range(6)), before)
        moved = text.values[2].copy()  # of sample 0: row 2 is masked, row 1 is not
        text.values[2], text.values[1] = text.values[1], moved
        text.valid[2], text.valid[1] = True, False
        self.assertGreater(abs(self.predictions(model, inputs, [0]) - before[0]).max(), 1e-6)

    def test_nothing_enters_as_one_frame_of_zeros(self):
        model, inputs = self.small("alone")
        nothing = self.predictions(model, inputs, [0])
        for packed in inputs.modalities.values():
            packed.values, packed.offsets = np.zeros((1, packed.values.shape[1])), np.array([0, 1])
            packed.valid = np.ones(1, bool)
        np.testing.assert_allclose(self.predictions(model, inputs, [0]), nothing, rtol=1e-12)

    def test_nothing_is_dropped_where_every_probability_is_zero(self):
        model, inputs = self.small()
        before = self.predictions(model.eval(), inputs, range(6))
        np.testing.assert_array_equal(self.predictions(model.train(), inputs, range(6)), before)

    def test_each_probability_drops_something(self):
        case = dump_mult_golden.CASES["three"]
        _, inputs = self.small()
        for field in dataclasses.fields(mult_torch.Configuration):
            if "dropout" not in field.name:
                continue
            changed = dataclasses.replace(case, model=dataclasses.replace(case.model, **{field.name: 0.5}))
            model = dump_mult_golden.make_model(changed, torch.float64)
            before = self.predictions(model.eval(), inputs, range(6))
            self.assertGreater(abs(self.predictions(model.train(), inputs, range(6)) - before).max(), 1e-6, field.name)

    def test_the_first_values(self):
        model = mult_torch.MulT(mult_torch.Configuration(), {"text": 300, "audio": 5})
        layer = model.cross_encoders["text"]["audio"].layers[0]
        for weight, bound in ((layer.attention.in_proj_weight, math.sqrt(6 / 120)),
                              (layer.attention.out_proj.weight, math.sqrt(6 / 60)),
                              (layer.linear1.weight, math.sqrt(6 / 150)), (layer.linear2.weight, math.sqrt(6 / 150)),
                              (model.projectors["text"].weight, 300**-0.5), (model.block.linear1.weight, 60**-0.5)):
            largest = weight.abs().max().item()
            self.assertLessEqual(largest, bound)
            self.assertGreater(largest, 0.9 * bound)
        for bias in (layer.attention.in_proj_bias, layer.attention.out_proj.bias, layer.linear1.bias, layer.linear2.bias):
            self.assertEqual(bias.abs().max(), 0)
        self.assertGreater(model.block.linear1.bias.abs().max(), 0)

    def test_the_learning_rate_falls_after_the_21st_bad_epoch(self):
        adam = mult_torch.optimizer(torch.nn.Linear(1, 1))
        schedule, rates = mult_torch.schedule(adam), []
        for _ in range(23):
            schedule.step(1.0)
            rates.append(adam.param_groups[0]["lr"])
        self.assertEqual(rates, 21 * [1e-3] + 2 * [1e-4])

    def test_the_goldens_can_be_made_again(self):
        self.assertEqual({path.stem for path in FOLDER.glob("*.safetensors")}, set(dump_mult_golden.CASES))
        for name, case in dump_mult_golden.CASES.items():
            with safetensors.safe_open(FOLDER / f"{name}.safetensors", "np") as file:
                kept = {key: file.get_tensor(key) for key in file.keys()}
                metadata = json.loads(file.metadata()["golden"])
            found, text = dump_mult_golden.compute(case)
            self.assertEqual(found.keys(), kept.keys())
            self.assertEqual(json.loads(text["golden"]) | {"torch": ""}, metadata | {"torch": ""})
            for key, array in kept.items():
                largest = abs(array).max(initial=0) if array.dtype.kind == "f" else 0
                with self.subTest(f"{name}: {key}"):
                    np.testing.assert_allclose(found[key], array, rtol=0, atol=max(1e-6 * largest, 1e-12))
