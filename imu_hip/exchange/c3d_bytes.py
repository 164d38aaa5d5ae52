"""The bytes of a C3D file: parameters by group and name, and the points of every frame.

The layout is that of the C3D file format user guide (Motion Lab Systems, 2008): a header of 512
bytes, parameters, and data as floats or scaled integers. It is read here and not by a library of
C++, because that one goes on for minutes over damaged bytes.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.names import printable
from imu_hip.recording.formats.table import LARGEST_NUMBER

BLOCK: Final = 512
MAGIC: Final = 0x50
_INTEL, _DEC, _MIPS = 84, 85, 86
_ORDER: Final = {_INTEL: "<", _MIPS: ">"}
_MOST_DIMENSIONS: Final = 7
_TYPES: Final = {-1: "S1", 1: "u1", 2: "i2", 4: "f4"}

Value = tuple[str, ...] | tuple[float, ...]


class C3dError(Exception):
    """The bytes are no whole C3D file, in words that go behind its name."""


@dataclass(frozen=True, slots=True, eq=False)
class C3dPoints:
    """Points and parameters of a file.

    Parameters
    ----------
    parameters
        Texts or numbers by group and name, both in capitals.
    points
        Shape (frames, points, 3).
    missing
        Where the residual is negative: the point was not measured, shape (frames, points).
    first_frame
        Counted from 0.
    """

    parameters: Mapping[tuple[str, str], Value]
    points: FloatArray
    missing: BoolArray
    rate_hz: float
    first_frame: int


@dataclass(frozen=True, slots=True)
class _Header:
    points: int
    analog_values: int
    first_frame: int
    last_frame: int
    scale: float
    data_block: int
    rate_hz: float


def read_c3d_bytes(data: bytes) -> C3dPoints:
    """Read a whole file.

    Raises
    ------
    C3dError
        Where it ends too early or its sizes contradict each other.
    """
    if len(data) < 2 * BLOCK or data[1] != MAGIC:
        raise C3dError("it has no header")
    start = (data[0] - 1) * BLOCK
    if not BLOCK <= start <= len(data) - 4:
        raise C3dError("its header names a place outside the file")
    order = _ORDER.get(data[start + 3])
    if order is None:
        kind = "numbers of DEC computers" if data[start + 3] == _DEC else "unknown numbers"
        raise C3dError(f"it is written in {kind}; write it anew with a program of today")
    header = _header(data, order)
    end = min(start + max(data[start + 2], 1) * BLOCK, len(data))
    parameters = _parameters(data[start + 4 : end], order)
    points, missing = _points(data, header, order, _frames(header, parameters))
    rate = _number(parameters, ("POINT", "RATE")) or header.rate_hz
    if not (np.isfinite(rate) and rate > 0):
        raise C3dError("it has no frame rate")
    return C3dPoints(parameters, points, missing, rate, max(header.first_frame - 1, 0))


def _header(data: bytes, order: str) -> _Header:
    first = struct.unpack_from(f"{order}BBHHHHHfHHf", data)
    return _Header(
        points=first[2],
        analog_values=first[3],
        first_frame=first[4],
        last_frame=first[5],
        scale=first[7],
        data_block=first[8],
        rate_hz=first[10],
    )


def _parameters(block: bytes, order: str) -> dict[tuple[str, str], Value]:
    """Every parameter; each says how far it is to the next one."""
    groups: dict[int, str] = {}
    found: list[tuple[int, str, Value]] = []
    at = 0
    while at + 2 <= len(block):
        length, group = struct.unpack_from("bb", block, at)
        if not length:
            break
        # A negative length marks a locked parameter; its name is as long all the same.
        name = block[at + 2 : at + 2 + abs(length)].decode("latin-1").strip().upper()
        name = printable(name)
        at += 2 + abs(length)
        if at + 2 > len(block):
            raise C3dError(f"its parameter {name} is cut off")
        (step,) = struct.unpack_from(f"{order}h", block, at)
        if group < 0:
            groups[-group] = name
        else:
            found.append((group, name, _value(block, at + 2, order, name)))
        # The last one points nowhere; a step back would go round for ever.
        if step <= 0:
            break
        at += step
    return {(groups.get(group, ""), name): value for group, name, value in found}


def _value(block: bytes, at: int, order: str, name: str) -> Value:
    """A parameter's texts or numbers, those of a matrix in the order of the file."""
    try:
        kind, dimensions = struct.unpack_from("bB", block, at)
        if kind not in _TYPES or dimensions > _MOST_DIMENSIONS:
            raise C3dError(f"its parameter {name} has no kind that is known")
        sizes = tuple(block[at + 2 : at + 2 + dimensions])
        count = int(np.prod(sizes, dtype=np.int64)) if sizes else 1
        dtype = np.dtype(order + _TYPES[kind])
        values = np.frombuffer(block, dtype, count, at + 2 + dimensions)
    except (struct.error, ValueError) as error:
        raise C3dError(f"its parameter {name} is cut off") from error
    if kind != -1:
        return tuple(float(value) for value in values.ravel())
    # The first dimension of a text is its length.
    width = sizes[0] if sizes else 1
    text = values.tobytes()
    texts = [text[i : i + width] for i in range(0, len(text), max(width, 1))]
    return tuple(one.decode("latin-1").strip(" \0") for one in texts)


def _frames(header: _Header, parameters: Mapping[tuple[str, str], Value]) -> int:
    """How many frames there are; 16 bits of the header are too few for long ones."""
    # Two words of 16 bits, the lower one first; some programs store them as signed.
    words = [parameters.get(("TRIAL", f"ACTUAL_{end}_FIELD")) for end in ("START", "END")]
    ends = [
        int(word[0]) % 65536 + 65536 * (int(word[1]) % 65536)
        for word in words
        if word is not None and len(word) == 2 and not isinstance(word[0], str)
    ]
    if len(ends) == 2 and ends[1] >= ends[0] > 0:
        return ends[1] - ends[0] + 1
    return header.last_frame - header.first_frame + 1


def _points(data: bytes, header: _Header, order: str, frames: int) -> tuple[FloatArray, BoolArray]:
    # A negative scale says that numbers are floats.
    kind = np.dtype(order + ("f4" if header.scale < 0 else "i2"))
    a_frame = 4 * header.points + header.analog_values
    start = (header.data_block - 1) * BLOCK
    # What the bytes hold decides, whatever the header promises.
    there = (len(data) - start) // kind.itemsize // a_frame if start > 0 and a_frame else 0
    if not 0 < frames <= there:
        raise C3dError(f"it should have {frames} frames and has {max(there, 0)}")
    values = np.frombuffer(data, kind, frames * a_frame, start).reshape(frames, a_frame)
    own = values[:, : 4 * header.points].reshape(frames, header.points, 4)
    scale = 1.0 if header.scale < 0 else header.scale
    with np.errstate(invalid="ignore", over="ignore"):
        points = own[..., :3].astype(np.float64) * scale
    # Numbers without sense are what damage leaves; no angle or marker is that far away.
    known = (np.abs(points) <= LARGEST_NUMBER).all(axis=2) & (own[..., 3] >= 0)
    return points, ~known


def _number(parameters: Mapping[tuple[str, str], Value], key: tuple[str, str]) -> float:
    value = parameters.get(key, ())
    return float(value[0]) if value and not isinstance(value[0], str) else 0.0
