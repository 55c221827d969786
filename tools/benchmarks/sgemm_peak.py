"""Prints, as one line of JSON, the most floating-point operations a second that 2048 x 2048 float32 products reach.

    sgemm_peak.py THREADS

Through PyTorch and through numpy's BLAS; each is the best of some runs.
"""

import json
import os
import sys
import time

for library in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{library}_NUM_THREADS"] = sys.argv[1]

import numpy as np  # noqa: E402
import torch  # noqa: E402

SIZE, RUNS = 2048, 12


def best(product):
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        product()
        seconds.append(time.perf_counter() - start)
    return 2 * SIZE**3 / min(seconds)


torch.set_num_threads(int(sys.argv[1]))
a, b, c = (np.random.RandomState(i).standard_normal((SIZE, SIZE)).astype(np.float32) for i in range(3))
x, y, z = map(torch.from_numpy, (a, b, c))
print(json.dumps({"numpy": best(lambda: np.matmul(a, b, out=c)), "torch": best(lambda: torch.mm(x, y, out=z))}))
