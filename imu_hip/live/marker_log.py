"""The marked parts of a session's recording, as they happen."""

from dataclasses import replace

from imu_hip.analysis.spans import LABEL
from imu_hip.guidance.view import SessionView, Stage
from imu_hip.names import MarkerLabel, Side
from imu_hip.recording.recording import Marker

Part = tuple[MarkerLabel, Side | None]


def part_of(view: SessionView) -> Part | None:
    """What is recorded while a session shows this view; None where it is nothing to measure.

    Repetitions that only make somebody familiar with a movement are no part of the test.
    """
    if view.paused:
        return None
    if view.stage is Stage.MEASURE and view.task is not None:
        return LABEL[view.task], view.side
    if view.stage is Stage.STRETCH and view.side is not None:
        return MarkerLabel.STRETCH, view.side
    return None


class MarkerLog:
    """Markers of one recording; times are those of the recording, in seconds."""

    def __init__(self) -> None:
        self._ended: list[Marker] = []
        self._open: tuple[Part, float] | None = None

    def follow(self, part: Part | None, time_s: float) -> bool:
        """Take note of what is recorded from now on; tells whether that is something else."""
        before = self._open[0] if self._open else None
        if part == before:
            return False
        self._ended = list(self.until(time_s))
        self._open = None if part is None else (part, time_s)
        return True

    def calibrated(self, marker: Marker) -> None:
        """A pose or movement that calibrates; an earlier one of its kind counts no more."""
        kind = (marker.label, marker.side)
        self._ended = [m for m in self._ended if (m.label, m.side) != kind]
        start_s = max(marker.start_s, 0.0)
        if marker.end_s > start_s:
            self._ended.append(replace(marker, start_s=start_s))

    def until(self, time_s: float) -> tuple[Marker, ...]:
        """All markers, the part that goes on ended at this time."""
        if self._open is None:
            return tuple(self._ended)
        (label, side), start_s = self._open
        start_s = max(start_s, 0.0)
        if time_s <= start_s:
            return tuple(self._ended)
        return (*self._ended, Marker(label, start_s, time_s, side))
