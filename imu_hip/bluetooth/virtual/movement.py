"""What a virtual sensor feels: a recording or a simulated leg, at any time."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, interpolate_at
from imu_hip.recording.recording import SensorStream


@dataclass(frozen=True, slots=True, eq=False)
class Felt:
    """What a sensor feels at given times, shapes (n, 4), (n, 3) and (n, 3).

    Quantities are in the sensor frame; earth z is up.
    """

    q_earth_sensor: FloatArray
    acc_mps2: FloatArray
    gyr_dps: FloatArray


class Movement(Protocol):
    """A movement of one sensor over true time."""

    def at(self, time_s: FloatArray) -> Felt:
        """What is felt at times since the beginning, shape (n,); held before it and after."""


@dataclass(frozen=True, slots=True, eq=False)
class PlayedStream:
    """The movement of a recorded stream that has orientation, acceleration and angular velocity.

    After its end the movement stays where it was, or begins anew where `repeats`.
    """

    stream: SensorStream
    repeats: bool = False

    def at(self, time_s: FloatArray) -> Felt:
        """What is felt at times since the beginning, shape (n,)."""
        stream = self.stream
        q, acc, gyr = stream.q_earth_sensor, stream.acc_mps2, stream.gyr_dps
        if q is None or acc is None or gyr is None:
            msg = f"the {stream.segment.words} stream lacks a quantity that sensors measure"
            raise ValueError(msg)
        own_s = stream.time_s - stream.time_s[0]
        at_s = np.mod(time_s, own_s[-1]) if self.repeats else time_s
        return Felt(
            interpolate_at(own_s, q, at_s),
            np.column_stack([np.interp(at_s, own_s, axis) for axis in acc.T]),
            np.column_stack([np.interp(at_s, own_s, axis) for axis in gyr.T]),
        )
