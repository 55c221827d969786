"""The measuring half of tools/benchmarks/fetch, which calls it; see there."""

import argparse
import http.server
import os
import pathlib
import re
import shutil
import statistics
import struct
import subprocess
import sys
import threading

from measuring import MEGABYTE, kept, machine, measured, table

NAME = "CMU_MOSI_COVAREP.csd"
PLAIN_AIM, SURE_AIM = 1.0, 1.0
# Noise of the machine, not of the programs.
TOLERANCE = 1.05


def make_file(path, size):
    """A file of so many bytes whose head says that it is HDF5 and ends there."""
    if path.exists() and path.stat().st_size == size:
        return
    none = b"\xff" * 8
    head = b"\x89HDF\r\n\x1a\n" + bytes([0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0])
    head += struct.pack("<Q", 0) + none + struct.pack("<Q", size) + none
    with open(path, "wb") as file:
        file.write(head)
        left = size - len(head)
        while left > 0:
            left -= file.write(os.urandom(min(left, 1 << 20)))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    file = None

    def do_GET(self):
        if not self.path.endswith("/" + NAME):
            self.send_error(404)
            return
        with open(self.file, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            self.send_response(200)
            self.send_header("Content-Length", str(size))
            self.send_header("ETag", '"1"')
            self.end_headers()
            self.wfile.flush()
            self.connection.sendfile(file)

    def log_message(self, *_):
        pass


def version(command):
    text = subprocess.run([command, "--version"], capture_output=True, text=True).stdout
    return re.search(r"[0-9.]+", text).group()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", type=pathlib.Path, required=True)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--markdown", action="store_true")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.size < 1:
        parser.error("--rounds and --size want at least 1")

    size = arguments.size << 20
    Handler.file = arguments.cache / f"fetch-{arguments.size}.csd"
    make_file(Handler.file, size)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"

    out = arguments.cache / "fetched"
    copy = out / NAME
    curl = ["curl", "--silent", "--fail", "--noproxy", "*", "--output", str(copy), f"{url}/{NAME}"]
    commands = {
        "curl": curl,
        "curl, sync and sha256sum": ["sh", "-c", '"$@" && sync "$0" && sha256sum "$0" >"$0.sum"', str(copy), *curl],
        "grf-data fetch": [str(arguments.program), "fetch", "cmu-mosi", str(out), "--mirrors-only", "--mirror", url,
                           "--only", NAME, "--quiet"],
    }
    os.environ["no_proxy"] = "127.0.0.1"
    seconds = {name: [] for name in commands}
    for round_ in range(arguments.rounds + 1):  # the first warms the page cache and is not counted
        for name, command in commands.items():
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            os.sync()  # what earlier rounds left to be written must not slow this one
            found = measured(command)["seconds"]
            if copy.stat().st_size != size:
                sys.exit(f"{name}: the copy has {copy.stat().st_size} bytes of {size}")
            if round_ > 0:
                seconds[name].append(found)
    shutil.rmtree(out)

    middle = {name: statistics.median(values) for name, values in seconds.items()}
    rows = [["", "seconds, median", "fastest to slowest", "MB/s", "of curl's time"]]
    for name, values in seconds.items():
        rows.append([name, f"{middle[name]:.2f}", f"{min(values):.2f} to {max(values):.2f}",
                     f"{size / MEGABYTE / middle[name]:,.0f}", f"{middle[name] / middle['curl']:.2f}"])
    print(f"{machine(os.cpu_count())}; curl {version('curl')}; a file of {size / MEGABYTE:.0f} MB, warm; "
          f"medians of {arguments.rounds} rounds in turns\n")
    print(table(rows, arguments.markdown))
    rows = [["time of grf-data fetch", "found", "wanted", "kept"]]
    for label, name, aim in [("against curl alone", "curl", PLAIN_AIM),
                             ("against curl, sync and sha256sum", "curl, sync and sha256sum", SURE_AIM)]:
        ratio = middle["grf-data fetch"] / middle[name]
        rows.append([label, f"{ratio:.2f}", f"at most {aim:.2f}", kept(ratio <= aim * TOLERANCE)])
    print("\n" + table(rows, arguments.markdown))


if __name__ == "__main__":
    main()
