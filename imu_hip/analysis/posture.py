"""Which way the segments of a leg lean, once their long axes are known."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.gravity import up_in_sensor
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.names import SHIN, THIGH, Side
from imu_hip.recording.timeline import Timeline

LEVEL_THIGH = np.sin(np.deg2rad(35.0))
HANGING_SHIN = np.cos(np.deg2rad(40.0))


@dataclass(frozen=True, slots=True)
class LegPosture:
    """Up along the long axes of a leg, shape (n,): 1 is standing upright, 0 is level."""

    thigh: FloatArray
    shin: FloatArray

    @property
    def thigh_level(self) -> BoolArray:
        """Where the thigh is within 35° of level."""
        level: BoolArray = np.abs(self.thigh) < LEVEL_THIGH
        return level

    @property
    def sitting(self) -> BoolArray:
        """Where the thigh is near level and the shin hangs."""
        sitting: BoolArray = self.thigh_level & (self.shin > HANGING_SHIN)
        return sitting


def leg_posture(
    timeline: Timeline, side: Side, y_thigh: FloatArray, y_shin: FloatArray
) -> LegPosture:
    """Posture of a leg from its sensors' long axes, shape (3,)."""
    return LegPosture(
        thigh=up_in_sensor(timeline.q_earth_sensor[THIGH[side]]) @ y_thigh,
        shin=up_in_sensor(timeline.q_earth_sensor[SHIN[side]]) @ y_shin,
    )
