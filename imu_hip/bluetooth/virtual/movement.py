"""What a virtual sensor feels: a recording or a simulated leg, at any time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from imu_hip.kinematics.orientation import angular_velocity_dps, orient_offline
from imu_hip.kinematics.quaternion import (
    BoolArray,
    FloatArray,
    columns,
    conjugate,
    interpolate_at,
    matrix,
    rotate,
)
from imu_hip.names import GRAVITY_MPS2, Segment
from imu_hip.recording.recording import Recording, SensorStream
from imu_hip.simulation.felt import Felt
from imu_hip.simulation.live_person import LivePerson

ACC_RANGE_MPS2: Final = 16.0 * GRAVITY_MPS2
GYR_RANGE_DPS: Final = 2000.0
"""Ranges of the chips in all of these sensors."""


def within_range(values: FloatArray, limit: float) -> tuple[FloatArray, BoolArray]:
    """Values held within a range, and which of them left it, both of the shape of `values`."""
    return np.clip(values, -limit, limit), np.abs(values) > limit


def roll_pitch_yaw_deg(q_earth_sensor: FloatArray) -> FloatArray:
    """Euler angles, shape (n, 3): yaw about z, then pitch about y, then roll about x."""
    r = matrix(q_earth_sensor)
    pitch = np.arcsin(np.clip(-r[:, 2, 0], -1.0, 1.0))
    roll = np.arctan2(r[:, 2, 1], r[:, 2, 2])
    yaw = np.arctan2(r[:, 1, 0], r[:, 0, 0])
    return np.degrees(columns(roll, pitch, yaw))


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


@dataclass(slots=True)
class Stage:
    """When the movement of all sensors begins; before, everybody holds the first posture.

    Parameters
    ----------
    began_s
        True time of the beginning; infinite while it has not begun.
    """

    began_s: float = np.inf

    def since_s(self, time_s: FloatArray) -> FloatArray:
        """Time since the beginning, 0 before it, shape (n,)."""
        return np.maximum(time_s - self.began_s, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Staged:
    """A movement that begins when its stage says so."""

    movement: Movement
    stage: Stage

    def at(self, time_s: FloatArray) -> Felt:
        """What is felt at true times, shape (n,)."""
        return self.movement.at(self.stage.since_s(time_s))


def movements(wearer: Recording | LivePerson) -> Mapping[Segment, Movement]:
    """What each sensor feels that a person wears, or wore when a recording was made."""
    if isinstance(wearer, LivePerson):
        return {segment: wearer.movement(segment) for segment in Segment}
    return played(wearer)


def played(recording: Recording) -> dict[Segment, Movement]:
    """The movements of a recording; what its sensors did not measure is computed.

    A missing orientation is that of the filter; missing rates are those of the orientation, and
    missing acceleration is gravity alone.
    """
    return {
        segment: PlayedStream(_complete(stream)) for segment, stream in recording.streams.items()
    }


def _complete(stream: SensorStream) -> SensorStream:
    q, acc, gyr = stream.q_earth_sensor, stream.acc_mps2, stream.gyr_dps
    if q is None and acc is not None and gyr is not None:
        q = orient_offline(acc, gyr, stream.sampling_rate_hz)
    if q is None:
        msg = f"the {stream.segment.words} stream was not validated"
        raise ValueError(msg)
    if gyr is None:
        gyr = angular_velocity_dps(q, stream.sampling_rate_hz)
    if acc is None:
        acc = rotate(conjugate(q), np.array([0.0, 0.0, GRAVITY_MPS2]))
    return replace(stream, q_earth_sensor=q, acc_mps2=acc, gyr_dps=gyr)
