"""Pickles that want to do something. Every one is refused, by name, and nothing happens."""

import io
import os
import pickle
import struct

import numpy as np
import pytest
from grf_shards import unpickle
from grf_shards._pickles import ADMITTED, PickleError, load


def opened(content):
    return load(io.BytesIO(content), len(content))


def stack_global(module, name):
    return b"\x8c" + bytes([len(module)]) + module + b"\x8c" + bytes([len(name)]) + name + b"\x93"


@pytest.mark.parametrize("name", [
    "os.system", "posix.system", "subprocess.Popen", "builtins.eval", "builtins.exec", "builtins.getattr", "builtins.open",
    "builtins.__import__", "__builtin__.eval", "builtins.type", "builtins.object", "builtins.print", "numpy.load",
    "numpy.fromfile", "numpy.memmap", "numpy.core.multiarray.fromfile", "numpy._core.multiarray._from_dlpack", "numpy.matrix",
    "numpy.ma.core._mareconstruct", "numpy.core.records.recarray", "numpy.dtype.__class__", "collections.OrderedDict",
    "collections.defaultdict", "copyreg._reconstructor", "copy_reg._reconstructor", "operator.attrgetter", "functools.partial",
    "_codecs.decode", "codecs.encode", "_codecs.lookup", "torch._utils._rebuild_tensor_v2", "pandas.core.frame.DataFrame",
    "io.open", "runpy.run_path", "importlib.import_module", "pickle.loads", "grf_shards._pickles.load", "sys.modules"])
def test_every_other_name_is_refused_and_told(name, monkeypatch, tmp_path):
    module, _, attribute = name.rpartition(".")
    touched = tmp_path / "touched"
    argument = f"touch {touched}".encode()
    arguments = b"(S'" + argument + b"'\ntR."
    for content in (b"c" + module.encode() + b"\n" + attribute.encode() + b"\n" + arguments,
                    b"\x80\x04" + stack_global(module.encode(), attribute.encode()) + arguments,
                    b"(S'" + argument + b"'\ni" + module.encode() + b"\n" + attribute.encode() + b"\n.",
                    b"(c" + module.encode() + b"\n" + attribute.encode() + b"\nS'" + argument + b"'\no."):
        with pytest.raises(PickleError) as caught:
            opened(content)
        assert f"asks for {name}," in str(caught.value)
    assert not touched.exists()


class Calls:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def test_a_command_in_a_files_place_is_not_run(tmp_path, capsys):
    source, out, touched = tmp_path / "a.pkl", tmp_path / "a.npz", tmp_path / "touched"
    source.write_bytes(pickle.dumps({"train": {"text": np.ones(3), "x": Calls(os.system, f"touch {touched}")}}))
    assert unpickle.main([str(source), str(out)]) == 1
    assert not touched.exists() and not out.exists() and capsys.readouterr().err.count("\n") == 1


def test_names_reached_through_dots_are_refused():
    with pytest.raises(PickleError, match="numpy.ndarray.__class__"):
        opened(b"\x80\x04" + stack_global(b"numpy", b"ndarray.__class__") + b".")


def test_stand_ins_have_nothing_to_change():
    for stand_in in set(ADMITTED.values()):
        assert not hasattr(stand_in, "__dict__")
    # BUILD with (None, {"__call__": 1}) sets attributes; {"a": 1} fills a __dict__.
    for state in (b"(NU\x08__call__K\x01sd\x85", b"}U\x01aK\x01s", b"N}U\x09__class__K\x01s\x86"):
        with pytest.raises(PickleError):
            opened(b"\x80\x02c_codecs\nencode\n" + state + b"b.")


@pytest.mark.parametrize("content", [
    b"\x80\x02cnumpy\nndarray\n(K\x05tR.",                       # numpy.ndarray(5)
    b"\x80\x02cnumpy\nndarray\n)\x81.",                          # ndarray.__new__
    b"\x80\x02c_codecs\nencode\n)\x81.",
    b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x05\x00\x00\x00rot13\x86R.",
    b"\x80\x02c_codecs\nencode\nK\x01X\x06\x00\x00\x00latin1\x86R.",
    b"\x80\x02c__builtin__\nbytearray\nJ\xff\xff\xff\x7f\x85R.",  # bytearray(2147483647)
    b"\x80\x02c__builtin__\nbytes\nJ\xff\xff\xff\x7f\x85R.",
    b"\x80\x02c__builtin__\nset\nK\x05\x85R.",
    b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nc_codecs\nencode\nK\x00\x85U\x01b\x87R.",
    b"\x80\x02cnumpy.core.multiarray\nscalar\nK\x01U\x01b\x86R.",
    b"Pid\n.", b"\x80\x02K\x01Q.", b"\x82\x01.", b"\x80\x05\x97.", b"\x80\x05\x98.",
])
def test_misused_names_and_opcodes_are_refused(content):
    with pytest.raises(PickleError):
        opened(content)


def array(dtype, shape, content, state=None):
    """A pickled array of whatever state."""

    class Kind:
        def __reduce__(self):
            return np._core.multiarray._reconstruct, (np.ndarray, (0,), b"b"), (1, shape, state or dtype, False, content)

    return pickle.dumps({"x": Kind()}, 3)


class Fields:
    """A dtype that claims to be plain bytes and has an object in them: an address made of the file's bytes."""

    def __reduce__(self):
        return np.dtype, ("V8", False, True), (3, "|", None, ("a",), {"a": (np.dtype(object), 0)}, 8, 1, 0)


@pytest.mark.parametrize("content", [
    array(np.dtype("f4"), (1 << 40,), b""),
    array(np.dtype("f4"), (2,), b"1234567"),
    array(np.dtype("f4"), (-1,), b""),
    array(np.dtype("f4"), "ab", b""),
    array(np.dtype("f4"), (1 << 31, 1 << 31, 4), b""),
    array(np.dtype("f4"), (1,) * 40, b"1234"),
    array(np.dtype("f4"), (1.0,), b"1234"),
    array(np.dtype("f4"), (1,), ["1234"]),
    array(np.dtype(object), (1 << 40,), []),
    array(np.dtype(object), (1,), b"12345678"),
    array(np.dtype("V8"), (1,), b"12345678"),
    array(np.dtype("M8[s]"), (1,), b"12345678"),
    array(np.dtype([("a", "f4")]), (1,), b"1234"),
    array(None, (1,), b"12345678", Fields()),
    array(np.dtype("U1"), (1,), b"\xff\xff\xff\xff"),
    pickle.dumps({"x": Calls(np._core.multiarray._reconstruct, np.ndarray, (1 << 40,), b"b")}, 2),
])
def test_arrays_that_lie_are_refused(content, tmp_path):
    (tmp_path / "a.pkl").write_bytes(content)
    assert unpickle.main([str(tmp_path / "a.pkl"), str(tmp_path / "a.npz")]) == 1
    assert not (tmp_path / "a.npz").exists()


@pytest.mark.parametrize("content", [
    b"\x80\x04N\x8d" + struct.pack("<Q", 1 << 62) + b"abc.",      # text of 4 EiB
    b"\x80\x04\x8e" + struct.pack("<Q", 1 << 50) + b"abc.",       # bytes
    b"\x80\x05\x96" + struct.pack("<Q", 1 << 40) + b"abc.",       # bytearray
    b"\x80\x02T" + struct.pack("<i", -1) + b".",
    b"\x80\x04\x95" + struct.pack("<Q", 1 << 60) + b"N.",         # a frame
    b"\x80\x02Nr" + struct.pack("<I", 0x7FFFFFFF) + b".",         # memo number 2147483647
    b"Np99999999999\n.",
    b"\x80\x02)" + b"\x85" * 1_000_000 + b"K\x01d.",
    b"\x80\x02}" + b")" + b"\x85" * 1_000_000 + b"K\x01s.",       # hashing this overruns the stack
    b"(" * 1_000_000, b"]" * 10 + b"a" * 20, b"0.", b"a.", b"h\x05.", b"u.", b".", b"\x80\x09N.", b"\xff", b"I" + b"9" * 10_000 + b"\n.",
])
def test_bombs_and_nonsense_end_in_an_error(content):
    with pytest.raises(PickleError):
        opened(content)


def laughs(levels, width, leaf):
    value = leaf
    for _ in range(levels):
        value = [value] * width
    return value


@pytest.mark.parametrize("value", [laughs(40, 2, [1]), laughs(9, 50, "a"), laughs(1, 100_000, np.zeros(10_000)),
                                   ["a" * 100_000] + [""] * 100_000])
def test_lists_that_name_one_thing_often_are_left_out(value, tmp_path, capsys):
    content = pickle.dumps({"bomb": value, "x": [1]})
    (tmp_path / "a.pkl").write_bytes(content)
    assert unpickle.main([str(tmp_path / "a.pkl"), str(tmp_path / "a.npz")]) == 0
    assert "left out bomb: it would take more than 64 times" in capsys.readouterr().err
    assert np.load(tmp_path / "a.npz").files == ["x"]


def test_things_that_hold_themselves_are_left_out(tmp_path, capsys):
    circle, tree, deep = [], {}, [1]
    circle.append(circle)
    tree["tree"] = tree
    for _ in range(100_000):
        deep = [deep]
    nested = b"\x80\x02}X\x04\x00\x00\x00deep" + b"(" * 0 + b"]" * 50_000 + b"a" * 49_999 + b"sX\x01\x00\x00\x00xK\x01s."
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"circle": circle, "tree": tree, "x": [1]}))
    (tmp_path / "b.pkl").write_bytes(nested)
    for name in ("a", "b"):
        assert unpickle.main([str(tmp_path / f"{name}.pkl"), str(tmp_path / f"{name}.npz")]) == 0
        assert np.load(tmp_path / f"{name}.npz").files == ["x"]
    told = capsys.readouterr().err
    assert told.count("deep") >= 3 and "left out circle" in told
    while deep != [1]:
        deep = deep[0]


def test_mutated_pickles_never_do_more_than_fail():
    """5,000 seeded mutants of a small pickle: each is read, or refused with a PickleError."""
    draws = np.random.default_rng(0)
    good = pickle.dumps({"train": {"x": np.arange(3.0), "id": ["a", "b"], "s": np.array(["u", b"v"], object)}}, 2)
    refused = 0
    for _ in range(5_000):
        content = bytearray(good)
        for at in draws.integers(0, len(good), draws.integers(1, 4)):
            content[at] = draws.integers(0, 256)
        try:
            unpickle.convert(opened(bytes(content)), len(content))
        except PickleError:
            refused += 1
    assert 0 < refused < 5_000
