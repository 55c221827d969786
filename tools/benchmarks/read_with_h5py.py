"""A plain h5py loop that reads every array of the given sequences, and does nothing with them.

    read_with_h5py.py FILE...

Prints one line of JSON: seconds (from opening the first file; imports not counted) and bytes.
"""

import json
import sys
import time

import h5py

start = time.perf_counter()
total = 0
for path in sys.argv[1:]:
    with h5py.File(path, "r") as file:
        for root in file.values():
            for entry in root["data"].values():
                total += entry["features"][:].nbytes + entry["intervals"][:].nbytes
print(json.dumps({"seconds": time.perf_counter() - start, "bytes": total}))
