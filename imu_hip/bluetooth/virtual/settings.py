"""How a virtual sensor differs from a perfect one."""

from dataclasses import dataclass
from typing import Final

EMPTY_PERCENT: Final = 2
"""At this charge every kind of sensor switches itself off."""


@dataclass(frozen=True, slots=True)
class VirtualSensorSettings:
    """One virtual sensor.

    Parameters
    ----------
    serial, tag
        How it identifies itself; the tag is a name such as `left_thigh`.
    drift_ppm
        How much faster than true time its clock runs.
    clock_start_s
        What its clock shows when the world begins.
    battery_percent, battery_drain_percent_per_h
        Charge at the beginning and its loss; at `EMPTY_PERCENT` it switches off.
    export_rate_per_s
        Notifications a second while stored data are sent.
    memory_bytes
        Size of its memory for recordings.
    """

    serial: str
    tag: str = ""
    drift_ppm: float = 0.0
    clock_start_s: float = 3.0
    battery_percent: float = 83.0
    battery_drain_percent_per_h: float = 10.0
    export_rate_per_s: float = 400.0
    memory_bytes: int = 64 * 2**20

    def battery_level(self, elapsed_s: float) -> int:
        """Charge in percent some time after the beginning."""
        left = self.battery_percent - self.battery_drain_percent_per_h * elapsed_s / 3600.0
        return max(0, round(left))
