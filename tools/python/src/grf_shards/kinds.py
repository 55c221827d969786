"""What a file is by its first bytes, for files that turn out to be something else than was wanted.

`grf-data` has the same table, `FileKind`.
"""

from __future__ import annotations

from typing import Optional

HEAD = 1024
"""Bytes that are enough to tell."""

EXPLANATIONS = {
    "empty": "empty; fetch it again",
    "lfsPointer": "a Git LFS pointer, which stands for the file; fetch the file itself with `git lfs pull` in its repository",
    "webPage": "a web page; the download got an error or a confirmation page, fetch the file again from its real address",
    "gzip": "compressed with gzip; decompress it: gzip -dc FILE > OUT",
    "zstd": "compressed with zstd; decompress it: zstd -d FILE -o OUT",
    "zip": "a zip archive; unpack it, and give the files in it",
    "numpyArchive": "a NumPy archive (.npz); make a dataset of it with grf-data import",
    "torch": 'what torch.save wrote; save its tensors as arrays where PyTorch is: numpy.savez("OUT.npz", **arrays)',
    "pickle": "a pickle, which may run any program when it is loaded; make it an .npz without that: "
              "python -m grf_shards.unpickle FILE OUT.npz",
    "damagedPickle": "a pickle whose line ends were changed to those of Windows; fetch it again without conversion (binary mode)",
    "matlab5": 'a MATLAB 5 file; save its arrays as .npz: numpy.savez("OUT.npz", **scipy.io.loadmat(FILE))',
    "hdf5": "an HDF5 file",
}
"""What a kind of file is, and what to do about it. `unknown` has none."""


def kind_of(head: bytes) -> str:
    """The kind of a file that begins with these bytes: the first `HEAD`, or all there are."""
    text = head.decode("utf-8", "replace").lower()
    signatures = [(b"version https://git-lfs.github.com/spec/", "lfsPointer"), (b"\x89HDF", "hdf5"), (b"\x1f\x8b", "gzip"),
                  (b"\x28\xb5\x2f\xfd", "zstd"), (b"MATLAB 5.0 MAT-file", "matlab5"),
                  (b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9", "torch")]
    if not head:
        return "empty"
    for signature, kind in signatures:
        if head.startswith(signature):
            return kind
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return _kind_of_zip(head)
    if len(head) > 1 and head[0] == 0x80 and 2 <= head[1] <= 5:
        return "pickle"
    if "<html" in text or "<!doctype html" in text:
        return "webPage"
    if len(head) > 4 and head[:3] in (b"(dp", b"(lp"):
        return "damagedPickle" if head.split(b"\n", 1)[0].endswith(b"\r") else "pickle"
    return "unknown"


def _kind_of_zip(head: bytes) -> str:
    """What torch.save and numpy.savez write are archives that their first member tells."""
    if len(head) <= 30:
        return "zip"
    name = head[30:30 + int.from_bytes(head[26:28], "little")].decode("utf-8", "replace")
    if name.endswith(("/data.pkl", "/byteorder")):
        return "torch"
    return "numpyArchive" if name.endswith(".npy") else "zip"


def explanation(head: bytes) -> Optional[str]:
    """What a file that begins so is, and what to do about it; None where that cannot be told."""
    return EXPLANATIONS.get(kind_of(head))
