"""The samples of a virtual self-built sensor: measured, counted, collected into packets."""

import math
from collections.abc import Iterator

import numpy as np

from imu_hip.bluetooth.drivers.open_profile_packets import (
    SEQUENCE_MODULUS,
    TICK_MODULUS,
    Mode,
    encode,
)
from imu_hip.bluetooth.drivers.samples import Clipping, Sample
from imu_hip.bluetooth.virtual.clockwork import Clockwork, Sampling
from imu_hip.bluetooth.virtual.movement import (
    ACC_RANGE_MPS2,
    GYR_RANGE_DPS,
    Movement,
    within_range,
)
from imu_hip.kinematics.quaternion import conjugate, from_axis_angle, multiply, rotate
from imu_hip.simulation.felt import Felt

_X, _, _Z = np.eye(3)


class OpenStream:
    """One power-on of a sensor's measuring; its sample count never starts again within it.

    Parameters
    ----------
    samples_per_packet
        How many samples it collects before it sends.
    """

    def __init__(self, movement: Movement, clock: Clockwork, samples_per_packet: int) -> None:
        self.mode: Mode | None = None
        self._movement = movement
        self._clock = clock
        self._samples_per_packet = samples_per_packet
        self._sampling: Sampling | None = None
        self._sequence = 0
        self._heading_rad = 0.0
        self._collected: list[Sample] = []
        self._packets: list[bytes] = []

    @property
    def rate_hz(self) -> int:
        """Rate of the running stream, 0 where none runs."""
        return round(self._sampling.rate_hz) if self._sampling else 0

    def begin(self, mode: Mode, rate_hz: int, now_s: float) -> None:
        """Stream from now on, after whatever ran before; the first sample takes a period."""
        self.end(now_s)
        self.mode = mode
        self._sampling = Sampling(self._clock, rate_hz, now_s + 1.0 / rate_hz)

    def end(self, now_s: float) -> None:
        """Stop; samples that wait for company are sent."""
        self._measure(now_s)
        self._pack(1)
        self.mode = self._sampling = None

    def reset_heading(self, now_s: float) -> None:
        """Make the present heading of the sensor's x axis the zero, from the next sample on."""
        self._measure(now_s)
        q = self._movement.at(np.array([now_s])).q_earth_sensor
        ahead = rotate(q, _X)[0]
        self._heading_rad = math.atan2(ahead[1], ahead[0])

    def packets(self, now_s: float) -> list[bytes]:
        """Packets that became complete since the last call."""
        self._measure(now_s)
        complete, self._packets = self._packets, []
        return complete

    def next_due_s(self, now_s: float) -> float | None:
        """When there will be something to send or to measure."""
        if self._packets:
            return now_s
        return self._sampling.next_s() if self._sampling else None

    def _measure(self, now_s: float) -> None:
        if self._sampling is None:
            return
        due = list(self._sampling.due(now_s))
        if not due:
            return
        felt = self._movement.at(np.array([at_s for _, _, at_s in due]))
        ticks = [round(1e6 * reading_s) % TICK_MODULUS for _, reading_s, _ in due]
        for sample in self._samples(felt, ticks):
            self._collected.append(sample)
            self._pack(self._samples_per_packet)

    def _samples(self, felt: Felt, ticks: list[int]) -> Iterator[Sample]:
        turn = conjugate(from_axis_angle(_Z, np.array(self._heading_rad)))
        q = multiply(turn, felt.q_earth_sensor)
        acc, acc_beyond = within_range(felt.acc_mps2, ACC_RANGE_MPS2)
        gyr, gyr_beyond = within_range(felt.gyr_dps, GYR_RANGE_DPS)
        for i, tick in enumerate(ticks):
            clipping = Clipping.ACCELERATION if acc_beyond[i].any() else Clipping.NONE
            if gyr_beyond[i].any():
                clipping |= Clipping.ANGULAR_VELOCITY
            yield Sample(
                tick,
                self._sequence,
                (q[i, 0], q[i, 1], q[i, 2], q[i, 3]),
                (acc[i, 0], acc[i, 1], acc[i, 2]),
                (gyr[i, 0], gyr[i, 1], gyr[i, 2]),
                clipping=clipping,
            )
            self._sequence = (self._sequence + 1) % SEQUENCE_MODULUS

    def _pack(self, at_least: int) -> None:
        if self.mode is not None and len(self._collected) >= at_least:
            self._packets.append(encode(self.mode, self._collected))
            self._collected = []
