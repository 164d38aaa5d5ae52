"""Data packages of a virtual Capture2Go, one track for each kind that is measured."""

from dataclasses import dataclass, field

import numpy as np

from imu_hip.bluetooth.drivers.capture2go_data import (
    FULL_6D_FIXED,
    FULL_6D_PACKED,
    QUAT_FIXED,
    QUAT_PACKED,
    DataKind,
    ErrorFlag,
    Measured,
    encode_data,
)
from imu_hip.bluetooth.drivers.capture2go_packages import RATES_HZ, MeasurementMode
from imu_hip.bluetooth.virtual.capture2go_sync import SensorTime
from imu_hip.bluetooth.virtual.clockwork import Sampling
from imu_hip.bluetooth.virtual.movement import Movement


@dataclass(slots=True)
class Track:
    """One kind of package at one rate, since the measurement began."""

    kind: DataKind
    sampling: Sampling
    time: SensorTime
    jumps: int
    _waiting: list[tuple[int, float, int]] = field(default_factory=list)

    def packages(self, now_s: float, movement: Movement) -> list[tuple[float, bytes]]:
        """Packages that became complete, each with the true time of its last sample."""
        for _, _, at_s in self.sampling.due(now_s):
            jumps = self.time.jumps
            flag = ErrorFlag.TIME_GAP if jumps != self.jumps else 0
            self.jumps = jumps
            self._waiting.append((self.time.reading_ns(at_s), at_s, flag))
        n = self.kind.samples
        whole = len(self._waiting) // n * n
        if not whole:
            return []
        due, self._waiting = self._waiting[:whole], self._waiting[whole:]
        felt = movement.at(np.array([at_s for _, at_s, _ in due]))
        samples = [
            Measured(q, acc, gyr)
            for q, acc, gyr in zip(
                felt.q_earth_sensor.tolist(),
                felt.acc_mps2.tolist(),
                felt.gyr_dps.tolist(),
                strict=True,
            )
        ]
        return [
            (due[i + n - 1][1], self._package(due[i : i + n], samples[i : i + n]))
            for i in range(0, whole, n)
        ]

    def _package(self, due: list[tuple[int, float, int]], samples: list[Measured]) -> bytes:
        flags = max(flag for _, _, flag in due)
        frame = encode_data(self.kind, self.sampling.rate_hz, due[0][0], samples, flags)
        return frame.encode()


def tracks_of(mode: MeasurementMode, time: SensorTime, began_s: float) -> list[Track]:
    """The tracks that a mode asks for, from a true time on."""
    asked = (
        (FULL_6D_FIXED, mode.full_fixed),
        (FULL_6D_PACKED, mode.full_packed),
        (QUAT_FIXED, mode.quat_fixed),
        (QUAT_PACKED, mode.quat_packed),
    )
    return [
        Track(kind, Sampling(time.own, RATES_HZ[code], began_s), time, time.jumps)
        for kind, code in asked
        if code
    ]


def is_possible(mode: MeasurementMode) -> bool:
    """Whether a virtual sensor can measure it: no float packages and no magnetic field."""
    codes = (mode.full_fixed, mode.full_packed, mode.quat_fixed, mode.quat_packed)
    with_field = bool(mode.full_fixed or mode.full_packed) and not mode.no_mag_data
    known = all(code == 0 or code in RATES_HZ for code in codes)
    return known and not (mode.full_float_200hz or mode.quat_float or with_field)
