"""Packets of the open profile for self-built sensors; `firmware_notes/open_profile.md` defines it.

A packet is a header of 7 bytes and 1 to 8 samples. The first sample has the time of the header,
each further one begins with its distance from the sample before it.
"""

import math
import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from imu_hip.bluetooth.drivers.samples import Clipping, Quaternion, Sample, Skipped, Vector

SEQUENCE_MODULUS: Final = 2**16
TICK_MODULUS: Final = 2**32
LARGEST_COUNT: Final = 8

GYR_PER_DPS: Final = 16.0
"""Angular velocity is sent in 1/16 °/s: ±2047.9 °/s."""

ACC_PER_MPS2: Final = 200.0
"""Specific force is sent in 1/200 m/s²: ±163.8 m/s²."""

COMPONENT_PER_ONE: Final = 32767.0 * math.sqrt(2.0)
"""The three smaller components of a unit quaternion are within ±1/√2, sent as ±32767."""

_HEADER: Final = struct.Struct("<BHI")
_STEP: Final = struct.Struct("<H")
_SIX: Final = struct.Struct("<B6h")
_NINE: Final = struct.Struct("<B9h")
_LARGEST_INT: Final = 32767

# The largest of four components of a unit quaternion is at least 1/2, and no other exceeds it;
# rounding moves both by less than this.
_ROUNDING: Final = 1e-3

_ACC_FLAG: Final = 0x04
_GYR_FLAG: Final = 0x08


class Mode(IntEnum):
    """What the samples of a packet hold."""

    QUATERNION_GYR = 1
    QUATERNION_ACC_GYR = 2
    ACC_GYR = 3

    @property
    def sample_bytes(self) -> int:
        """Size of a sample without its distance."""
        return (_NINE if self is Mode.QUATERNION_ACC_GYR else _SIX).size

    def packet_bytes(self, count: int) -> int:
        """Size of a packet of `count` samples."""
        return _HEADER.size + count * self.sample_bytes + (count - 1) * _STEP.size


class _InconsistentError(Exception):
    """Why a packet is left out."""


def decode(value: bytes, expected: Mode) -> Sequence[Sample | Skipped]:
    """Read one packet; nothing of it is used where any part of it is inconsistent."""
    try:
        return _decoded(value, expected)
    except _InconsistentError as error:
        return [Skipped(str(error), len(value))]


def _decoded(value: bytes, expected: Mode) -> list[Sample | Skipped]:
    if len(value) < _HEADER.size:
        raise _InconsistentError("shorter than a header")
    head, sequence, tick = _HEADER.unpack_from(value)
    count, mode = (head >> 4) + 1, head & 0x0F
    if mode != expected:
        raise _InconsistentError("a packet of another mode")
    if count > LARGEST_COUNT or len(value) != expected.packet_bytes(count):
        raise _InconsistentError("the length does not fit the number of samples")
    samples: list[Sample | Skipped] = []
    offset = _HEADER.size
    for index in range(count):
        if index:
            tick += _STEP.unpack_from(value, offset)[0]
            offset += _STEP.size
        at = tick % TICK_MODULUS, (sequence + index) % SEQUENCE_MODULUS
        samples.append(_sample(value, offset, expected, at))
        offset += expected.sample_bytes
    return samples


def _sample(value: bytes, offset: int, mode: Mode, at: tuple[int, int]) -> Sample:
    layout = _NINE if mode is Mode.QUATERNION_ACC_GYR else _SIX
    flags, *numbers = layout.unpack_from(value, offset)
    # Bits that are 0 today tell damage, as there is no checksum.
    if flags & 0xF0 or (mode is Mode.ACC_GYR and flags & 0x03):
        raise _InconsistentError("flags that do not exist")
    q = None if mode is Mode.ACC_GYR else _quaternion(flags & 0x03, numbers[:3])
    acc = None if mode is Mode.QUATERNION_GYR else _scaled(numbers[-6:-3], ACC_PER_MPS2)
    clipping = Clipping.NONE
    if flags & _ACC_FLAG:
        clipping |= Clipping.ACCELERATION
    if flags & _GYR_FLAG:
        clipping |= Clipping.ANGULAR_VELOCITY
    return Sample(
        tick=at[0],
        sequence=at[1],
        q_earth_sensor=q,
        acc_mps2=acc,
        gyr_dps=_scaled(numbers[-3:], GYR_PER_DPS),
        clipping=clipping,
    )


def _scaled(numbers: Sequence[int], per_unit: float) -> Vector:
    x, y, z = numbers
    return x / per_unit, y / per_unit, z / per_unit


def _quaternion(largest: int, numbers: Sequence[int]) -> Quaternion:
    a, b, c = (number / COMPONENT_PER_ONE for number in numbers)
    square = 1.0 - (a * a + b * b + c * c)
    rest = math.sqrt(max(square, 0.0))
    if rest < 0.5 - _ROUNDING or max(abs(a), abs(b), abs(c)) > rest + _ROUNDING:
        raise _InconsistentError("no unit quaternion")
    components = [a, b, c]
    components.insert(largest, rest)
    w, x, y, z = components
    return w, x, y, z


def encode(mode: Mode, samples: Sequence[Sample]) -> bytes:
    """Write samples that follow each other, 1 to 8 of them, as one packet.

    Values beyond the range are held at its end and flagged as clipped.

    Raises
    ------
    ValueError
        If the number of samples is wrong, they are too far apart, or one lacks a quantity.
    """
    if not 1 <= len(samples) <= LARGEST_COUNT:
        raise ValueError(f"a packet holds 1 to {LARGEST_COUNT} samples, not {len(samples)}")
    ticks = [sample.tick for sample in samples if sample.tick is not None]
    sequence = samples[0].sequence
    if len(ticks) < len(samples) or sequence is None:
        raise ValueError("samples of this profile have a tick and a sequence")
    parts = [_HEADER.pack(mode | (len(samples) - 1) << 4, sequence, ticks[0])]
    for index, sample in enumerate(samples):
        if index:
            step = (ticks[index] - ticks[index - 1]) % TICK_MODULUS
            if step >= 2**16:
                raise ValueError(f"samples of one packet are {step} µs apart")
            parts.append(_STEP.pack(step))
        parts.append(_encoded_sample(mode, sample))
    return b"".join(parts)


def _encoded_sample(mode: Mode, sample: Sample) -> bytes:
    flags, numbers = 0, list[int]()
    if mode is not Mode.ACC_GYR:
        largest, components = _smaller_components(_present(sample.q_earth_sensor))
        flags |= largest
        numbers += components
    if mode is not Mode.QUATERNION_GYR:
        acc, clipped = _rounded(_present(sample.acc_mps2), ACC_PER_MPS2)
        if clipped or sample.clipping & Clipping.ACCELERATION:
            flags |= _ACC_FLAG
        numbers += acc
    elif sample.clipping & Clipping.ACCELERATION:
        flags |= _ACC_FLAG
    gyr, clipped = _rounded(_present(sample.gyr_dps), GYR_PER_DPS)
    if clipped or sample.clipping & Clipping.ANGULAR_VELOCITY:
        flags |= _GYR_FLAG
    layout = _NINE if mode is Mode.QUATERNION_ACC_GYR else _SIX
    return layout.pack(flags, *numbers, *gyr)


def _present(value: tuple[float, ...] | None) -> tuple[float, ...]:
    if value is None:
        raise ValueError("the sample lacks a quantity of the packet's mode")
    return value


def _smaller_components(q: tuple[float, ...]) -> tuple[int, list[int]]:
    norm = math.sqrt(math.fsum(c * c for c in q))
    largest = max(range(4), key=lambda i: abs(q[i]))
    scale = math.copysign(COMPONENT_PER_ONE / norm, q[largest])
    return largest, [round(scale * q[i]) for i in range(4) if i != largest]


def _rounded(vector: tuple[float, ...], per_unit: float) -> tuple[list[int], bool]:
    wanted = [round(per_unit * v) for v in vector]
    held = [max(-_LARGEST_INT, min(_LARGEST_INT, number)) for number in wanted]
    return held, held != wanted
