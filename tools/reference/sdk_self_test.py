"""Holds the SDK's rules, and the reference's alignment, against small cases worked out by hand; run by self_test.py."""

import unittest

import alignment
import numpy as np
import sdk_rules


def rows(*bounds):
    return np.array(bounds, np.float64).reshape(-1, 2)


def numbers(*values):
    return np.array(values, np.float64).reshape(len(values), -1)


class SDKRules(unittest.TestCase):
    words = {"v": (numbers(1, 2, 3, 4), rows((0, 1), (1, 2), (2, 2.000001), (2, 3)))}
    # v in two parts, which are not in order.
    audio = {"v[0]": (numbers(30, 10), rows((0.5, 1.5), (0.25, 0.75))), "v[1]": (numbers(50), rows((2.5, 4)))}

    def aligned(self):
        mean = sdk_rules.COLLAPSES["mean"]
        return sdk_rules.aligned({"words": self.words, "audio": self.audio}, "words", {"audio": mean})

    def test_unify_keeps_videos_that_all_have_and_hard_unify_entries(self):
        dataset = {"a": {"v[0]": 1, "w": 2}, "b": {"v[1]": 3, "u": 4}}
        self.assertEqual(sdk_rules.unified(dataset), {"a": {"v[0]": 1}, "b": {"v[1]": 3}})
        self.assertEqual(sdk_rules.hard_unified(dataset), {"a": {}, "b": {}})

    def test_align_collapses_what_overlaps_each_row_that_is_long_enough(self):
        found = self.aligned()["audio"]
        self.assertEqual({key: (values.tolist(), spans.tolist()) for key, (values, spans) in found.items()}, {
            "v[0]": ([[20.0]], [[0.25, 1.0]]), "v[1]": ([[30.0]], [[1.0, 1.5]]), "v[3]": ([[50.0]], [[2.5, 3.0]])})
        self.assertEqual(list(self.aligned()["words"]), ["v[0]", "v[1]", "v[3]"])

    def test_align_without_a_function_keeps_frames_apart(self):
        found = sdk_rules.aligned({"words": self.words, "audio": self.audio}, "words")["audio"]["v[0]"]
        self.assertEqual((found[0].tolist(), found[1].tolist()), ([[10], [30]], [[0.25, 0.75], [0.5, 1]]))

    def test_just_the_tolerance_is_no_overlap(self):
        for shared, expected in ((1e-5, 0), (1.1e-5, 1)):
            self.assertEqual(len(sdk_rules.overlapping(np.array([0, 1.0]), numbers(7), rows((-1, shared)))[0]), expected)

    def test_impute_fills_with_zeros_at_the_row(self):
        dataset = self.aligned()
        del dataset["audio"]["v[1]"]
        values, spans = sdk_rules.imputed(dataset, "words")["audio"]["v[1]"]
        self.assertEqual((values.tolist(), spans.tolist()), ([[0]], [[1, 2]]))

    def test_two_levels_give_segments_the_frames_of_each_modality(self):
        labels = {"v": (numbers(1, 1), rows((1.6, 3), (5, 5)))}
        features = {"words": self.words, "audio": self.audio}
        collapse = {"audio": sdk_rules.COLLAPSES["max"]}
        _, samples = sdk_rules.two_levels(features, labels, "words", collapse, True)
        self.assertEqual(list(samples["audio"]), ["v[0]"])
        # The second word is in the segment, what was heard of it is not.
        self.assertEqual(samples["words"]["v[0]"][0].tolist(), [[2], [4]])
        self.assertEqual(samples["audio"]["v[0]"][0].tolist(), [[50]])

    def test_padding_keeps_the_first_frames_or_the_last(self):
        self.assertEqual(sdk_rules.padded(numbers(1, 2, 3), 2, True).ravel().tolist(), [1, 2])
        self.assertEqual(sdk_rules.padded(numbers(1, 2, 3), 2, False).ravel().tolist(), [2, 3])
        self.assertEqual(sdk_rules.padded(numbers(1), 3, True).ravel().tolist(), [1, 0, 0])
        self.assertEqual(sdk_rules.padded(numbers(1), 3, False).ravel().tolist(), [0, 0, 1])

    def test_the_reference_aligns_likewise(self):
        intervals = np.concatenate([spans for _, spans in self.audio.values()])
        found = alignment.aligned(self.words["v"][1], intervals)
        self.assertEqual([frames.tolist() for frames, _ in found], [[1, 0], [0], [2]])
        self.assertEqual([tuple(span) for _, span in found], [(0.25, 1), (1, 1.5), (2.5, 3)])

    def test_the_reference_combines_what_is_finite(self):
        values = np.array([[1, np.nan, np.inf], [3, 5, np.nan]], np.float32)
        np.testing.assert_array_equal(alignment.combined(values, "mean"), [2, 5, np.nan])
        np.testing.assert_array_equal(alignment.combined(values, "max"), [3, 5, np.nan])
        np.testing.assert_array_equal(alignment.combined(values[:1], "first"), [1, np.nan, np.inf])
