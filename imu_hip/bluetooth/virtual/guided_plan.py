"""The settings of a guided virtual person: `left=36/41,fault=thigh_lifted@left_internal_2`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import nan
from typing import Final

from imu_hip.bluetooth.virtual.plan_error import VirtualPlanError
from imu_hip.names import Direction, Side
from imu_hip.simulation.person_traits import PersonTraits
from imu_hip.simulation.static_plan import Fault, FaultKind, LegPlan

GUIDED_SETTINGS: Final = ("left", "right", "fault", "pace")
"""`left` and `right` are internal and external peak, `fault` may be given several times."""

CROSSED: Final = "crossed"
"""Stands where a fault is one of crossing the leg, which has no direction."""

_PEAK_LIMITS_DEG = (0.0, 70.0)
_PACE_LIMITS = (0.3, 3.0)


def guided_person(settings: Sequence[tuple[str, str]]) -> PersonTraits:
    """The person of some settings, each a name of `GUIDED_SETTINGS` and its text.

    Raises
    ------
    VirtualPlanError
        Naming the first setting that cannot be understood and what may stand there.
    """
    traits = PersonTraits()
    legs: Mapping[Side, LegPlan] = traits.legs
    for name, text in settings:
        if name == "pace":
            traits = replace(traits, pace=_pace(text))
        elif name == "fault":
            traits = replace(traits, faults=(*traits.faults, _fault(text)))
        else:
            legs = {**legs, Side(name): _leg(Side(name), text, legs[Side(name)])}
    return replace(traits, legs=legs)


def _pace(text: str) -> float:
    low, high = _PACE_LIMITS
    if not low <= (pace := _number(text)) <= high:
        raise VirtualPlanError(
            f"The setting pace of virtual sensors is {text!r}.",
            f"Give a number from {low:g} to {high:g}; 1 is usual and 2 twice as fast.",
        )
    return pace


def _leg(side: Side, text: str, usual: LegPlan) -> LegPlan:
    low, high = _PEAK_LIMITS_DEG
    internal, _, external = text.partition("/")
    peaks_deg = (_number(internal), _number(external))
    if not all(low <= peak_deg <= high for peak_deg in peaks_deg):
        raise VirtualPlanError(
            f"The setting {side} of virtual sensors is {text!r}.",
            f"Give two numbers of degrees from {low:g} to {high:g}, inward and outward turn, "
            f"such as {side}=36/41.",
        )
    return replace(usual, internal_deg=(peaks_deg[0],), external_deg=(peaks_deg[1],))


def _fault(text: str) -> Fault:
    kind, _, which = text.partition("@")
    side, _, rest = which.partition("_")
    movement, _, attempt = rest.partition("_")
    if (
        kind not in set(FaultKind)
        or side not in set(Side)
        or movement not in {*Direction, CROSSED}
        or not (attempt.isdecimal() and int(attempt) > 0)
    ):
        raise VirtualPlanError(
            f"fault={text} does not say what is done badly and when.",
            f"Write one of {', '.join(FaultKind)} and which attempt of which movement, for "
            "example fault=thigh_lifted@left_internal_2.",
        )
    direction = None if movement == CROSSED else Direction(movement)
    return Fault(FaultKind(kind), Side(side), direction, int(attempt))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return nan
