"""Runs a command and prints, as one line of JSON, its seconds, its processor
time, its status and the peak memory of its largest process.

    run_and_measure.py COMMAND...

A process of its own, so that what the kernel adds up for its children is the command's alone: every process that the
command started and waited for, the worker that reads HDF5 included.
"""

import json
import resource
import subprocess
import sys
import time

start = time.perf_counter()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL).returncode
seconds = time.perf_counter() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
processor = usage.ru_utime + usage.ru_stime
print(json.dumps({"seconds": seconds, "processor": processor, "status": status, "peak": peak}))
