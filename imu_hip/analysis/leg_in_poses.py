"""One leg while it is calibrated live: whether it is still, how it sits, how its knee moves."""

import math
from dataclasses import dataclass

import numpy as np

from imu_hip.analysis.knee_extensions import CLEAR_EXTENSION_DEG, KneeExtensions
from imu_hip.analysis.leg_rows import LegRows
from imu_hip.analysis.phases import (
    EXTENDING_ABOVE_DPS,
    LARGEST_THIGH_SPEED,
    SHORTEST_EXTENSION_S,
)
from imu_hip.analysis.posture import HANGING_SHIN, LEVEL_THIGH
from imu_hip.analysis.stillness import Stillness
from imu_hip.kinematics.gravity import up_in_sensor
from imu_hip.kinematics.live_orientation import OrientedBlock
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import SHIN, THIGH, Side

POSE_S = 5.0
STILL_S = 3.0
"""A pose lasts so long, and for so much of it all sensors have to be still at the end."""

EXTENSIONS = 3

CLEARLY_MOVED_DEG = 35.0


@dataclass(frozen=True, slots=True)
class LongAxes:
    """Long axes of a leg's segments in their sensors, from standing, shape (3,)."""

    thigh: FloatArray
    shin: FloatArray


class LegInPoses:
    """One leg from the first pose to the end of its calibration.

    Parameters
    ----------
    side, sampling_rate_hz
        The leg and the rate of its grid.
    """

    def __init__(self, side: Side, sampling_rate_hz: float) -> None:
        self.side = side
        self.rows = LegRows(side, sampling_rate_hz)
        self.still = Stillness((THIGH[side], SHIN[side]), sampling_rate_hz)
        self.knee = KneeExtensions()
        self.axes: LongAxes | None = None
        self.begun_s: float | None = None
        self.now_s = 0.0
        self._rate_hz = sampling_rate_hz
        self._up: tuple[FloatArray, FloatArray] | None = None
        self._moving = 0
        self._thigh_dps = self._shin_dps = 0.0
        self._thigh_from: FloatArray | None = None
        self._thigh_turned_deg = 0.0

    def begin(self) -> None:
        """A pose or movement begins."""
        self.still.begin()
        self.begun_s = None
        self.knee = KneeExtensions()
        self._moving = 0
        self._thigh_dps = self._shin_dps = 0.0
        self._thigh_from, self._thigh_turned_deg = None, 0.0

    def stood(self, start_s: float, end_s: float) -> None:
        """Take the long axes from standing still."""
        self.axes = LongAxes(
            self.rows.mean_up(THIGH[self.side], start_s, end_s),
            self.rows.mean_up(SHIN[self.side], start_s, end_s),
        )

    def feed(self, time_s: FloatArray, thigh: OrientedBlock, shin: OrientedBlock) -> None:
        """Take the next samples."""
        if not len(time_s):
            return
        self.rows.add(time_s, (thigh, shin))
        self.now_s = float(time_s[-1])
        if self.begun_s is None:
            self.begun_s = float(time_s[0])
        up_thigh, up_shin = up_in_sensor(thigh.q_earth_sensor), up_in_sensor(shin.q_earth_sensor)
        speeds = (np.sqrt(np.sum(block.gyr_dps**2, axis=1)) for block in (thigh, shin))
        samples = zip(
            time_s.tolist(), *(speed.tolist() for speed in speeds), up_thigh, up_shin, strict=True
        )
        for at_s, thigh_dps, shin_dps, thigh_up, shin_up in samples:
            self.still.step(at_s, (thigh_dps, shin_dps))
            if self.axes is not None and np.isfinite(thigh_up[0] + shin_up[0]):
                self._up = (thigh_up, shin_up)
                self._follow(self.axes, thigh_dps, shin_dps)

    def _follow(self, axes: LongAxes, thigh_dps: float, shin_dps: float) -> None:
        if self._up is None:
            return
        thigh_up, shin_up = self._up
        self.knee.step(_between_deg(shin_up, axes.shin))
        if self._thigh_from is None:
            self._thigh_from = thigh_up
        self._thigh_turned_deg = max(
            self._thigh_turned_deg, _between_deg(thigh_up, self._thigh_from)
        )
        if shin_dps > EXTENDING_ABOVE_DPS:
            self._moving += 1
            self._thigh_dps += thigh_dps
            self._shin_dps += shin_dps

    def pose_until_now(self) -> tuple[float, float]:
        """The time of the pose if it had to be taken now: all that was still, or the last of it."""
        return self.still.span_s or (max(self.now_s - STILL_S, self.begun_s or 0.0), self.now_s)

    @property
    def still_fraction(self) -> float:
        """How much of a pose is done, 0 to 1."""
        if self.begun_s is None:
            return 0.0
        still, lasted = self.still.lasted_s / STILL_S, (self.now_s - self.begun_s) / POSE_S
        return min(still, lasted, 1.0)

    @property
    def extended_fraction(self) -> float:
        """How much of the knee extensions is done, 0 to 1."""
        if self.knee.count >= EXTENSIONS and not self.too_slow:
            return 1.0
        return min((self.knee.count + 0.5 * self.knee.out) / EXTENSIONS, 0.95)

    @property
    def too_slow(self) -> bool:
        """Whether the knee moved too slowly for its hinge to be seen."""
        return self._moving < SHORTEST_EXTENSION_S * self._rate_hz

    @property
    def thigh_moves_along(self) -> bool:
        """Whether the thigh moves while the knee is straightened."""
        return (
            self._moving > SHORTEST_EXTENSION_S * self._rate_hz
            and self._thigh_dps > LARGEST_THIGH_SPEED * self._shin_dps
        )

    @property
    def thigh_moves_instead(self) -> bool:
        """Whether the sensor of the thigh swings up and that of the shin does not."""
        return (
            self._thigh_turned_deg > CLEARLY_MOVED_DEG
            and self.knee.highest_deg < CLEAR_EXTENSION_DEG
        )

    def sitting_problem(self) -> str:
        """What is wrong with how the leg sits; empty where nothing is."""
        if self.axes is None or self._up is None:
            return "Stand still first"
        side = self.side.value
        thigh, shin = float(self._up[0] @ self.axes.thigh), float(self._up[1] @ self.axes.shin)
        if thigh > HANGING_SHIN:
            if abs(shin) < LEVEL_THIGH:
                return (
                    f"The sensors of the {side} thigh and shin seem to be exchanged: the thigh's "
                    "stayed upright and the shin's lies level"
                )
            return (
                f"Sit down: the {side} thigh is as upright as in the first pose. If you do sit, "
                "you sat then, too: calibrate again and stand up for the first pose"
            )
        if abs(thigh) > LEVEL_THIGH:
            slope_deg = abs(math.degrees(math.asin(max(min(thigh, 1.0), -1.0))))
            return f"Sit so that the {side} thigh lies level; it slopes by {slope_deg:.0f}°"
        if shin < HANGING_SHIN:
            return f"Put the {side} foot under the knee, so that the shin hangs straight down"
        return ""


def _between_deg(a: FloatArray, b: FloatArray) -> float:
    return math.degrees(math.acos(max(min(float(a @ b), 1.0), -1.0)))
