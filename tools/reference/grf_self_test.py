"""Holds the PyTorch model of GRF against its rules, and the files in fixtures/golden/grf against the model.

Run by self_test.py where torch is there.
"""

import json
import unittest

import dump_attention_golden
import dump_grf_golden
import dump_mult_golden
import grf_torch
import numpy as np
import safetensors.numpy
import torch
import train_grf_torch

FOLDER = dump_grf_golden.ROOT / "fixtures" / "golden" / "grf"


class GRF(unittest.TestCase):
    def setUp(self):
        torch.set_num_threads(1)
        torch.manual_seed(0)

    def small(self, case="narrow"):
        """A model of a case and its inputs, in float64."""
        case = dump_grf_golden.CASES[case]
        return (dump_grf_golden.make_model(case, torch.float64), dump_grf_golden.make_inputs(case, np.float64))

    def predictions(self, model, inputs, samples, lengths=None):
        frames, valid, _ = inputs.batch(np.array(samples), lengths)
        with torch.no_grad():
            return model(frames, valid).main.numpy()

    def test_the_presets_have_the_published_parameter_counts(self):
        grf_torch.check_parameter_counts()

    def test_the_names_are_the_checkpoints(self):
        names = self.small()[0].state_dict().keys()
        for name in ("projectors.text.weight", "fusion_encoders.0.decoder_1.layers.0.self_attn.in_proj_weight",
                     "fusion_encoders.1.decoder_2.layers.1.multihead_attn.out_proj.bias", "gfus.1.linear_gate.weight",
                     "gfus.0.linear_candidate.bias", "gfus.0.norm.weight", "regressor.regressor.0.weight",
                     "regressor.regressor.3.bias", "auxiliary_regressor.regressor.0.weight"):
            self.assertIn(name, names)
        self.assertFalse([name for name in names if "pos" in name])

    def test_layers_begin_as_copies_and_decoders_do_not(self):
        model = grf_torch.GRF(dump_grf_golden.configuration(8, 2, 3, 12), {"text": 2, "audio": 3})
        encoder = model.fusion_encoders[0]
        first, second = encoder.decoder_1.layers, encoder.decoder_2.layers
        self.assertTrue(torch.equal(first[0].linear1.weight, first[2].linear1.weight))
        self.assertFalse(torch.equal(first[0].linear1.weight, second[0].linear1.weight))

    def test_each_component_leaves_out_what_it_says(self):
        whole = set(self.small()[0].state_dict())
        for component, parts in (("no-gate-mean", ["linear_gate", "linear_candidate"]), ("one-way", ["decoder_2"]),
                                 ("no-gate-sum", ["linear_gate", "linear_candidate"]), ("no-cross", ["fusion_encoders"]),
                                 ("no-auxiliary", ["auxiliary_regressor"])):
            configuration = dump_grf_golden.configuration(16, 2, 2, 12, component)
            names = set(grf_torch.GRF(configuration, dump_grf_golden.THREE).state_dict())
            self.assertEqual(names, {name for name in whole if not any(part in name for part in parts)}, component)

    def test_the_position_code(self):
        code = grf_torch.position_code(3, 5, torch.zeros(1, dtype=torch.float64)).numpy()
        for p in range(3):
            expected = [np.sin(p), np.cos(p), np.sin(p / 10000**0.4), np.cos(p / 10000**0.4), np.sin(p / 10000**0.8)]
            np.testing.assert_allclose(code[p], expected, atol=1e-15)

    def test_a_sample_alone_is_as_in_a_batch_however_padded(self):
        for case in dump_grf_golden.CASES:
            model, inputs = self.small(case)
            together = self.predictions(model, inputs, range(len(inputs)))
            longer = {name: packed.lengths.max() + 3 for name, packed in inputs.modalities.items()}
            padded = self.predictions(model, inputs, range(len(inputs)), longer)
            np.testing.assert_allclose(padded, together, rtol=1e-12)
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

    def test_unmasked_padding_is_data(self):
        model, inputs = self.small()
        model.masked = False
        longer = {name: packed.lengths.max() + 3 for name, packed in inputs.modalities.items()}
        difference = self.predictions(model, inputs, range(6)) - self.predictions(model, inputs, range(6), longer)
        self.assertGreater(abs(difference).min(), 1e-6)

    def test_filling_up_is_padding_that_is_not_masked(self):
        model, inputs = self.small("filled")
        fill = dump_grf_golden.CASES["filled"].fill
        filled = self.predictions(model, inputs.filled(fill), range(6))
        model.masked = False
        np.testing.assert_allclose(self.predictions(model, inputs, range(6), fill), filled, rtol=1e-12)

    def test_the_learning_rate_warms_up_and_falls_as_a_cosine(self):
        rates = [grf_torch.learning_rate(epoch) for epoch in (0, 4, 5, 52, 53, 99)]
        np.testing.assert_allclose(rates[:3], [2e-4, 1e-3, 1e-3])
        self.assertGreater(rates[3], 5.005e-4)
        self.assertLess(rates[4], 5.005e-4)
        np.testing.assert_allclose(rates[5], 1e-6 + 0.999e-3 * (1 + np.cos(np.pi * 94 / 95)) / 2)

    def test_metrics_worked_out_by_hand(self):
        found = train_grf_torch.metrics(np.array([0.4, -0.6, 2.5, 0.2, -0.1]), np.array([1, -1, 3, -2, 0.0]))
        expected = {"mae": 0.76, "corr": 7.62 / np.sqrt(5.668 * 14.8), "acc2_has0": 3 / 5, "f1_macro_has0": 7 / 12,
                    "f1_weighted_has0": 3 / 5, "acc2_non0": 3 / 4, "f1_macro_non0": 11 / 15,
                    "f1_weighted_non0": 11 / 15, "acc5": 3 / 5, "acc7": 2 / 5, "f1_macro_7": 1 / 4}
        self.assertEqual(found.keys(), expected.keys())
        for name, value in expected.items():
            self.assertAlmostEqual(found[name], value, msg=name)

    def test_the_goldens_of_attention_can_be_made_again(self):
        folder = FOLDER.parent / "attention"
        cases = {f"grf-{name}": lambda name=name: dump_attention_golden.grf(dump_grf_golden.CASES[name])
                 for name in dump_attention_golden.GRF}
        cases |= {f"mult-{name}": lambda name=name: dump_attention_golden.mult(dump_mult_golden.CASES[name])
                  for name in dump_attention_golden.MULT}
        self.assertEqual({path.stem for path in folder.glob("*.safetensors")}, set(cases))
        for name, compute in cases.items():
            kept, found = safetensors.numpy.load_file(folder / f"{name}.safetensors"), compute()
            self.assertEqual(found.keys(), kept.keys())
            for key, array in kept.items():
                with self.subTest(f"{name}: {key}"):
                    np.testing.assert_allclose(dump_grf_golden.stored(found[key]), array, rtol=0, atol=1e-6)

    def test_the_goldens_can_be_made_again(self):
        self.assertEqual({path.stem for path in FOLDER.glob("*.safetensors")}, set(dump_grf_golden.CASES))
        for name, case in dump_grf_golden.CASES.items():
            with safetensors.safe_open(FOLDER / f"{name}.safetensors", "np") as file:
                kept = {key: file.get_tensor(key) for key in file.keys()}
                metadata = json.loads(file.metadata()["golden"])
            found, text = dump_grf_golden.compute(case)
            self.assertEqual(found.keys(), kept.keys())
            self.assertEqual(json.loads(text["golden"]) | {"torch": ""}, metadata | {"torch": ""})
            for key, array in kept.items():
                largest = abs(array).max(initial=0) if array.dtype.kind == "f" else 0
                with self.subTest(f"{name}: {key}"):
                    np.testing.assert_allclose(found[key], array, rtol=0, atol=max(1e-6 * largest, 1e-12))
