"""Files of a sensor while they are fetched: pieces in any order, over crashes."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.bluetooth.drivers.dialogue import Keep
from imu_hip.bluetooth.part_file import PartFile, add_interval
from imu_hip.errors import RecordingError

UNIT = 4
WHOLE = bytes(range(200))


def piece(start, end):
    return Keep(start, WHOLE[start * UNIT : end * UNIT], UNIT)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=30))
def test_intervals_cover_just_what_was_added(added):
    held = []
    for start, length in added:
        add_interval(held, start, start + length)
    covered = [i for start, end in held for i in range(start, end)]
    assert covered == sorted({i for start, n in added for i in range(start, start + n)})
    # Neighbours that touch are one interval.
    assert all(before[1] < after[0] for before, after in pairwise(held))


def test_pieces_in_any_order_make_the_file(tmp_path):
    part = PartFile(tmp_path / "a.bin", UNIT)
    part.save([piece(20, 50), piece(0, 5)])
    assert part.held == ((0, 5), (20, 50))
    with pytest.raises(RecordingError, match="35 of 50 pieces"):
        part.finish(50)
    part.save([piece(4, 21)])
    part.finish(50)
    assert (tmp_path / "a.bin").read_bytes() == WHOLE
    assert [file.name for file in tmp_path.iterdir()] == ["a.bin"]


def test_another_attempt_goes_on_where_the_first_broke_off(tmp_path):
    PartFile(tmp_path / "a.bin", UNIT).save([piece(0, 30)])
    part = PartFile(tmp_path / "a.bin", UNIT)
    assert part.held == ((0, 30),)
    part.save([piece(30, 50)])
    part.finish(50)
    assert (tmp_path / "a.bin").read_bytes() == WHOLE


def test_pieces_of_another_size_are_not_mixed(tmp_path):
    PartFile(tmp_path / "a.bin", UNIT).save([piece(0, 30)])
    assert PartFile(tmp_path / "a.bin", 2).held == ()


@pytest.mark.parametrize("note", ["", "{", '{"unit_bytes": 4}', '{"unit_bytes": 4, "held": 3}'])
def test_a_damaged_note_is_told_and_nothing_is_removed(tmp_path, note):
    part = PartFile(tmp_path / "a.bin", UNIT)
    part.save([piece(0, 30)])
    (tmp_path / "a.bin.part.json").write_text(note)
    with pytest.raises(RecordingError, match="is damaged"):
        PartFile(tmp_path / "a.bin", UNIT)
    assert (tmp_path / "a.bin.part").read_bytes() == WHOLE[:120]


def test_the_note_claims_no_more_than_was_saved(tmp_path):
    part = PartFile(tmp_path / "a.bin", UNIT)
    part.save([piece(0, 10)])
    note = json.loads((tmp_path / "a.bin.part.json").read_text())
    assert note["held"] == [[0, 10]]


def test_an_empty_file_is_complete_at_once(tmp_path):
    PartFile(tmp_path / "a.bin", UNIT).finish(0)
    assert (tmp_path / "a.bin").read_bytes() == b""
