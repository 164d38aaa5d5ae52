"""Angles as C3D, the file of motion laboratories, through ezc3d (extra `[c3d]`)."""

import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from imu_hip import __version__
from imu_hip.analysis.results import AngleTable
from imu_hip.errors import OutputError
from imu_hip.exchange.angle_columns import MEANING, SIGNS, Angle, Measured, measured_angles
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import Side
from imu_hip.recording.formats.files import replacing

MOST_FRAMES: Final = 65_535
"""Frames are counted in 16 bits; readers stop there without a word."""

POINTS: Final[Mapping[str, tuple[Angle | None, Angle | None, Angle | None]]] = {
    "HipAngles": (Angle.HIP_FLEXION, Angle.HIP_ADDUCTION, Angle.HIP_ROTATION),
    "KneeAngles": (Angle.KNEE_FLEXION, None, None),
    # Apart, because a frame without one of its components would lose the other one, too.
    "FemurRotation": (None, None, Angle.FEMORAL_ROTATION),
    "ThighElevation": (Angle.THIGH_ELEVATION, None, None),
    "ShinSlope": (Angle.SHIN_SLOPE, None, None),
}
"""The three components of each point; None is a component that is not measured."""

Points = dict[tuple[Side, str], list[FloatArray | None]]

LETTER: Final = {Side.LEFT: "L", Side.RIGHT: "R"}


def write_c3d(angles: AngleTable, path: Path, notes: Sequence[str] = ()) -> None:
    """Write angles as points of a C3D file, three components each, in degrees.

    A frame in which a leg was not measured has residual -1, as the format wants it; a component
    that the sensors do not measure is 0 and its description says so. `notes` are sentences that go
    with the angles.

    Raises
    ------
    NothingMeasuredError
        Where no angle was measured.
    OutputError
        Where ezc3d is not installed, the recording has more than 65,535 frames, or the file cannot
        be written.
    """
    try:
        import ezc3d  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise OutputError(
            "C3D files need ezc3d, which is not installed.", "Run: pip install 'imu-hip[c3d]'"
        ) from error
    measured = measured_angles(angles)
    frames = len(measured.time_s)
    if frames > MOST_FRAMES:
        longest_s = MOST_FRAMES / measured.sampling_rate_hz
        raise OutputError(
            f"A C3D file holds at most {MOST_FRAMES:,} frames, and this would have {frames:,}.",
            f"Write at most {longest_s:.0f} s at once with --between, or write --to csv.",
        )
    points = _points(measured)
    file = ezc3d.c3d()
    values, residuals = _coordinates(points, frames)
    file["data"]["points"] = values
    file["data"]["meta_points"]["residuals"] = residuals
    for (group, name), value in _parameters(points, measured, notes).items():
        file.add_parameter(group, name, value)
    with replacing(path) as unfinished:
        # ezc3d adds its own ending to a name that has another one.
        named = unfinished.with_name(f"{unfinished.name}.c3d")
        try:
            file.write(str(named))
            _require_whole(named, points=len(points), frames=frames)
            named.replace(unfinished)
        finally:
            named.unlink(missing_ok=True)


def _require_whole(path: Path, *, points: int, frames: int) -> None:
    """Make sure that a file holds all its frames: ezc3d says nothing of a full disk."""
    with path.open("rb") as file:
        # Word 9 of the header is the first of the blocks, of 512 bytes each, that hold points.
        block = int.from_bytes(file.read(18)[16:], "little")
    needed = 512 * (block - 1) + points * frames * 4 * np.dtype(np.float32).itemsize
    if not block or path.stat().st_size < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _points(measured: Measured) -> Points:
    """The components of each point of which at least one was measured."""
    found = {
        (side, name): [
            None if angle is None else measured.values.get((side, angle)) for angle in components
        ]
        for side in Side
        for name, components in POINTS.items()
    }
    return {
        key: components
        for key, components in found.items()
        if any(component is not None for component in components)
    }


def _coordinates(points: Points, frames: int) -> tuple[FloatArray, FloatArray]:
    """Points, shape (4, points, frames), and residuals, shape (1, points, frames)."""
    values = np.zeros((4, len(points), frames))
    values[3] = 1.0
    residuals = np.zeros((1, len(points), frames))
    for place, components in enumerate(points.values()):
        known = np.ones(frames, dtype=np.bool_)
        for row, component in enumerate(components):
            if component is not None:
                known &= np.isfinite(component)
                values[row, place] = component
        # Readers that overlook residuals should see a clear zero and no number without sense.
        values[:3, place, ~known] = 0.0
        residuals[0, place] = np.where(known, 0.0, -1.0)
    return values, residuals


def _parameters(
    points: Points, measured: Measured, notes: Sequence[str]
) -> dict[tuple[str, str], list[Any]]:
    labels = [f"{LETTER[side]}{name}" for side, name in points]
    return {
        ("POINT", "RATE"): [measured.sampling_rate_hz],
        ("POINT", "LABELS"): labels,
        ("POINT", "DESCRIPTIONS"): [_description(name) for _, name in points],
        ("POINT", "UNITS"): ["deg"] * len(labels),
        ("POINT", "TYPE_GROUPS"): ["ANGLES"],
        ("POINT", "ANGLES"): labels,
        ("POINT", "ANGLE_UNITS"): ["deg"],
        ("IMU_HIP", "VERSION"): [__version__],
        ("IMU_HIP", "SIGNS"): [SIGNS],
        **({("IMU_HIP", "NOTES"): list(notes)} if notes else {}),
        # The first frame of the file is this time of the recording.
        ("IMU_HIP", "START_TIME_S"): [float(measured.time_s[0])],
        **{("IMU_HIP", angle.value.upper()): [words] for angle, words in MEANING.items()},
    }


def _description(name: str) -> str:
    # A parameter of the format has room for 127 characters in many readers.
    words = [
        f"{axis} {angle.words}" if angle else f"{axis} not measured (0)"
        for axis, angle in zip("xyz", POINTS[name], strict=True)
    ]
    return ", ".join(words)
