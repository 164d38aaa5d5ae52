"""Angles in C3D files of motion laboratories."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from imu_hip.exchange.angle_columns import Angle, Key
from imu_hip.exchange.angle_file import AngleFile, AngleFileError, listed
from imu_hip.exchange.c3d_angles import LETTER, POINTS
from imu_hip.exchange.c3d_bytes import MAGIC, C3dError, C3dPoints, Value, read_c3d_bytes
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import printable
from imu_hip.recording.formats.files import read_bytes, read_head


def is_c3d(path: Path) -> bool:
    """Whether a file begins as a C3D does and is named like one."""
    head = read_head(path)
    return path.suffix.lower() == ".c3d" and len(head) > 1 and head[1] == MAGIC


def read_c3d(path: Path) -> AngleFile:
    """Read the points that hold angles: flexion, adduction and rotation of hip and knee.

    The signs are those of Plug-in Gait, which are ours. Frames with a negative residual are
    missing; so is a component that is zero in every frame.

    Raises
    ------
    AngleFileError
        Where the file is damaged or holds no such angles.
    """
    try:
        file = read_c3d_bytes(read_bytes(path))
    except C3dError as error:
        raise AngleFileError(
            f"{path.name} cannot be read as C3D: {error}.", "Export it again."
        ) from error
    labels = _labels(file.parameters)
    values, others = _angles(labels, file)
    if not values:
        raise AngleFileError(
            f"{path.name} has no angles of a hip or knee; its points are {listed(labels)}.",
            "Compute joint angles before exporting; they are named LHipAngles, RKneeAngles and so "
            "on.",
        )
    # Points are in the unit of lengths; angles among them have a parameter of their own.
    in_radians = _first(file.parameters, "POINT", "ANGLE_UNITS").lower().startswith("rad")
    scale = float(np.degrees(1.0)) if in_radians else 1.0
    start_s = _first(file.parameters, "IMU_HIP", "START_TIME_S")
    time_s = np.arange(len(file.points)).astype(np.float64) / file.rate_hz
    time_s += float(start_s) if start_s else file.first_frame / file.rate_hz
    if not np.all(np.diff(time_s) > 0) or len(time_s) < 2:
        raise AngleFileError(f"{path.name} has fewer than 2 frames.", "Export it again.")
    return AngleFile(
        path.name,
        time_s,
        {key: angle * scale for key, angle in values.items()},
        others,
        (f"{path.name} was in radians.",) if in_radians else (),
    )


def _labels(parameters: Mapping[tuple[str, str], Value]) -> list[str]:
    """The names of all points; no parameter holds more than 255 of them."""
    names = ["LABELS", *(f"LABELS{number}" for number in range(2, 10))]
    return [
        printable(str(label)) for name in names for label in parameters.get(("POINT", name), ())
    ]


def _angles(labels: list[str], file: C3dPoints) -> tuple[dict[Key, FloatArray], tuple[str, ...]]:
    meaning = {
        f"{letter}{name}": (side, components)
        for side, letter in LETTER.items()
        for name, components in POINTS.items()
    }
    values: dict[Key, FloatArray] = {}
    others = []
    for place, label in enumerate(labels[: file.points.shape[1]]):
        # Many programs put the subject's name in front: "Anna:LHipAngles".
        found = meaning.get(label.rsplit(":", 1)[-1].strip())
        if found is None:
            others.append(label)
            continue
        side, components = found
        for row, angle in enumerate(components):
            # A component that no sensor measured is written as 0 throughout, and is no angle of 0°.
            own = np.where(file.missing[:, place], np.nan, file.points[:, place, row])
            if isinstance(angle, Angle) and np.any(own[np.isfinite(own)] != 0.0):
                values[(side, angle)] = own
    return values, tuple(others)


def _first(parameters: Mapping[tuple[str, str], Value], group: str, name: str) -> str:
    """The first value of a parameter as text, empty where it is absent."""
    values = parameters.get((group, name), ())
    return str(values[0]) if values else ""
