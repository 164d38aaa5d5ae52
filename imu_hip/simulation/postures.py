"""Hip angles that put a thigh and a shin where a test wants them, in closed form."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class HipPosture:
    """Hip angles of one leg in degrees; the same numbers on both sides."""

    flexion_deg: float
    adduction_deg: float
    rotation_deg: float


def hip_for_femoral_rotation(
    femoral_rotation_deg: float,
    thigh_elevation_deg: float,
    hip_adduction_deg: float,
    pelvis_pitch_deg: float,
    pose: int,
) -> HipPosture:
    """Hip angles for a given femoral rotation against gravity.

    With the flexion p of the thigh in space and the adduction a, up in the thigh before its own
    rotation is (sin p, cos p cos a, -cos p sin a): the second term fixes the elevation, the first
    and third say by how much femoral and hip rotation differ.

    Parameters
    ----------
    pelvis_pitch_deg
        0 upright, -90 lying on the front.
    pose
        1 seated, -1 prone.

    Raises
    ------
    ValueError
        If the thigh cannot be as steep as asked at this adduction.
    """
    adduction = np.deg2rad(hip_adduction_deg)
    cosine = -np.sin(np.deg2rad(thigh_elevation_deg)) / np.cos(adduction)
    if abs(cosine) >= 1.0:
        raise ValueError(f"no hip flexion lifts the thigh to {thigh_elevation_deg}°")
    flexion = pose * np.arccos(cosine)
    offset = np.arctan2(-pose * np.cos(flexion) * np.sin(adduction), pose * np.sin(flexion))
    return HipPosture(
        float(np.rad2deg(flexion)) - pelvis_pitch_deg,
        hip_adduction_deg,
        femoral_rotation_deg - float(np.rad2deg(offset)),
    )


def hip_for_shin_slope(
    shin_slope_deg: float,
    thigh_elevation_deg: float,
    hip_abduction_deg: float,
    knee_flexion_deg: float,
) -> HipPosture:
    """Hip angles of the cross-legged pose, seated, for a given slope of the shin.

    Raises
    ------
    ValueError
        If no external rotation reaches the slope with this thigh and knee.
    """
    slope, elevation = np.deg2rad(shin_slope_deg), np.deg2rad(thigh_elevation_deg)
    knee = np.deg2rad(knee_flexion_deg)
    cosine = (np.sin(slope) + np.sin(elevation) * np.cos(knee)) / (np.cos(elevation) * np.sin(knee))
    if abs(cosine) > 1.0:
        raise ValueError(f"no hip rotation brings the shin to a slope of {shin_slope_deg}°")
    external_deg = float(np.rad2deg(np.arccos(cosine)))
    return hip_for_femoral_rotation(-external_deg, thigh_elevation_deg, -hip_abduction_deg, 0.0, 1)
