"""OpenSim `.mot` files: joint angles in OpenSim's names, degrees and signs.

The names and signs are those of the model of Rajagopal et al., IEEE Trans. Biomed. Eng. 63 (2016)
2068-2079: + is flexion, adduction and internal rotation on both sides, and the knee flexes to +.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from imu_hip import __version__
from imu_hip.analysis.results import AngleTable
from imu_hip.errors import NothingMeasuredError
from imu_hip.exchange.angle_columns import SIGNS, Angle, Measured, measured_angles
from imu_hip.exchange.text_rows import text_cells, text_rows
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.names import Side
from imu_hip.recording.formats.files import replacing

COORDINATE: Final = {
    Angle.HIP_FLEXION: "hip_flexion",
    Angle.HIP_ADDUCTION: "hip_adduction",
    Angle.HIP_ROTATION: "hip_rotation",
    Angle.KNEE_FLEXION: "knee_angle",
    # No coordinate of any model: without a pelvis sensor this is not the rotation of the hip.
    Angle.FEMORAL_ROTATION: "femoral_rotation",
}
LETTER: Final = {Side.LEFT: "l", Side.RIGHT: "r"}

MODEL_NOTE: Final = (
    "hip_flexion, hip_adduction, hip_rotation and knee_angle are coordinates of the model "
    "Rajagopal2015; models such as gait2392 count knee flexion as negative."
)
FEMUR_NOTE: Final = (
    "femoral_rotation is counted from gravity (thigh near level) or from the mean heading of the "
    "femur, not from the pelvis: it is no coordinate of a model and is not hip_rotation."
)
DECIMALS: Final = 6


def write_mot(angles: AngleTable, path: Path, notes: Sequence[str] = ()) -> int:
    """Write the measured joint angles for OpenSim.

    A row is written where every column was measured. OpenSim's `Storage`, which its tools and its
    window read with, takes NaN for 0 and stops there, so a row with a hole would be a wrong number.

    Parameters
    ----------
    angles
        Angles over a recording; columns that were never measured are left out.
    path
        The file, which is replaced as a whole.
    notes
        Sentences for its header.

    Returns
    -------
    int
        How many rows were left out because an angle is missing in them.

    Raises
    ------
    NothingMeasuredError
        Where no angle was measured, or never all of them at the same time.
    OutputError
        Where the file cannot be written.
    """
    measured = measured_angles(angles)
    columns = {
        f"{COORDINATE[angle]}_{LETTER[side]}": values
        for (side, angle), values in sorted(measured.values.items(), key=_in_order)
        if angle in COORDINATE
    }
    whole = _whole_rows(columns)
    lost = int(len(whole) - whole.sum())
    header = _header(tuple(columns), measured, whole, notes)
    # Far finer than any sensor; all digits of a float would double the file.
    kept = [np.round(values[whole], DECIMALS) for values in (measured.time_s, *columns.values())]
    rows = text_rows([text_cells(values, "nan") for values in kept])
    with replacing(path) as unfinished:
        unfinished.write_text("\n".join((*header, *rows, "")), encoding="utf-8", newline="\n")
    return lost


def _in_order(item: tuple[tuple[Side, Angle], FloatArray]) -> tuple[bool, int]:
    # The right leg comes first in OpenSim's files.
    (side, angle), _ = item
    return side is Side.LEFT, list(COORDINATE).index(angle) if angle in COORDINATE else 0


def _whole_rows(columns: dict[str, FloatArray]) -> BoolArray:
    if not columns:
        raise NothingMeasuredError(
            "No angle of a hip or knee was measured.",
            "Write --to csv, which holds every other angle too.",
        )
    whole: BoolArray = np.logical_and.reduce([np.isfinite(own) for own in columns.values()])
    if not whole.any():
        raise NothingMeasuredError(
            f"{', '.join(columns)} were never measured at the same time, and a row of a .mot file "
            "needs all of them.",
            "Write one leg with --side, a part with --between, or --to csv, which has no such "
            "limit.",
        )
    return whole


def _header(
    names: tuple[str, ...], measured: Measured, whole: BoolArray, more: Sequence[str]
) -> tuple[str, ...]:
    left_out = int(len(whole) - whole.sum())
    notes = [SIGNS, MODEL_NOTE, FEMUR_NOTE, *more]
    if left_out:
        notes.append(
            f"{left_out} of {len(whole)} rows are left out, in which at least one angle was not "
            "measured."
        )
    return (
        "joint angles",
        "version=1",
        # OpenSim reads as many rows as are announced.
        f"nRows={int(whole.sum())}",
        f"nColumns={len(names) + 1}",
        "inDegrees=yes",
        f"DataRate={measured.sampling_rate_hz:.6f}",
        f"Written by imu_hip {__version__}. Units are degrees and seconds.",
        *notes,
        "endheader",
        "\t".join(("time", *names)),
    )
