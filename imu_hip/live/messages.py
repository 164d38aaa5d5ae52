"""What a running session sends many times a second, beside its view."""

from collections.abc import Mapping
from dataclasses import dataclass

from imu_hip.names import Segment, Side


@dataclass(frozen=True, slots=True)
class LegFrame:
    """The latest angles of one leg in degrees; None where they are not measured.

    `rotation_deg` is + internal, `shin_slope_deg` the shin's angle from the horizontal.
    """

    rotation_deg: float | None
    thigh_elevation_deg: float | None
    knee_flexion_deg: float | None
    shin_slope_deg: float | None


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """The latest angles.

    Parameters
    ----------
    time_s
        Seconds since the session began.
    sampled_unix_s
        Time of day at which the sensors took the newest sample in it, for measuring delay.
    """

    time_s: float
    sampled_unix_s: float
    legs: Mapping[Side, LegFrame]


@dataclass(frozen=True, slots=True)
class SensorHealth:
    """How one sensor does, for people."""

    segment: Segment
    state: str
    streams: bool
    rate_hz: float
    lost_percent: float | None
    battery_percent: float | None
    problem: str
