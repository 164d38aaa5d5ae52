"""The angles of a recording one by one, with what each of them means."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from imu_hip.analysis.results import Analysis, AngleTable
from imu_hip.errors import NothingMeasuredError
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import Side


class Angle(StrEnum):
    """An angle of one leg, in the words of the angles file."""

    FEMORAL_ROTATION = "femoral_rotation"
    KNEE_FLEXION = "knee_flexion"
    THIGH_ELEVATION = "thigh_elevation"
    SHIN_SLOPE = "shin_slope"
    HIP_FLEXION = "hip_flexion"
    HIP_ADDUCTION = "hip_adduction"
    HIP_ROTATION = "hip_rotation"

    @property
    def words(self) -> str:
        """The angle as a person says it, such as 'knee flexion'."""
        return self.value.replace("_", " ")


Key = tuple[Side, Angle]
"""An angle of one leg."""

MEANING: Final = {
    Angle.FEMORAL_ROTATION: "rotation of the femur about its long axis, + internal; counted from "
    "gravity while the thigh is near level, else from its mean heading; without the pelvis, so it "
    "is not the rotation of the hip joint",
    Angle.KNEE_FLEXION: "flexion of the knee, + flexion, 0 straight",
    Angle.THIGH_ELEVATION: "angle of the thigh over the horizontal, -90 in standing",
    Angle.SHIN_SLOPE: "slope of the shin of a crossed leg, 0 level",
    Angle.HIP_FLEXION: "femur in the pelvis, first angle of the Grood-Suntay (ZXY) sequence, "
    "+ flexion",
    Angle.HIP_ADDUCTION: "femur in the pelvis, second angle of the Grood-Suntay (ZXY) sequence, "
    "+ adduction",
    Angle.HIP_ROTATION: "femur in the pelvis, third angle of the Grood-Suntay (ZXY) sequence, "
    "+ internal rotation; where the sensors have headings of their own, its mean is 0 by "
    "construction",
}

SIGNS: Final = "Signs are the same on both sides: + is flexion, adduction, internal rotation."


SIMULATED: Final = "Simulated, not measured on a person."


def column_name(key: Key) -> str:
    """The name of an angle's column in our own files, such as `left_knee_flexion_deg`."""
    side, angle = key
    return f"{side}_{angle}_deg"


def in_words(key: Key) -> str:
    """An angle as a person says it, such as 'left knee flexion'."""
    side, angle = key
    return f"{side} {angle.words}"


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Angles that were measured at least once: `values` of shape (n,), NaN where not measured."""

    time_s: FloatArray
    sampling_rate_hz: float
    values: Mapping[Key, FloatArray]


def measured_angles(angles: AngleTable) -> Measured:
    """The angles of a table that hold at least one number, left before right.

    Raises
    ------
    NothingMeasuredError
        Where no angle was measured at all.
    """
    # In the order of the enumerations, so that files of two recordings have the same columns.
    found = {
        (side, angle): values
        for side in Side
        for angle in Angle
        if (values := angles.columns.get(column_name((side, angle)))) is not None
        and np.isfinite(values).any()
    }
    if not found:
        raise NothingMeasuredError(
            "No angle was measured in this recording, or in the part of it that was asked for.",
            "Analyse it with `imu-hip analyze`, which says why, or ask for another part.",
        )
    return Measured(angles.time_s, angles.sampling_rate_hz, found)


def part_of(angles: AngleTable, start_s: float, end_s: float) -> AngleTable:
    """The angles in `[start_s, end_s)`.

    Raises
    ------
    NothingMeasuredError
        Where the recording has no sample there.
    """
    # Times are multiples of a period that is no binary fraction: the last digit decides nothing.
    first, last = np.searchsorted(angles.time_s, (start_s - 1e-9, end_s - 1e-9)).tolist()
    if last <= first:
        raise NothingMeasuredError(
            f"Between {start_s:g} and {end_s:g} s there is no sample; the recording lasts from "
            f"{angles.time_s[0]:.2f} to {angles.time_s[-1]:.2f} s.",
            "Ask for a part inside it.",
        )
    columns = {name: values[first:last] for name, values in angles.columns.items()}
    return replace(angles, time_s=angles.time_s[first:last], columns=columns)


def of_side(angles: AngleTable, side: Side) -> AngleTable:
    """The angles of one leg."""
    columns = {name: own for name, own in angles.columns.items() if name.startswith(f"{side}_")}
    return replace(angles, columns=columns)


def notes_of(analysis: Analysis) -> tuple[str, ...]:
    """What goes with exported angles in any format: how sure they are, and whether they are real.

    Sentences for the header of a file; none names a person or a file.
    """
    notes = [
        f"Calibration ({leg.source}) leaves a standard uncertainty of {leg.uncertainty_deg:.1f} "
        f"degrees in every rotation of the {leg.side} leg."
        for leg in analysis.calibration
    ]
    return (*((SIMULATED,) if analysis.recording.simulated else ()), *notes)
