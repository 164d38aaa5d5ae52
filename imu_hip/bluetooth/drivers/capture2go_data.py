"""Data packages of a Capture2Go: one sample or several, in fixed-point numbers.

Source: Capture2Go Communication Protocol, "Decoding of Fixed-Point Data", "Error Flags" and the
packages `DataFullPacked` to `DataQuatFixed`.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from functools import cache
from typing import Final

from imu_hip.bluetooth.drivers.capture2go_frames import Frame
from imu_hip.bluetooth.drivers.capture2go_packages import RATE_CODES, RATES_HZ
from imu_hip.bluetooth.drivers.samples import Clipping, Quaternion, Sample, Skipped, Vector

GYR_DPS: Final = 2000.0 / 32768.0
ACC_MPS2: Final = 16.0 * 9.81 / 32768.0  # as the document has it, not with standard gravity
MAG_UT: Final = 1.0 / 16.0
"""One step of each quantity."""

REAL_TIME: Final = 7
"""Takes the place of a rate code in the header of a real-time package."""

HALF_ROOT: Final = math.sqrt(0.5)
# No component but the largest exceeds the root of a half.
STEPS_PER_ONE: Final = 0xFFFFF / math.sqrt(2.0)
TWENTY_BITS: Final = 0xFFFFF


class ErrorFlag(IntFlag):
    """What a sensor says of a sample's trouble."""

    TIME_GAP = 0x01
    GYR_CLIPPING = 0x02
    ACC_CLIPPING = 0x04
    MAG_CLIPPING = 0x08
    PROCESSING = 0x10


@dataclass(frozen=True, slots=True)
class DataKind:
    """One kind of data package.

    Parameters
    ----------
    base
        Header without the code of the rate.
    samples
        How many one package holds.
    has_raw, has_mag
        Whether it has angular velocity with acceleration, and magnetic field.
    """

    base: int
    samples: int
    has_raw: bool
    has_mag: bool = False

    @property
    def orientations(self) -> int:
        """How many orientations it holds: of packed raw samples only the first has one."""
        return 1 if self.has_raw else self.samples

    @property
    def layout(self) -> struct.Struct:
        """Time, raw quantities, quaternions, heading offsets and error flags."""
        return _layout(self)

    def header(self, rate_hz: float) -> int:
        """Header of a package at a rate."""
        return self.base + RATE_CODES[rate_hz]


@cache
def _layout(kind: DataKind) -> struct.Struct:
    raw = (2 * kind.has_raw + kind.has_mag) * 3 * kind.samples
    n = kind.orientations
    return struct.Struct(f"<q{raw}h{n}Q{n}h{n}B")


FULL_PACKED: Final = DataKind(0x0220, 8, has_raw=True, has_mag=True)
FULL_6D_PACKED: Final = DataKind(0x0230, 8, has_raw=True)
FULL_FIXED: Final = DataKind(0x0240, 1, has_raw=True, has_mag=True)
FULL_6D_FIXED: Final = DataKind(0x0250, 1, has_raw=True)
QUAT_PACKED: Final = DataKind(0x0270, 20, has_raw=False)
QUAT_FIXED: Final = DataKind(0x0280, 1, has_raw=False)

_KINDS: Final = {
    kind.base: kind
    for kind in (FULL_PACKED, FULL_6D_PACKED, FULL_FIXED, FULL_6D_FIXED, QUAT_PACKED, QUAT_FIXED)
}
CLIPPING_OF_FLAG: Final = {
    ErrorFlag.GYR_CLIPPING: Clipping.ANGULAR_VELOCITY,
    ErrorFlag.ACC_CLIPPING: Clipping.ACCELERATION,
    ErrorFlag.MAG_CLIPPING: Clipping.MAGNETIC_FIELD,
}


def data_kind(header: int) -> DataKind | None:
    """The kind of data package that a header announces, None where it is none that is read."""
    kind, code = _KINDS.get(header & 0xFFF0), header & 0x000F
    is_rate = code in RATES_HZ or (code == REAL_TIME and kind in {FULL_FIXED, QUAT_FIXED})
    return kind if is_rate else None


def encode_quaternion(q: Sequence[float]) -> int:
    """The smallest three components in 20 bits each, and which is left out; flags are 0."""
    largest = max(range(4), key=lambda i: abs(q[i]))
    sign = math.copysign(1.0, q[largest])
    code = largest
    for i in range(1, 4):
        step = round((sign * q[(largest + i) % 4] + HALF_ROOT) * STEPS_PER_ONE)
        code = code << 20 | min(max(step, 0), TWENTY_BITS)
    return code


def decode_quaternion(code: int) -> Quaternion | None:
    """Scalar first with a positive largest component; None where the bits are no rotation."""
    largest = code >> 60 & 3
    q = [0.0, 0.0, 0.0, 0.0]
    squares = 0.0
    for i in (3, 2, 1):
        value = (code & TWENTY_BITS) / STEPS_PER_ONE - HALF_ROOT
        q[(largest + i) % 4] = value
        squares += value * value
        code >>= 20
    if squares > 1.0:
        return None
    q[largest] = math.sqrt(1.0 - squares)
    return q[0], q[1], q[2], q[3]


@dataclass(frozen=True, slots=True)
class Measured:
    """One sample for encoding; the magnetic field of a virtual sensor is zero."""

    q_earth_sensor: Sequence[float]
    acc_mps2: Sequence[float]
    gyr_dps: Sequence[float]


def encode_data(
    kind: DataKind, rate_hz: float, first_ns: int, samples: Sequence[Measured], flags: int = 0
) -> Frame:
    """One data package; what leaves the range of a quantity is clipped and flagged.

    Parameters
    ----------
    first_ns
        Time of the first sample.
    samples
        As many as the kind holds.
    flags
        Error flags besides the clipping that is found.
    """
    raw: list[int] = []
    if kind.has_raw:
        gyr = [round(v / GYR_DPS) for s in samples for v in s.gyr_dps]
        acc = [round(v / ACC_MPS2) for s in samples for v in s.acc_mps2]
        flags |= ErrorFlag.GYR_CLIPPING * _leaves_range(gyr)
        flags |= ErrorFlag.ACC_CLIPPING * _leaves_range(acc)
        raw = [min(max(v, -32768), 32767) for v in gyr + acc]
        raw += [0] * (3 * kind.samples * kind.has_mag)
    n = kind.orientations
    codes = [encode_quaternion(s.q_earth_sensor) for s in samples[:n]]
    payload = kind.layout.pack(first_ns, *raw, *codes, *([0] * n), *([flags] * n))
    return Frame(kind.header(rate_hz), payload)


def _leaves_range(values: Sequence[int]) -> bool:
    return any(not -32768 <= value <= 32767 for value in values)


def decode_data(frame: Frame) -> list[Sample | Skipped]:
    """Samples of a data package whose header `data_kind` knows.

    Of packed raw samples only the first has an orientation; it is left out, so that all samples
    of a stream have the same quantities.
    """
    kind = data_kind(frame.header)
    if kind is None or len(frame.payload) != kind.layout.size:
        return [Skipped("a data package of another size than its kind has", frame.size)]
    first_ns, *values = kind.layout.unpack(frame.payload)
    step_ns = round(1e9 / RATES_HZ.get(frame.header & 0xF, 1.0))
    ticks = range(first_ns, first_ns + kind.samples * step_ns, step_ns)
    flags = values[-kind.orientations :]
    if kind.has_raw:
        return _raw_samples(kind, ticks, values, flags[0], frame.size)
    # A jump at one sample displaces all behind it, so none of the package has a sure time.
    jump = ErrorFlag.TIME_GAP * any(flag & ErrorFlag.TIME_GAP for flag in flags)
    size = frame.size // kind.samples
    return [
        _orientation_sample(tick, code, flag | jump, size)
        for tick, code, flag in zip(ticks, values, flags, strict=False)
    ]


def _raw_samples(
    kind: DataKind, ticks: range, values: list[int], flags: int, size: int
) -> list[Sample | Skipped]:
    n = 3 * kind.samples
    trouble = _trouble(flags)
    # An orientation that is none says that nothing of the package is to be trusted.
    q = decode_quaternion(values[(2 + kind.has_mag) * n])
    if trouble or q is None:
        return [Skipped(trouble or "the orientation is no rotation", size)]
    gyr = _vectors(values[:n], GYR_DPS)
    acc = _vectors(values[n : 2 * n], ACC_MPS2)
    mag = _vectors(values[2 * n : 3 * n], MAG_UT) if kind.has_mag else [None] * kind.samples
    return [
        Sample(
            tick,
            q_earth_sensor=q if kind.samples == 1 else None,
            acc_mps2=acc[i],
            gyr_dps=gyr[i],
            mag_au=mag[i],
            clipping=_clipping(flags),
        )
        for i, tick in enumerate(ticks)
    ]


def _orientation_sample(tick: int, code: int, flags: int, size: int) -> Sample | Skipped:
    trouble = _trouble(flags)
    q = decode_quaternion(code)
    if trouble or q is None:
        return Skipped(trouble or "the orientation is no rotation", size)
    return Sample(tick, q_earth_sensor=q, clipping=_clipping(flags))


def _trouble(flags: int) -> str:
    if flags & ErrorFlag.TIME_GAP:
        return "the sensor's clock jumped"
    return "the sensor's processing failed" if flags & ErrorFlag.PROCESSING else ""


def _clipping(flags: int) -> Clipping:
    clipping = Clipping.NONE
    for flag, quantity in CLIPPING_OF_FLAG.items():
        if flags & flag:
            clipping |= quantity
    return clipping


def _vectors(values: Sequence[int], step: float) -> list[Vector]:
    scaled = [value * step for value in values]
    return [(scaled[i], scaled[i + 1], scaled[i + 2]) for i in range(0, len(scaled), 3)]
