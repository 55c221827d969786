#!/usr/bin/env python3
"""Shares one conversion among the machines of a Ray cluster, then merges the parts.

    python tools/ray/convert_with_ray.py --parts 16 OUT INPUT... [-- OPTION...]

Each part is a task that runs `grf-data convert INPUT... OUT.parts/K --part K/N --resume OPTION...`; Ray runs a task anew
where its machine was lost, and it goes on where it was. Once all parts are there, one task runs `grf-data merge`.
OUT and INPUT must be on a file system that all machines share. Without --address a Ray of its own is started here.
"""

import argparse
import os
import subprocess
import sys

import ray


def run(command: list[str]) -> str:
    """Runs a command; its one line of error becomes the exception's text."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise RuntimeError(f"{' '.join(command)}: {lines[-1]}")
    return done.stdout


def main() -> int:
    own, options = sys.argv[1:], []
    if "--" in own:
        cut = own.index("--")
        own, options = own[:cut], own[cut + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", type=int, required=True, help="how many parts, at least 1")
    parser.add_argument("--address", help="of a running cluster, or auto; default: a Ray of its own")
    parser.add_argument("--cpus", type=int, default=1, help="processors a part takes, and threads it runs (default 1)")
    parser.add_argument("--program", default=os.environ.get("GRF_DATA", "grf-data"), help="default: grf-data")
    parser.add_argument("out")
    parser.add_argument("inputs", nargs="+")
    arguments = parser.parse_args(own)
    if arguments.parts < 1 or arguments.cpus < 1:
        parser.error("--parts and --cpus are numbers from 1")
    out = os.path.abspath(arguments.out)
    inputs = [os.path.abspath(path) for path in arguments.inputs]
    folders = [os.path.join(f"{out}.parts", str(k)) for k in range(1, arguments.parts + 1)]
    os.makedirs(f"{out}.parts", exist_ok=True)

    ray.init(address=arguments.address, log_to_driver=False)
    # A lost machine costs its task's last records; a command that failed would fail again.
    task = ray.remote(num_cpus=arguments.cpus, max_retries=3, retry_exceptions=False)(run)
    try:
        pending = {
            task.remote(
                [arguments.program, "convert", *inputs, folder, "--part", f"{k}/{arguments.parts}", "--resume",
                 "--threads", str(arguments.cpus), "--quiet", *options]
            ): k
            for k, folder in enumerate(folders, 1)
        }
        while pending:
            done, _ = ray.wait(list(pending), num_returns=1)
            ray.get(done[0])
            print(f"part {pending.pop(done[0])} of {arguments.parts} is made", flush=True)
        print(ray.get(task.remote([arguments.program, "merge", *folders, out])), end="")
    except (RuntimeError, ray.exceptions.RayError) as error:
        print(f"convert_with_ray: error: {getattr(error, 'cause', None) or error}", file=sys.stderr)
        return 1
    finally:
        ray.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
