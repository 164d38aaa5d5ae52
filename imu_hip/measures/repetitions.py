"""Repetitions of a movement out of a rest position, to a hold, and back."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.windows import low_pass, runs
from imu_hip.measures.holds import find_hold
from imu_hip.names import Direction

LONGEST_BRIDGE_S = 2.0

BEGIN_PART = 0.6
"""A movement leads this part of the smallest peak away from rest, which need not be at zero."""

RETURN_MARGIN = 0.15
"""How much of the way out from rest may be left where rest itself lies far out."""

REST_PART = 0.3
"""A leg is at rest again where less than this part of what ends a repetition is left."""


@dataclass(frozen=True, slots=True)
class RepetitionParameters:
    """What counts as a repetition and when it is valid.

    Parameters
    ----------
    smallest_peak_deg
        Movements with smaller peaks are not repetitions.
    outer_part, inner_part
        A repetition passes `outer_part` of the direction's usual peak and ends where it falls
        below `inner_part` of it.
    plateau_within_deg, plateau_speed_dps
        The plateau is where the angle stays this close to its peak and this slow.
    overshoot_deg
        A leg that swings further than where it is then held has overshot, up to this much.
    shortest_plateau_s
        A hold shorter than this does not count.
    largest_lift_deg
        A thigh that leaves its starting elevation by more than this has compensated.
    level_within_deg, knee_range_deg
        Posture in which the angle is trusted. Wider than the usual 10° and 80 to 100°: the form
        used is exact for any elevation and knee angle, and stays within 1° on the simulated leg
        up to these limits.
    """

    smallest_peak_deg: float = 10.0
    outer_part: float = 0.5
    inner_part: float = 0.3
    smoothing_s: float = 0.2
    plateau_within_deg: float = 2.5
    plateau_speed_dps: float = 10.0
    overshoot_deg: float = 6.0
    shortest_plateau_s: float = 0.5
    largest_lift_deg: float = 10.0
    level_within_deg: float = 20.0
    knee_range_deg: tuple[float, float] = (70.0, 110.0)


@dataclass(frozen=True, slots=True)
class Excursion:
    """One movement out and back, as sample indices `[start, end)` with its plateau."""

    start: int
    end: int
    plateau_start: int
    plateau_end: int


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition: `peak_deg` is the mean over its plateau, positive in its direction.

    `reason` says in words why a repetition is not valid, and is empty for a valid one.
    `direction` is None in the cross-legged test, whose peak is the shin's slope.
    """

    direction: Direction | None
    start_s: float
    end_s: float
    plateau_start_s: float
    plateau_end_s: float
    peak_deg: float
    thigh_elevation_deg: float
    knee_flexion_deg: float
    reason: str = ""

    @property
    def valid(self) -> bool:
        """Whether the repetition counts."""
        return not self.reason

    @property
    def plateau_s(self) -> float:
        """Duration of the hold in seconds."""
        return self.plateau_end_s - self.plateau_start_s


@dataclass(frozen=True, slots=True)
class TestedLeg:
    """Angles of one leg during a test, arrays of shape (n,), NaN where not measured."""

    __test__ = False

    time_s: FloatArray
    rotation_deg: FloatArray
    thigh_elevation_deg: FloatArray
    shin_slope_deg: FloatArray
    knee_flexion_deg: FloatArray
    sampling_rate_hz: float


def find_excursions(
    angle_deg: FloatArray, sampling_rate_hz: float, parameters: RepetitionParameters
) -> tuple[Excursion, ...]:
    """Find the movements out of rest in the positive direction of an angle.

    Parameters
    ----------
    angle_deg
        Shape (n,), NaN where not measured; rest is near 0.
    sampling_rate_hz, parameters
        Rate of the samples and what counts.
    """
    smooth = low_pass(angle_deg, sampling_rate_hz, parameters.smoothing_s)
    smooth = bridged_angle(smooth, LONGEST_BRIDGE_S * sampling_rate_hz)
    outward = np.nan_to_num(smooth, nan=-np.inf)
    active = outward[outward > parameters.smallest_peak_deg]
    if not len(active):
        return ()
    usual_peak = float(np.percentile(active, 90))
    outer = max(parameters.outer_part * usual_peak, parameters.smallest_peak_deg)
    rest = max(_median(smooth[np.abs(outward) < outer]), 0.0)
    inner = inner_deg(usual_peak, rest, outer, parameters)
    outer = max(outer, rest + BEGIN_PART * parameters.smallest_peak_deg)
    found = []
    for out, back in runs(outward > inner):
        if outward[out:back].max() > outer:
            beyond = (out, back)
            found.append(excursion_around(smooth, beyond, inner, sampling_rate_hz, parameters))
    return tuple(found)


def inner_deg(
    usual_peak_deg: float, rest_deg: float, outer_deg: float, parameters: RepetitionParameters
) -> float:
    """A movement ends below this; rest, `rest_deg` out in its direction, must be below it, too."""
    inner = min(parameters.inner_part * usual_peak_deg, outer_deg)
    if rest_deg <= 0.0:
        return inner
    return max(inner, rest_deg + RETURN_MARGIN * (usual_peak_deg - rest_deg))


def excursion_around(
    smooth_deg: FloatArray,
    beyond: tuple[int, int],
    beyond_deg: float,
    sampling_rate_hz: float,
    parameters: RepetitionParameters,
) -> Excursion:
    """The excursion whose smoothed angle, shape (n,), is over `beyond_deg` in `[start, end)`."""
    start, end = out_to_rest(smooth_deg, *beyond, REST_PART * beyond_deg)
    hold_start, hold_end = find_hold(
        smooth_deg[start:end],
        sampling_rate_hz,
        within_deg=parameters.plateau_within_deg,
        speed_dps=parameters.plateau_speed_dps,
        overshoot_deg=parameters.overshoot_deg,
        shortest_s=parameters.shortest_plateau_s,
    )
    return Excursion(start, end, start + hold_start, start + hold_end)


def bridged_angle(values: FloatArray, longest: float) -> FloatArray:
    """Short gaps bridged, because one must not make two repetitions of one, shape (n,).

    Whether too much was lost is judged later.
    """
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return values
    bridged = np.interp(np.arange(len(values)), known, values[known])
    for start, end in runs(~np.isfinite(values)):
        if start == 0 or end == len(values) or end - start > longest:
            bridged[start:end] = np.nan
    return bridged


def out_to_rest(smooth: FloatArray, start: int, end: int, rest: float) -> tuple[int, int]:
    """Where the movement about `[start, end)` leaves and reaches rest, a few degrees from zero."""
    while start > 0 and smooth[start - 1] > rest and smooth[start - 1] <= smooth[start]:
        start -= 1
    while end < len(smooth) and smooth[end] > rest and smooth[end] <= smooth[end - 1]:
        end += 1
    return start, end


def repetition_of(
    leg: TestedLeg,
    measure_deg: FloatArray,
    excursion: Excursion,
    direction: Direction | None,
) -> Repetition:
    """The repetition of an excursion, its peak the mean of `measure_deg` over the plateau.

    It is not valid where more than a fifth of the plateau was lost, or half a second in a row
    on the way or right beside it.
    """
    hold = slice(excursion.plateau_start, excursion.plateau_end)
    period_s = 1.0 / leg.sampling_rate_hz
    missing = ~np.isfinite(measure_deg)
    longest = 0.5 * leg.sampling_rate_hz
    around = slice(max(excursion.start - int(longest) - 2, 0), excursion.end + int(longest) + 2)
    lost = missing[hold].mean() > 0.2 or any(
        end - start > longest for start, end in runs(missing[around])
    )
    return Repetition(
        direction=direction,
        start_s=float(leg.time_s[excursion.start]),
        end_s=float(leg.time_s[excursion.end - 1]) + period_s,
        plateau_start_s=float(leg.time_s[excursion.plateau_start]),
        plateau_end_s=float(leg.time_s[excursion.plateau_end - 1]) + period_s,
        peak_deg=mean_of_present(measure_deg[hold]),
        thigh_elevation_deg=mean_of_present(leg.thigh_elevation_deg[hold]),
        knee_flexion_deg=mean_of_present(leg.knee_flexion_deg[hold]),
        reason="samples were lost during the movement" if lost else "",
    )


def _median(values: FloatArray) -> float:
    return float(np.median(values)) if len(values) else 0.0


def mean_of_present(values: FloatArray) -> float:
    """Mean of the values that are not NaN; NaN where none is."""
    present = values[np.isfinite(values)]
    return float(present.mean()) if len(present) else float("nan")


def hold_fault(repetition: Repetition, rules: RepetitionParameters) -> str:
    """What is wrong with the length of a hold, empty where nothing is."""
    if repetition.plateau_s >= rules.shortest_plateau_s:
        return ""
    return f"held for {repetition.plateau_s:.1f} s only, {rules.shortest_plateau_s:.1f} s needed"


def knee_words(knee_deg: float, knee_range_deg: tuple[float, float]) -> str:
    """A knee angle outside a range, as people read it: 69.6° is not 70° where 70° is enough."""
    low, high = knee_range_deg
    return f"{knee_deg:.1f}°" if low <= round(knee_deg) <= high else f"{knee_deg:.0f}°"
