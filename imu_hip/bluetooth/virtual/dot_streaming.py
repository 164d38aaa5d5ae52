"""What a virtual Movella DOT measures while it streams, and the heading that it reports."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from imu_hip.bluetooth.drivers.movella_dot_control import Reset
from imu_hip.bluetooth.drivers.movella_dot_modes import PayloadMode, Quantity
from imu_hip.bluetooth.drivers.movella_dot_packets import MAG_IS_NEW, DotPacket, DotStatus, pack
from imu_hip.bluetooth.drivers.samples import Vector
from imu_hip.bluetooth.virtual.clockwork import Clockwork, Sampling
from imu_hip.bluetooth.virtual.dot_sensing import MAG_EARTH_AU, clipping_bits
from imu_hip.bluetooth.virtual.movement import (
    ACC_RANGE_MPS2,
    GYR_RANGE_DPS,
    Movement,
    within_range,
)
from imu_hip.bluetooth.virtual.profile import Notification
from imu_hip.kinematics.quaternion import FloatArray, conjugate, multiply, rotate
from imu_hip.names import GRAVITY_MPS2

TICK_MODULUS = 2**32
GRAVITY = np.array([0.0, 0.0, GRAVITY_MPS2])


class Heading:
    """The heading that a sensor reports: reset, reverted, lost at a reboot."""

    def __init__(self) -> None:
        self.state = Reset.DEFAULT
        self.succeeded = False
        self.q_reported_earth = np.array([1.0, 0.0, 0.0, 0.0])

    def take(self, command: int, q_earth_sensor: FloatArray | None) -> None:
        """Follow a command; a reset needs a measured orientation and no reset before it.

        Parameters
        ----------
        q_earth_sensor
            Orientation now, shape (4,); None where none is measured.
        """
        self.succeeded = q_earth_sensor is not None and self._follow(command, q_earth_sensor)

    def reported(self, q_earth_sensor: FloatArray) -> FloatArray:
        """Orientations as the sensor tells them, shape (n, 4)."""
        if self.state is not Reset.HEADING:
            return q_earth_sensor
        return multiply(self.q_reported_earth, q_earth_sensor)

    def _follow(self, command: int, q_earth_sensor: FloatArray) -> bool:
        if command == Reset.REVERT:
            self.state = Reset.DEFAULT
            return True
        if command != Reset.HEADING or self.state is Reset.HEADING:
            return False
        w, x, y, z = q_earth_sensor
        half = -0.5 * math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
        self.state = Reset.HEADING
        self.q_reported_earth = np.array([math.cos(half), 0.0, 0.0, math.sin(half)])
        return True


@dataclass(slots=True)
class Streaming:
    """One measurement that runs, with or without a link.

    Parameters
    ----------
    sampling
        When its samples are due.
    """

    mode: PayloadMode
    movement: Movement
    sampling: Sampling

    def due(self, clock: Clockwork, heading: Heading, now_s: float) -> Sequence[Notification]:
        """Every sample up to now; a new clock begins a new count of samples."""
        # After a synchronisation the samples keep the pace of the common clock.
        if clock != self.sampling.clock:
            self.sampling = Sampling(clock, self.sampling.rate_hz, now_s)
        due = list(self.sampling.due(now_s))
        if not due:
            return ()
        packets = _packets(self.mode, self.movement, heading, due)
        return [Notification(self.mode.characteristic, pack(self.mode, p)) for p in packets]


def orientation_at(movement: Movement, now_s: float) -> FloatArray:
    """Orientation at a true time, shape (4,)."""
    orientation: FloatArray = movement.at(np.array([now_s])).q_earth_sensor[0]
    return orientation


def _packets(
    mode: PayloadMode,
    movement: Movement,
    heading: Heading,
    due: Sequence[tuple[int, float, float]],
) -> list[DotPacket]:
    """Packets of samples that are due; what costs a rotation is left out where no mode asks."""
    felt = movement.at(np.array([at_s for _, _, at_s in due]))
    q = heading.reported(felt.q_earth_sensor)
    acc, acc_clipped = within_range(felt.acc_mps2, ACC_RANGE_MPS2)
    gyr, gyr_clipped = within_range(felt.gyr_dps, GYR_RANGE_DPS)
    free_acc: list[Vector | None] = [None] * len(due)
    mag: list[Vector | None] = [None] * len(due)
    if Quantity.FREE_ACCELERATION in mode.quantities:
        free_acc = (rotate(q, acc) - GRAVITY).tolist()
    if Quantity.MAGNETIC_FIELD in mode.quantities:
        mag = rotate(conjugate(felt.q_earth_sensor), MAG_EARTH_AU).tolist()
    bits = clipping_bits(acc_clipped, gyr_clipped) | MAG_IS_NEW
    counts = (acc_clipped.any(axis=1).astype(int), gyr_clipped.any(axis=1).astype(int))
    status = list(map(DotStatus, bits.tolist(), *(count.tolist() for count in counts)))
    ticks = [round(reading_s * 1e6) % TICK_MODULUS for _, reading_s, _ in due]
    columns = (ticks, q.tolist(), free_acc, acc.tolist(), gyr.tolist(), mag, status)
    return list(map(DotPacket, *columns))
