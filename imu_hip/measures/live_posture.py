"""Whether a leg is where a test wants it, and what to do where it is not."""

from imu_hip.measures.repetitions import (
    RepetitionParameters,
    TestedLeg,
    knee_words,
    mean_of_present,
)
from imu_hip.names import Task

UPRIGHT_BELOW_DEG = -45.0
"""A thigh steeper than this stands; it does not just slope."""

HANGING_SLOPE_DEG = 30.0
"""A shin that hangs or stands points at least so far down or up."""


def posture_problem(leg: TestedLeg, task: Task, gates: RepetitionParameters) -> str:
    """What is wrong with the posture of a leg, with what to do; empty where nothing is.

    Parameters
    ----------
    leg
        Its angles lately; what was not measured is not judged.
    task, gates
        The test and its limits. Crossing a leg has none.
    """
    if task is Task.CROSS_LEGGED:
        return ""
    elevation_deg = mean_of_present(leg.thigh_elevation_deg)
    slope_deg = mean_of_present(leg.shin_slope_deg)
    knee_deg = mean_of_present(leg.knee_flexion_deg)
    if task is Task.PRONE and (elevation_deg < UPRIGHT_BELOW_DEG or slope_deg > HANGING_SLOPE_DEG):
        return "Lie face down and bend the knee so that the foot points up"
    if task is Task.SEATED and (
        elevation_deg < UPRIGHT_BELOW_DEG or slope_deg < -HANGING_SLOPE_DEG
    ):
        return "Sit so that the thigh lies level and the shin hangs down"
    if abs(elevation_deg) > gates.level_within_deg:
        verb = "Lower" if elevation_deg > 0.0 else "Raise"
        return f"{verb} the thigh by about {abs(elevation_deg):.0f}°"
    low, high = gates.knee_range_deg
    if not (knee_deg < low or knee_deg > high):
        return ""
    verb = "Bend" if knee_deg < low else "Straighten"
    said = knee_words(knee_deg, gates.knee_range_deg)
    return f"{verb} the knee a little more: {said}, {low:.0f} to {high:.0f}° needed"
