"""Angles over time that other tools or imu_hip wrote, read for a comparison.

Signs are brought to ours: + is flexion, adduction and internal rotation on both sides.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from imu_hip.exchange.angle_columns import Angle, in_words
from imu_hip.exchange.angle_csv import is_angle_csv, read_angle_csv
from imu_hip.exchange.angle_file import AngleFile, AngleFileError
from imu_hip.exchange.c3d_reading import is_c3d, read_c3d
from imu_hip.exchange.opensim_angles import is_opensim_angles, read_opensim
from imu_hip.recording.formats.files import read_head

_BENT_KNEE_DEG: Final = 15.0
"""No knee extends this far beyond straight, so one that does counts flexion as negative."""

_READERS: Final = (
    (is_opensim_angles, read_opensim),
    (is_c3d, read_c3d),
    (is_angle_csv, read_angle_csv),
)


def is_angle_file(path: Path) -> bool:
    """Whether a file is in one of the formats of angles over time, by its name and first lines."""
    return path.is_file() and _reader(path) is not None


def read_angle_file(path: Path) -> AngleFile:
    """Read angles over time.

    Parameters
    ----------
    path
        OpenSim's `.mot` or `.sto`; a CSV with a time column and columns named as ours or as
        OpenSim's, or with the columns `time_s,side,angle,value_deg`; or a C3D with angles.

    Raises
    ------
    AngleFileError
        Where it holds no such angles, or naming the first wrong cell.
    RecordingError
        Where the file is absent, empty or cannot be read.
    """
    if path.is_dir():
        raise AngleFileError(
            f"{path} is a folder, not a file of angles.", "Name the .mot, .csv or .c3d file in it."
        )
    read = _reader(path)
    if read is None:
        raise AngleFileError(
            f"{path.name} is no file of angles over time.",
            "Give a .mot or .sto of OpenSim, a .c3d with angles, or a CSV with a column time_s and "
            "columns such as left_knee_flexion_deg.",
        )
    return _with_flexion_positive(read(path))


def _reader(path: Path) -> Callable[[Path], AngleFile] | None:
    # First, so that a file that is absent or empty is told as that.
    read_head(path)
    return next((read for recognises, read in _READERS if recognises(path)), None)


def _with_flexion_positive(file: AngleFile) -> AngleFile:
    """The same angles with the knee's flexion positive; models such as gait2392 count it down."""
    turned = []
    values = dict(file.values)
    for key, angle_deg in file.values.items():
        if key[1] is Angle.KNEE_FLEXION and np.isfinite(angle_deg).any():
            # The outermost samples may be single wrong ones, so a few of them decide nothing.
            low, high = np.nanpercentile(angle_deg, (2, 98))
            if -low > _BENT_KNEE_DEG and -low > 2.0 * high:
                values[key] = -angle_deg
                turned.append(in_words(key))
    if not turned:
        return file
    note = (
        f"{file.source} counts knee flexion as negative, as OpenSim's gait2392 does; "
        f"{' and '.join(turned)} was turned to positive."
    )
    return replace(file, values=values, notes=(*file.notes, note))
