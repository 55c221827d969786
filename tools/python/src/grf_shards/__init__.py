"""Reads the datasets that `grf-data convert` writes.

    from grf_shards import Dataset

    train = Dataset("out", split="train")
    sample = train[0]
    sample.text.values      # float32 [T, D]: a view of the mapped file
    sample.labels           # float32 [K]

`grf_shards.torch` has what PyTorch's DataLoader wants; `python -m grf_shards.unpickle` reads the field's pickles without
running what is in them.
"""

from ._version import __version__
from .dataframe import to_dataframe
from .dataset import Dataset, Sample
from .errors import ShardError
from .frames import Frames, Tokens
from .manifest import Manifest, Modality, Split
from .verification import verify

__all__ = ["Dataset", "Frames", "Manifest", "Modality", "Sample", "ShardError", "Split", "Tokens", "__version__",
           "to_dataframe", "verify"]
