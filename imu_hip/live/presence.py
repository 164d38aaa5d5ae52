"""Which sensors have fallen silent, and which are heard again."""

from collections.abc import Collection

from imu_hip.bluetooth.capture import Captured
from imu_hip.guidance.events import SensorBack, SensorLost
from imu_hip.names import Segment

SILENT_S = 1.0
"""A radio that is busy for a moment is no sensor lost."""


class Presence:
    """Watches when each sensor was last heard."""

    def __init__(self, segments: Collection[Segment], now_s: float) -> None:
        self._heard_s = dict.fromkeys(segments, now_s)
        self._away: set[Segment] = set()

    def update(self, captured: Captured, now_s: float) -> list[SensorLost | SensorBack]:
        """What has changed with what was captured until now."""
        events: list[SensorLost | SensorBack] = []
        for segment, heard_s in self._heard_s.items():
            if captured.samples.get(segment):
                self._heard_s[segment] = now_s
                if segment in self._away:
                    self._away.discard(segment)
                    events.append(SensorBack(segment))
            elif now_s - heard_s > SILENT_S and segment not in self._away:
                self._away.add(segment)
                events.append(SensorLost(segment))
        return events
