"""Pickles like those that the field publishes, small and synthetic.

    python tests/field_pickles.py FOLDER

writes `mosi_data.pkl`, `mosi_data_noalign.pkl`, `mosei_senti_data_noalign.pkl` and `unaligned_50.pkl`.
"""

import io
import pathlib
import pickle
import sys

import numpy as np

SAMPLES = {"train": 7, "valid": 3, "test": 4}


def left_padded(draws, count, longest, dimension, dtype):
    """[N, T, D], zeros first, as MulT's data has them."""
    found = np.zeros((count, longest, dimension), dtype)
    for row in found:
        length = draws.integers(1, longest + 1)
        row[longest - length:] = draws.normal(size=(length, dimension))
    return found


def mosi_data(aligned=True, seed=0):
    """MulT's files: ids are byte strings [N, 3], labels [N, 1, 1]."""
    draws = np.random.default_rng(seed)
    audio, vision = (5, 5) if aligned else (38, 50)
    found = {}
    for split, count in SAMPLES.items():
        found[split] = {
            "text": left_padded(draws, count, 5, 30, np.float32),
            "audio": left_padded(draws, count, audio, 5, np.float64),
            "vision": left_padded(draws, count, vision, 20, np.float64),
            "labels": draws.uniform(-3, 3, (count, 1, 1)).astype(np.float32),
            "id": np.array([[f"{split}Vid_{i}".encode(), b"%.1f" % i, b"%.1f" % (i + 2)] for i in range(count)]),
        }
        found[split]["audio"][0, -1, 0] = -np.inf
    return found


def mosei_senti_data(seed=0):
    """MulT's CMU-MOSEI: ids are arrays of objects, a recording has many rows."""
    found = mosi_data(False, seed)
    for split, count in SAMPLES.items():
        rows = np.empty((count, 3), object)
        for i in range(count):
            # Out of order, as they are there.
            start = (i * 5) % count * 10.0
            rows[i] = [f"{split}-rec{i % 2}", str(start), str(start + 9.5)]
        found[split]["id"] = rows
    return found


def unaligned_50(seed=0):
    """MMSA's files: lists of lengths, texts, labels under several names."""
    draws = np.random.default_rng(seed)
    found = {}
    for split, count in SAMPLES.items():
        labels = draws.uniform(-3, 3, count).astype(np.float32)
        found[split] = {
            "raw_text": np.array([f"wörds of {split} {i}" for i in range(count)], object),
            "audio": draws.normal(size=(count, 37, 5)).astype(np.float32),
            "vision": draws.normal(size=(count, 50, 20)).astype(np.float32),
            "id": [f"{split}Vid$_${i}" for i in range(count)],
            "text": draws.normal(size=(count, 5, 76)).astype(np.float32),
            "text_bert": draws.integers(0, 30000, (count, 3, 5)).astype(np.float32),
            "annotations": np.array(["Positive" if label > 0 else "Negative" for label in labels]),
            "classification_labels": np.sign(labels).astype(np.int64) + 1,
            "regression_labels": labels,
            "audio_lengths": draws.integers(1, 38, count).tolist(),
            "vision_lengths": draws.integers(1, 51, count).tolist(),
        }
    return found


# What numpy 1.16 under Python 2.7 wrote with protocol 0 for {"x": np.array(["\xc3\xa9", "b"]), "y": np.arange(2.)}.
PROTOCOL_0 = (
    b"(dp1\nS'y'\ncnumpy.core.multiarray\n_reconstruct\np2\n(cnumpy\nndarray\np3\n(I0\ntS'b'\ntRp4\n(I1\n(I2\n"
    b"tcnumpy\ndtype\np5\n(S'f8'\nI0\nI1\ntRp6\n(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI00\n"
    b"S'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xf0?'\ntbsS'x'\ng2\n(g3\n(I0\n"
    b"tS'b'\ntRp7\n(I1\n(I2\ntg5\n(S'S2'\nI0\nI1\ntRp8\n(I3\nS'|'\nNNNI2\nI1\nI0\ntbI00\nS'\\xc3\\xa9b\\x00'\n"
    b'tbs.'
)


class Python2Pickler(pickle._Pickler):
    """Writes text and bytes alike as Python 2 wrote its strings."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, content):
        raw = content.encode() if isinstance(content, str) else content
        self.write(pickle.BINSTRING + len(raw).to_bytes(4, "little") + raw)
        self.memoize(content)

    dispatch[bytes] = dispatch[str] = save_string


def python2(content):
    """The bytes that Python 2 and its numpy would have written (protocol 2)."""
    buffer = io.BytesIO()
    Python2Pickler(buffer, 2).dump(content)
    return old_numpy(buffer.getvalue())


def old_numpy(content):
    """Names numpy's functions as numpy 1 did, in a pickle of protocol 3 at most."""
    return content.replace(b"cnumpy._core.", b"cnumpy.core.")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("mosi_data", mosi_data()), ("mosi_data_noalign", mosi_data(False)),
                          ("mosei_senti_data_noalign", mosei_senti_data()), ("unaligned_50", unaligned_50())):
        (folder / f"{name}.pkl").write_bytes(pickle.dumps(content))


if __name__ == "__main__":
    main()
