"""What a virtual DOT stores of a movement, as records of its own memory."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from imu_hip.bluetooth.drivers.movella_dot_export import (
    MAG_AU_PER_COUNT,
    MOTION_FIELDS_WITH_MAG,
    Records,
    record_type,
)
from imu_hip.bluetooth.drivers.movella_dot_packets import ACC_CLIPPED, GYR_CLIPPED, MAG_IS_NEW
from imu_hip.bluetooth.virtual.clockwork import Clockwork
from imu_hip.bluetooth.virtual.movement import (
    ACC_RANGE_MPS2,
    GYR_RANGE_DPS,
    Movement,
    roll_pitch_yaw_deg,
    within_range,
)
from imu_hip.kinematics.quaternion import BoolArray, IntArray, conjugate, rotate

STORED_TYPE: Final = record_type(MOTION_FIELDS_WITH_MAG)
EXPORTABLE: Final = frozenset({*MOTION_FIELDS_WITH_MAG, 0x04})
BLOCK_SAMPLES: Final = 16384
MAG_RATE_HZ: Final = 60.0
MAG_EARTH_AU: Final = np.array([0.42, 0.0, -0.90])


@dataclass(frozen=True, slots=True)
class Run:
    """Samples at a fixed rate by a sensor's clock, from a true time on."""

    clock: Clockwork
    rate_hz: float
    began_s: float

    def records(self, movement: Movement, count: int) -> Records:
        """The first samples as they are stored, shape (count,), in single precision."""
        records: Records = np.zeros(count, STORED_TYPE)
        for start in range(0, count, BLOCK_SAMPLES):
            self._fill(records[start : start + BLOCK_SAMPLES], start, movement)
        return records

    def samples_until(self, now_s: float) -> int:
        """How many samples were taken up to a true time."""
        elapsed_s = self.clock.reading_s(now_s) - self.clock.reading_s(self.began_s)
        # A little more than nothing, so that rounding does not eat a sample that is due.
        return max(0, int(np.floor(elapsed_s * self.rate_hz + 1e-6)) + 1)

    def ends_s(self, count: int) -> float:
        """True time of the end of that many samples."""
        return self.clock.true_s(self.clock.reading_s(self.began_s) + count / self.rate_hz)

    def _fill(self, records: Records, start: int, movement: Movement) -> None:
        counts = start + np.arange(len(records))
        readings_s = self.clock.reading_s(self.began_s) + counts / self.rate_hz
        felt = movement.at(self.clock.true_s(readings_s))
        acc, acc_clipped = within_range(felt.acc_mps2, ACC_RANGE_MPS2)
        gyr, gyr_clipped = within_range(felt.gyr_dps, GYR_RANGE_DPS)
        mag_au = rotate(conjugate(felt.q_earth_sensor), MAG_EARTH_AU)
        mag_is_new = counts % max(1, round(self.rate_hz / MAG_RATE_HZ)) == 0
        records["timestamp_us"] = np.round(readings_s * 1e6).astype(np.int64) % 2**32
        records["q_earth_sensor"] = felt.q_earth_sensor
        records["acc_mps2"] = acc
        records["gyr_dps"] = gyr
        records["mag_counts"] = np.round(mag_au / MAG_AU_PER_COUNT)
        mag_bit = np.where(mag_is_new, MAG_IS_NEW, 0)
        records["status"] = clipping_bits(acc_clipped, gyr_clipped) | mag_bit
        records["clipped_acc"] = acc_clipped.any(axis=1)
        records["clipped_gyr"] = gyr_clipped.any(axis=1)


def exported(records: Records, fields: Iterable[int]) -> Records:
    """Stored records with the fields of an export, in the order of their ids."""
    chosen: Records = np.zeros(len(records), record_type(fields))
    for name in chosen.dtype.names or ():
        if name == "euler_deg":
            chosen[name] = roll_pitch_yaw_deg(records["q_earth_sensor"].astype(np.float64))
        else:
            chosen[name] = records[name]
    return chosen


def clipping_bits(acc_clipped: BoolArray, gyr_clipped: BoolArray) -> IntArray:
    """Status bits of the axes that left their ranges, shape (n,), from shapes (n, 3)."""
    bits: IntArray = _bits(acc_clipped, ACC_CLIPPED) | _bits(gyr_clipped, GYR_CLIPPED)
    return bits


def _bits(clipped: BoolArray, mask: int) -> IntArray:
    """Status bits of the axes x, y and z, the lowest of them the lowest of the mask."""
    lowest = mask & -mask
    bits: IntArray = clipped @ (lowest * np.array([1, 2, 4]))
    return bits
