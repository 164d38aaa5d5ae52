"""A file of a sensor while it is fetched: which pieces are safe on disk, over crashes and links."""

import json
import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Final

from imu_hip.bluetooth.drivers.dialogue import Keep
from imu_hip.errors import OutputError, RecordingError
from imu_hip.recording.formats.files import replacing

Interval = tuple[int, int]

PART_SUFFIX: Final = ".part"
STATE_SUFFIX: Final = ".part.json"


def add_interval(held: list[Interval], start: int, end: int) -> None:
    """Add one to intervals `[start, end)`, which stay ascending and apart."""
    # A lossy download of hours holds thousands of them, and a million pieces are added.
    first = bisect_left(held, start, key=lambda interval: interval[1])
    after = bisect_right(held, end, key=lambda interval: interval[0])
    if first < after:
        start, end = min(start, held[first][0]), max(end, held[after - 1][1])
    held[first:after] = [(start, end)]


class PartFile:
    """Pieces of a file in place beside a note of which are there.

    The note never claims more than the disk has: pieces are written and synchronised first.

    Parameters
    ----------
    final
        Where the whole file will be.
    unit_bytes
        Size of the units in which pieces are counted.

    Raises
    ------
    RecordingError
        Where the note of an earlier attempt is damaged.
    """

    def __init__(self, final: Path, unit_bytes: int) -> None:
        self.final = final
        self.unit_bytes = unit_bytes
        self._data = final.with_name(final.name + PART_SUFFIX)
        self._state = final.with_name(final.name + STATE_SUFFIX)
        self.held = self._read_state()

    @property
    def held_units(self) -> int:
        """How many units are safe."""
        return sum(end - start for start, end in self.held)

    def save(self, pieces: Iterable[Keep]) -> None:
        """Write pieces and wait until the disk has them.

        Raises
        ------
        OutputError
            Where it cannot be written; what was saved before stays.
        """
        held = list(self.held)
        try:
            with self._data.open("r+b" if self._data.exists() else "x+b") as file:
                for piece in pieces:
                    file.seek(piece.start * self.unit_bytes)
                    file.write(piece.data)
                    add_interval(held, piece.start, piece.end)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(
                f"{self._data} cannot be written: {error.strerror or error}.",
                "Free space or reconnect the disk and download again; it goes on where it broke "
                "off.",
            ) from error
        state = {"unit_bytes": self.unit_bytes, "held": held}
        with replacing(self._state) as unfinished:
            unfinished.write_text(json.dumps(state), encoding="utf-8")
        self.held = tuple(held)

    def finish(self, units: int) -> None:
        """Give the whole file its name.

        Raises
        ------
        RecordingError
            Where something of it is missing; the pieces stay.
        """
        if self.held != (((0, units),) if units else ()):
            raise RecordingError(
                f"{self.final.name} is not complete: {self.held_units} of {units} pieces are here.",
                "Download again; it goes on where it broke off.",
            )
        if units:
            os.truncate(self._data, units * self.unit_bytes)
            self._data.replace(self.final)
        else:
            self.final.write_bytes(b"")
        self._state.unlink(missing_ok=True)

    def _read_state(self) -> tuple[Interval, ...]:
        if not self._state.exists() or not self._data.exists():
            return ()
        try:
            state = json.loads(self._state.read_text(encoding="utf-8"))
            same = state["unit_bytes"] == self.unit_bytes
            held = tuple((int(start), int(end)) for start, end in state["held"])
            if any(
                not after <= start < end for (_, after), (start, end) in pairwise(((0, 0), *held))
            ):
                raise ValueError("pieces that overlap or are empty")
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise RecordingError(
                f"{self._state.name} is damaged.",
                f"Remove it and {self._data.name} and download again; the sensor still has it all.",
            ) from error
        return held if same else ()
