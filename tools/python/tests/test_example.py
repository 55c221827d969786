"""The example learns something."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

pytest.importorskip("torch")
EXAMPLE = pathlib.Path(__file__).resolve().parents[1] / "examples/train_torch.py"


def test_the_example_beats_the_median(plain):
    done = subprocess.run([sys.executable, str(EXAMPLE), str(plain), "--epochs", "5"], capture_output=True, text=True,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    losses = [float(found) for found in re.findall(r"valid mae ([0-9.]+)", done.stdout)]
    assert len(losses) == 6 and losses[4] < 0.7 * losses[5], done.stdout
