"""A journal beside the event loop: a disk that refuses costs nothing, up to a bound."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from imu_hip.bluetooth import journal_keeper
from imu_hip.bluetooth.journal_keeper import JournalKeeper, clock_step_text
from imu_hip.errors import OutputError


@dataclass
class Disk:
    """A journal on a disk that can be full."""

    path: Path = Path("run.parquet.journal")
    full: bool = False
    closed: bool = False
    rows: list = field(default_factory=list)
    events: list = field(default_factory=list)

    def write(self, rows, events):
        if self.full:
            raise OutputError("The disk is full.", "Free space.")
        self.rows += rows
        self.events += events

    def close(self):
        self.closed = True


async def test_samples_and_events_reach_the_disk_in_their_order():
    disk = Disk()
    keeper = JournalKeeper(disk)
    keeper.add([1, 2], ["a"])
    keeper.add([3], [])
    await keeper.flush()
    keeper.add([4], ["b"])
    await keeper.close()
    assert disk.rows == [1, 2, 3, 4]
    assert disk.events == ["a", "b"]
    assert disk.closed
    assert keeper.saved_rows == 4
    assert keeper.held_rows == 0


async def test_what_a_full_disk_refuses_is_held_told_and_written_later_in_order():
    disk = Disk(full=True)
    keeper = JournalKeeper(disk)
    keeper.add([1, 2], ["a"])
    await keeper.flush()
    assert keeper.trouble == "The disk is full. Free space."
    keeper.add([3], ["b"])
    await keeper.flush()
    assert (keeper.held_rows, keeper.saved_rows) == (3, 0)
    disk.full = False
    await keeper.flush()
    assert keeper.trouble == ""
    assert (keeper.held_rows, keeper.saved_rows) == (0, 3)
    assert disk.rows == [1, 2, 3]
    assert disk.events == ["a", "b"]


async def test_memory_is_bounded_where_the_disk_refuses_for_long(monkeypatch):
    monkeypatch.setattr(journal_keeper, "MOST_HELD_ROWS", 5)
    keeper = JournalKeeper(Disk(full=True))
    keeper.add(range(5), [])
    await keeper.flush()
    keeper.add([5], [])
    with pytest.raises(OutputError, match="disk is full"):
        await keeper.flush()
    # Even then they are there, for a last attempt at the end.
    assert keeper.held_rows == 6


async def test_a_disk_that_refuses_to_the_end_is_an_error_that_counts_what_is_lost():
    disk = Disk()
    keeper = JournalKeeper(disk)
    keeper.add([1, 2, 3], [])
    await keeper.flush()
    disk.full = True
    keeper.add([4, 5], [])
    with pytest.raises(OutputError, match=r"last 2 samples.*disk is full.*3 samples came before"):
        await keeper.close()
    assert disk.closed


@pytest.mark.parametrize(
    ("wall_s", "steady_s", "expected"),
    [
        (100.5, 50.5, ""),
        # NTP may slew a clock or set it by a fraction of a second.
        (101.4, 50.5, ""),
        (99.6, 50.5, ""),
        # 0.5 s went by, and the time of day jumped by an hour.
        (3700.5, 50.5, "forward by 3600 s"),
        (-3499.5, 50.5, "back by 3600 s"),
        # Asleep for 20 s: the steady clock of Linux stands still meanwhile.
        (120.5, 50.5, "forward by 20 s"),
    ],
)
def test_a_step_of_the_time_of_day_is_told_with_its_size(wall_s, steady_s, expected):
    text = clock_step_text(wall_s, steady_s, (100.0, 50.0))
    assert expected in text
    assert bool(text) == bool(expected)
