"""What normalization is fitted on: moments, extremes and quartiles by dimension."""

import numpy as np


class Statistics:
    """Moments by dimension in extended precision, so that what is compared is the other side's error."""

    def __init__(self, dimension):
        self.count = np.zeros(dimension, np.int64)
        self.mean_ = np.zeros(dimension, np.longdouble)
        self.squares = np.zeros(dimension, np.longdouble)
        self.min_ = np.full(dimension, np.inf)
        self.max_ = np.full(dimension, -np.inf)
        self.nan = np.zeros(dimension, np.int64)
        self.posinf = np.zeros(dimension, np.int64)
        self.neginf = np.zeros(dimension, np.int64)
        self.values = []  # every row, for the quartiles

    def add(self, values):
        self.values.append(values.astype(np.float64))
        finite = np.isfinite(values)
        wide = np.where(finite, values, 0).astype(np.longdouble)
        count = finite.sum(axis=0)
        safe = np.maximum(count, 1)
        mean = wide.sum(axis=0) / safe
        squares = (np.where(finite, wide - mean, 0) ** 2).sum(axis=0)
        total = np.maximum(self.count + count, 1)
        delta = np.where(count > 0, mean - self.mean_, 0)
        self.squares += squares + delta**2 * (self.count * count / total.astype(np.longdouble))
        self.mean_ += delta * count / total
        self.count += count
        if len(values):
            self.min_ = np.minimum(self.min_, np.where(finite, values, np.inf).min(axis=0))
            self.max_ = np.maximum(self.max_, np.where(finite, values, -np.inf).max(axis=0))

    def count_source(self, values):
        self.nan += np.isnan(values).sum(axis=0)
        self.posinf += np.isposinf(values).sum(axis=0)
        self.neginf += np.isneginf(values).sum(axis=0)

    @property
    def mean(self):
        return self.mean_.astype(np.float64)

    @property
    def std(self):
        return np.sqrt(self.squares / np.maximum(self.count, 1)).astype(np.float64)

    @property
    def min(self):
        return [float(x) if n else None for x, n in zip(self.min_, self.count)]

    @property
    def max(self):
        return [float(x) if n else None for x, n in zip(self.max_, self.count)]

    @property
    def quartiles(self):
        """[3, dimension]: what numpy makes of each dimension's finite values, in Double; NaN where there is none."""
        everything = np.concatenate(self.values) if self.values else np.zeros((0, len(self.count)))
        columns = [column[np.isfinite(column)] for column in everything.T]
        return np.array([np.percentile(c, [25, 50, 75]) if len(c) else [np.nan] * 3 for c in columns]).T

    def normalization(self, kind):
        """(shift, scale) by dimension: a value is stored as (value − shift) / scale."""
        known = self.count > 0
        constant = known & (self.min_ == self.max_)
        nothing = np.zeros(len(known)), np.ones(len(known))
        if kind == "none":
            return nothing
        if kind == "robust":
            q1, median, q3 = self.quartiles
            return np.where(known, median, 0), np.where(known & (q3 > q1), q3 - q1, 1)
        shift, scale = (self.mean, self.std) if kind == "zscore" else (self.min_, self.max_ - np.where(known, self.min_, 0))
        return np.where(known, shift, nothing[0]), np.where(known & ~constant, scale, nothing[1])
