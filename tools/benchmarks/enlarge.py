"""Makes a set several times larger: the same entries again under other ids, their chunks copied as they are.

    enlarge.py TIMES OUT FILE...

Writes OUT/FILE with every entry ID as ID, 2_ID, 3_ID…, and OUT/folds.json, which deals the ids of the first file to train,
valid and test.
"""

import json
import pathlib
import sys

import h5py

times, out, paths = int(sys.argv[1]), pathlib.Path(sys.argv[2]), [pathlib.Path(path) for path in sys.argv[3:]]
out.mkdir(parents=True, exist_ok=True)
ids = None
for path in paths:
    with h5py.File(path, "r") as source, h5py.File(out / path.name, "w") as target:
        for root in source:
            if "metadata" in source[root]:
                source.copy(source[root]["metadata"], target.require_group(root), "metadata")
            data = target.require_group(root).create_group("data")
            for copy in range(times):
                for key in source[root]["data"]:
                    source.copy(source[root]["data"][key], data, f"{copy + 1}_{key}" if copy else key)
            ids = ids or sorted(data)
cuts = round(len(ids) * 0.6), round(len(ids) * 0.7)
folds = {"train": ids[:cuts[0]], "valid": ids[cuts[0]:cuts[1]], "test": ids[cuts[1]:]}
(out / "folds.json").write_text(json.dumps(folds))
