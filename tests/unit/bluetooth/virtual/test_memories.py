"""What virtual sensors keep between commands."""

import json

import pytest

from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.memories import (
    Memories,
    memories_path,
    read_memories,
    write_memories,
)
from imu_hip.bluetooth.virtual.profiles import Kept
from imu_hip.errors import RecordingError
from imu_hip.names import Segment

CLOCK = Clockwork(1_795_000_000.25, -20.0, 3.0)
MEMORIES = Memories(
    {
        Segment.LEFT_SHIN: Kept('{"files": []}', CLOCK),
        Segment.PELVIS: Kept("[]"),
    },
    1_795_000_123.5,
)


def test_memories_come_back_as_they_were(tmp_path):
    path = memories_path(tmp_path / "made" / "on the way", "dot")
    write_memories(MEMORIES, path)
    assert read_memories(path) == MEMORIES
    assert [file.name for file in path.parent.iterdir()] == ["dot.json"]


def test_memories_of_kinds_lie_apart(tmp_path):
    assert memories_path(tmp_path, "dot") != memories_path(tmp_path, "capture2go")


def test_without_a_file_memories_are_empty(tmp_path):
    assert read_memories(tmp_path / "dot.json") == Memories({})


def test_later_memories_replace_earlier_ones(tmp_path):
    path = tmp_path / "dot.json"
    write_memories(MEMORIES, path)
    write_memories(Memories({}), path)
    assert read_memories(path) == Memories({})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"sensors": [], "movement_began_s": null}',
        '{"sensors": {"knee": {"memory": "", "clock": null}}, "movement_began_s": null}',
        '{"sensors": {"pelvis": null}, "movement_began_s": null}',
        '{"sensors": {"pelvis": {"memory": ""}}, "movement_began_s": null}',
        '{"sensors": {"pelvis": {"memory": "", "clock": {"ticks": 1}}}, "movement_began_s": null}',
        '{"sensors": {}}',
        "\xff",
    ],
)
def test_a_damaged_file_is_refused_with_what_to_do(tmp_path, text):
    path = tmp_path / "dot.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(RecordingError, match=r"dot\.json is damaged.*Remove it"):
        read_memories(path)


def test_a_file_cut_off_anywhere_is_refused(tmp_path):
    path = tmp_path / "dot.json"
    write_memories(MEMORIES, path)
    whole = path.read_text()
    assert json.loads(whole)
    for length in range(len(whole) - 1):
        path.write_text(whole[:length])
        with pytest.raises(RecordingError, match="is damaged"):
            read_memories(path)
