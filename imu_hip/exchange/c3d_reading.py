"""Angles in C3D files of motion laboratories, through ezc3d (extra `[c3d]`)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from imu_hip.exchange.angle_columns import Angle
from imu_hip.exchange.angle_file import AngleFile, AngleFileError, Key, listed
from imu_hip.exchange.c3d_angles import LETTER, POINTS
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.recording.formats.files import read_head

_SECOND_BYTE: Final = 0x50
"""Every C3D file has it, after the number of its first block of parameters."""


def is_c3d(path: Path) -> bool:
    """Whether a file begins as a C3D does and is named like one."""
    head = read_head(path)
    return path.suffix.lower() == ".c3d" and len(head) > 1 and head[1] == _SECOND_BYTE


def read_c3d(path: Path) -> AngleFile:
    """Read the points that hold angles: flexion, adduction and rotation of hip and knee.

    The signs are those of Plug-in Gait, which are ours. Frames with a negative residual are
    missing; so is a component that is zero in every frame.

    Raises
    ------
    AngleFileError
        Where ezc3d is not installed, the file is damaged, or it holds no such angles.
    """
    try:
        import ezc3d  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise AngleFileError(
            "C3D files need ezc3d, which is not installed.", "Run: pip install 'imu-hip[c3d]'"
        ) from error
    try:
        file = ezc3d.c3d(str(path))
        points = file["data"]["points"]
        residuals = file["data"]["meta_points"]["residuals"][0]
        parameters = file["parameters"]
        rate_hz = float(parameters["POINT"]["RATE"]["value"][0])
        labels = [str(label) for label in parameters["POINT"]["LABELS"]["value"]]
        first = int(file["header"]["points"]["first_frame"])
    except Exception as error:  # the library raises whatever the bytes lead it to
        raise AngleFileError(
            f"{path.name} cannot be read as C3D: {str(error).splitlines()[0]}.", "Export it again."
        ) from error
    values, others = _angles(labels, points, residuals)
    if not values or not rate_hz > 0:
        raise AngleFileError(
            f"{path.name} has no angles of a hip or knee; its points are {listed(labels)}.",
            "Compute joint angles before exporting; they are named LHipAngles, RKneeAngles and so "
            "on.",
        )
    in_radians = _first(parameters, "POINT", "ANGLE_UNITS").lower().startswith("rad")
    scale = float(np.degrees(1.0)) if in_radians else 1.0
    start_s = _first(parameters, "IMU_HIP", "START_TIME_S")
    time_s = np.arange(points.shape[2]) / rate_hz
    time_s += float(start_s) if start_s else first / rate_hz
    return AngleFile(
        path.name,
        time_s,
        {key: angle * scale for key, angle in values.items()},
        others,
        (f"{path.name} was in radians.",) if in_radians else (),
    )


def _angles(
    labels: list[str], points: FloatArray, residuals: FloatArray
) -> tuple[dict[Key, FloatArray], tuple[str, ...]]:
    meaning = {
        f"{letter}{name}": (side, components)
        for side, letter in LETTER.items()
        for name, components in POINTS.items()
    }
    values: dict[Key, FloatArray] = {}
    others = []
    for place, label in enumerate(labels[: points.shape[1]]):
        # Many programs put the subject's name in front: "Anna:LHipAngles".
        found = meaning.get(label.rsplit(":", 1)[-1].strip())
        if found is None:
            others.append(label)
            continue
        side, components = found
        missing = residuals[place] < 0
        for row, angle in enumerate(components):
            own = np.where(missing, np.nan, points[row, place])
            if isinstance(angle, Angle) and np.any(own[np.isfinite(own)] != 0.0):
                values[(side, angle)] = own
    return values, tuple(others)


def _first(parameters: Mapping[str, Any], group: str, name: str) -> str:
    """The first value of a parameter as text, empty where it is absent."""
    found = parameters[group].get(name) if group in parameters else None
    values = list(found["value"]) if found else []
    return str(values[0]) if values else ""
