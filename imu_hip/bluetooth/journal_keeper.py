"""Writing a journal beside the event loop, whatever the disk and the computer's clock do."""

import asyncio
from collections.abc import Sequence
from typing import Final

from imu_hip.errors import OutputError
from imu_hip.recording.journal import JournalEvent, JournalRow
from imu_hip.recording.journal_writer import JournalWriter

MOST_HELD_ROWS: Final = 150_000
"""Six minutes of seven sensors at 60 Hz, in about 100 MB of memory."""

CLOCK_STEP_S: Final = 1.0
"""The clocks of a computer drift apart by less; more means that one was set."""


class JournalKeeper:
    """Hands samples to a journal and holds back what the disk does not take now.

    Parameters
    ----------
    writer
        The journal; it is written to in another thread, one batch at a time.
    """

    def __init__(self, writer: JournalWriter) -> None:
        self._writer = writer
        self._rows: list[JournalRow] = []
        self._events: list[JournalEvent] = []
        self.saved_rows = 0
        """Samples that the disk has."""
        self.trouble = ""
        """What keeps the disk from taking samples, as a sentence; empty while it takes them."""

    @property
    def held_rows(self) -> int:
        """Samples that are in memory only."""
        return len(self._rows)

    def add(self, rows: Sequence[JournalRow], events: Sequence[JournalEvent]) -> None:
        """Take samples and events for the next `flush`."""
        self._rows.extend(rows)
        self._events.extend(events)

    async def flush(self) -> None:
        """Write what was added and wait until the disk has it.

        Raises
        ------
        OutputError
            Where the disk has refused for so long that memory would run out.
        """
        rows, events = self._rows, self._events
        self._rows, self._events = [], []
        try:
            await asyncio.to_thread(self._writer.write, rows, events)
            self.saved_rows += len(rows)
            self.trouble = ""
        except OutputError as error:
            self._rows, self._events = rows + self._rows, events + self._events
            self.trouble = str(error)
            if len(self._rows) > MOST_HELD_ROWS:
                raise

    async def close(self) -> None:
        """Write what is left and end the journal.

        Raises
        ------
        OutputError
            Where samples cannot be saved.
        """
        try:
            await self.flush()
        finally:
            self._writer.close()
        if self.trouble:
            raise OutputError(
                f"The last {len(self._rows)} samples could not be saved: {self.trouble}",
                f"{self.saved_rows} samples came before and were saved.",
            )


def clock_step_text(wall_s: float, steady_s: float, last: tuple[float, float]) -> str:
    """Tell whether the time of day was set, or the computer slept, since the last look.

    Parameters
    ----------
    wall_s, steady_s
        Time of day and a clock that nobody can set.
    last
        Both at the last look.
    """
    step_s = (wall_s - last[0]) - (steady_s - last[1])
    if abs(step_s) < CLOCK_STEP_S:
        return ""
    direction = "forward" if step_s > 0 else "back"
    return (
        f"The computer's time of day went {direction} by {abs(step_s):.0f} s (it was set, or the "
        "computer slept). Sample times are not touched by it."
    )
