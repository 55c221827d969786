"""Datasets to test with: those that `grf-data` makes of the fixture, and the tiny one that lies in `fixtures`.

The program is what GRF_DATA names, else the release build, else the one on the PATH; tests that need it are skipped where there
is none.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE))


def grf_data():
    named = os.environ.get("GRF_DATA")
    if named:
        return named
    built = ROOT / ".build/release/grf-data"
    return str(built) if built.exists() else shutil.which("grf-data")


@pytest.fixture(scope="session")
def convert(tmp_path_factory):
    """convert(NAME, OPTION...) makes a dataset of the fixture, once."""
    program = grf_data()
    if program is None:
        pytest.skip("no grf-data: build it, or name one in GRF_DATA")
    folder = tmp_path_factory.mktemp("datasets")

    def make(name, *options):
        out = folder / name
        if not out.exists():
            subprocess.run([program, "convert", str(ROOT / "fixtures/raw.csd"), str(out), "--quiet", *options], check=True,
                           stdin=subprocess.DEVNULL)
        return out

    return make


@pytest.fixture(scope="session")
def plain(convert):
    return convert("plain")


@pytest.fixture(scope="session")
def halves(convert):
    """float16 without times, in many shards."""
    return convert("halves", "--dtype", "f16", "--times", "drop", "--shard-bytes", "100000")


@pytest.fixture(scope="session")
def brains(convert):
    """bfloat16 with masked frames, by least and greatest value."""
    return convert("brains", "--dtype", "bf16", "--normalize", "minmax", "--nonfinite", "mask")


@pytest.fixture(scope="session")
def unlabelled(convert):
    return convert("unlabelled", "--labels", "none", "--folds", "none", "--normalize", "none")


@pytest.fixture(scope="session")
def uneven(convert, tmp_path_factory):
    """A split of one video, and an empty one."""
    folds = tmp_path_factory.mktemp("folds") / "folds.json"
    folds.write_text(json.dumps({"train": ["clip_01"], "valid": [], "test": ["clip_02"]}))
    return convert("uneven", "--folds", str(folds))


@pytest.fixture
def tiny(tmp_path):
    """A copy of the tiny dataset: two samples, `a[0]` and `é`, the second without frames."""
    return pathlib.Path(shutil.copytree(ROOT / "fixtures/shards/tiny", tmp_path / "tiny"))
