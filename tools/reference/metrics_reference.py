#!/usr/bin/env python3
"""Computes the metrics and baselines of module Evaluation a second time, in numpy and from their definitions alone.

    metrics_reference.py CASES

CASES is a JSON file, or - for standard input: a list of objects with the lists `labels`, `predictions` and, where
baselines are wanted, `train`. Prints a list of objects, one a case: `metrics`, and `majority` and `median` where there is
a `train`; each maps a metric's name to a number, or to null where it is undefined.

`--against-sklearn` instead of CASES holds the F1 scores against scikit-learn's, where that is installed.

Needs Python 3.9 and numpy.
"""

import json
import sys

import numpy as np


def f1_scores(predicted, actual):
    """F1 and number of labels by class, of the classes that occur, from precision and recall."""
    scores, supports = [], []
    for c in np.union1d(predicted, actual):
        true = np.sum((predicted == c) & (actual == c))
        precision = true / np.sum(predicted == c) if np.any(predicted == c) else 0.0
        recall = true / np.sum(actual == c) if np.any(actual == c) else 0.0
        scores.append(2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0)
        supports.append(np.sum(actual == c))
    return np.array(scores), np.array(supports)


def macro(predicted, actual):
    return f1_scores(predicted, actual)[0].mean()


def weighted(predicted, actual):
    scores, supports = f1_scores(predicted, actual)
    return np.average(scores, weights=supports)


def whole(values, limit):
    return np.rint(np.clip(values, -limit, limit))


def correlation(p, y):
    if p.min() == p.max() or y.min() == y.max():
        return 0.0
    return np.corrcoef(p, y)[0, 1]


def metrics(p, y):
    """Every metric by name."""
    p, y = np.asarray(p, np.float32).astype(np.float64), np.asarray(y, np.float32).astype(np.float64)
    some = len(y) > 0
    keep = y != 0
    q, z = p[keep] > 0, y[keep] > 0
    nonzero = len(z) > 0
    found = {
        "mae": np.abs(p - y).mean() if some else None,
        "corr": correlation(p, y) if some else None,
        "acc2_has0": np.mean((p >= 0) == (y >= 0)) if some else None,
        "f1_macro_has0": macro(p >= 0, y >= 0) if some else None,
        "f1_weighted_has0": weighted(p >= 0, y >= 0) if some else None,
        "acc2_non0": np.mean(q == z) if nonzero else None,
        "f1_macro_non0": macro(q, z) if nonzero else None,
        "f1_weighted_non0": weighted(q, z) if nonzero else None,
        "acc5": np.mean(whole(p, 2) == whole(y, 2)) if some else None,
        "acc7": np.mean(whole(p, 3) == whole(y, 3)) if some else None,
        "f1_macro_7": macro(whole(p, 3), whole(y, 3)) if some else None,
    }
    return {name: None if value is None else float(value) for name, value in found.items()}


def most_frequent(values, preferred):
    """The value that occurs most often; of several, the first in `preferred`."""
    return max(preferred, key=lambda value: (np.sum(values == value), -preferred.index(value)))


def majority(train, y):
    """Each metric under the constant that most train labels call for among its own classes."""
    train = np.asarray(train, np.float32).astype(np.float64)
    nonzero = train[train != 0]
    of7 = most_frequent(whole(train, 3), [0, -1, 1, -2, 2, -3, 3])
    of5 = most_frequent(whole(train, 2), [0, -1, 1, -2, 2])
    has0 = most_frequent(np.where(train >= 0, 1, -1), [1, -1])
    non0 = most_frequent(np.sign(nonzero), [-1, 1]) if len(nonzero) else None
    constants = {"acc5": of5}
    for name in metrics([], []):
        if name.endswith("_has0"):
            constants[name] = has0
        if name.endswith("_non0"):
            constants[name] = non0

    def value(name):
        constant = constants.get(name, of7)
        return None if constant is None else metrics([constant] * len(y), y)[name]

    return {name: value(name) for name in metrics([], [])}


def median(train, y):
    return metrics([np.median(np.asarray(train, np.float32).astype(np.float64))] * len(y), y)


def answer(case):
    found = {"metrics": metrics(case["predictions"], case["labels"])}
    if "train" in case:
        found["majority"] = majority(case["train"], case["labels"])
        found["median"] = median(case["train"], case["labels"])
    return found


def against_sklearn():
    import sklearn
    from sklearn.metrics import accuracy_score, f1_score

    generator = np.random.default_rng(0)
    worst = 0.0
    for _ in range(1000):
        n = generator.integers(1, 30)
        p, y = (np.round(generator.normal(0, 2, n) * 2) / 2 for _ in range(2))
        found = metrics(p, y)
        keep = y != 0
        pairs = {
            "has0": (p >= 0, y >= 0),
            "non0": (p[keep] > 0, y[keep] > 0),
            "7": (whole(p, 3).astype(int), whole(y, 3).astype(int)),
        }
        expected = {"acc5": accuracy_score(whole(y, 2), whole(p, 2)), "acc7": accuracy_score(whole(y, 3), whole(p, 3))}
        for kind, (q, z) in pairs.items():
            for average in ("macro", "weighted"):
                if len(z) and f"f1_{average}_{kind}" in found:
                    expected[f"f1_{average}_{kind}"] = f1_score(z, q, average=average, zero_division=0)
            if len(z) and f"acc2_{kind}" in found:
                expected[f"acc2_{kind}"] = accuracy_score(z, q)
        worst = max([worst] + [abs(found[name] - value) for name, value in expected.items()])
    print(f"1000 cases, scikit-learn {sklearn.__version__}: greatest difference {worst:.1e}")
    sys.exit(0 if worst < 1e-12 else 1)


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        sys.exit(__doc__)
    if sys.argv[1] == "--against-sklearn":
        against_sklearn()
    with sys.stdin if sys.argv[1] == "-" else open(sys.argv[1]) as file:
        cases = json.load(file)
    found = [answer(case) for case in cases]
    # What is not finite would not be JSON.
    print(json.dumps(found, allow_nan=False))


main()
