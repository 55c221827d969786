"""Every spelling of an id, and the recording that it is part of."""

import pytest
from grf_shards.ids import canonical_id, read_id, video_of


@pytest.mark.parametrize("name, entry, segment, video", [
    ("v[4]", "v", 4, "v"), ("v[1][2]", "v[1]", 2, "v"), ("v$_$3", "v", 3, "v"), ("video_0001$_$0012", "video_0001", 12, "video_0001"),
    ("v", "v", None, "v"), ("v@12.5", "v@12.5", None, "v"), ("v@-0.5[0]", "v@-0.5", 0, "v"), ("v$_$1[0]", "v$_$1", 0, "v"),
    ("x_1", "x", 1, "x_1"), ("y_1", "y_1", None, "y_1"), ("x_", "x_", None, "x_"), ("a@b", "a@b", None, "a@b"),
    ("$_$1", "$_$1", None, "$_$1"), ("x_9", "x_9", None, "x_9"), ("[3]", "[3]", None, "[3]"), ("", "", None, "")])
def test_ids_are_read_in_every_spelling(name, entry, segment, video):
    assert read_id(name, {"x", "x_9"}) == (entry, segment)
    assert video_of(name) == video


@pytest.mark.parametrize("name, spelled", [("v$_$03", "v[3]"), ("x_1", "x[1]"), ("y_1", "y_1"), ("v[1][2]", "v[1][2]"), ("v", "v")])
def test_ids_are_spelled_as_datasets_do(name, spelled):
    assert canonical_id(name, {"x"}) == spelled
